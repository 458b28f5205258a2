locals {
  root   = var.prefix == "" ? "" : "${var.prefix}/"
  bucket = "arn:aws:s3:::${var.bucket_name}"
  below  = "${local.bucket}/${local.root}"
  roles  = toset(values(var.users))

  makes_repository = ["backup", "server"]

  # By docs/format.md, as modules/functions has it.
  puts = {
    server  = ["*"]
    backup  = ["varve.json", "probe/*", "*/manifests/*", "*/summaries/*", "*/parts/*", "*/jobs/*", "*/lease.json"]
    restore = ["*/jobs/*"]
    verify  = ["*/damaged/*", "*/jobs/*"]
    prune   = ["*/manifests/*", "*/tombstones/*", "*/jobs/*"]
    read    = []
  }
  deletes = {
    server  = ["*"]
    backup  = ["probe/*", "*/jobs/requests/*.now"]
    restore = ["*/jobs/requests/*.now"]
    verify  = ["*/jobs/requests/*.now"]
    prune   = ["*"]
    read    = []
  }

  policies = {
    for role in local.roles : role => jsonencode({
      Version = "2012-10-17"
      Statement = [
        for statement in [
          {
            Sid      = "ReadRepository"
            Action   = ["s3:GetObject"]
            Resource = ["${local.below}*"]
          },
          {
            Sid       = "ListRepository"
            Action    = ["s3:ListBucket"]
            Resource  = [local.bucket]
            Condition = { StringLike = { "s3:prefix" = ["${local.root}*"] } }
          },
          {
            Sid      = "WriteRepository"
            Action   = ["s3:PutObject"]
            Resource = [for key in local.puts[role] : "${local.below}${key}"]
          },
          {
            Sid      = "DeleteInRepository"
            Action   = ["s3:DeleteObject"]
            Resource = [for key in local.deletes[role] : "${local.below}${key}"]
          },
          {
            Sid      = "ReadLifecycleRules"
            Action   = ["s3:GetLifecycleConfiguration"]
            Resource = contains(local.makes_repository, role) ? [local.bucket] : []
          },
        ] : merge({ Effect = "Allow" }, statement) if length(statement.Resource) > 0
      ]
    })
  }
}

resource "minio_s3_bucket" "this" {
  bucket         = var.bucket_name
  acl            = "private"
  object_locking = var.object_lock_days != null
  quota          = var.quota_bytes
  force_destroy  = var.force_destroy
}

resource "minio_s3_bucket_versioning" "this" {
  bucket = minio_s3_bucket.this.bucket

  versioning_configuration {
    status = "Enabled"
  }
}

resource "minio_s3_bucket_retention" "this" {
  count = var.object_lock_days != null ? 1 : 0

  bucket          = minio_s3_bucket.this.bucket
  mode            = "GOVERNANCE"
  unit            = "DAYS"
  validity_period = var.object_lock_days

  depends_on = [minio_s3_bucket_versioning.this]
}

# Of noncurrent versions alone: one that deletes current objects by age would break incremental backups.
resource "minio_ilm_policy" "this" {
  bucket = minio_s3_bucket.this.bucket

  rule {
    id     = "noncurrent-versions"
    status = "Enabled"

    noncurrent_expiration {
      days = "${var.noncurrent_days}d"
    }
  }

  rule {
    id     = "unfinished-uploads"
    status = "Enabled"

    abort_incomplete_multipart_upload {
      days_after_initiation = "7d"
    }
  }

  depends_on = [minio_s3_bucket_versioning.this]
}

resource "minio_iam_policy" "this" {
  for_each = local.roles

  name   = "${var.bucket_name}-${each.key}"
  policy = local.policies[each.key]
}

resource "minio_iam_user" "this" {
  for_each = var.users

  name          = each.key
  force_destroy = var.force_destroy
}

resource "minio_iam_user_policy_attachment" "this" {
  for_each = var.users

  user_name   = minio_iam_user.this[each.key].name
  policy_name = minio_iam_policy.this[each.value].id
}
