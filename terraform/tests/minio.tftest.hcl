mock_provider "minio" {}

variables {
  bucket_name = "acme-backups"
}

run "a_bucket_for_a_server" {
  command = apply

  module {
    source = "./modules/minio"
  }

  assert {
    condition     = minio_s3_bucket.this.acl == "private" && minio_s3_bucket_versioning.this.versioning_configuration[0].status == "Enabled" && minio_s3_bucket.this.object_locking == false && length(minio_s3_bucket_retention.this) == 0
    error_message = "The bucket is private and versioned, without a lock unless asked for."
  }
  assert {
    condition     = alltrue([for rule in minio_ilm_policy.this.rule : rule.expiration == null && length(rule.transition) == 0]) && minio_ilm_policy.this.rule[0].noncurrent_expiration[0].days == "30d"
    error_message = "No rule may delete current objects."
  }
  assert {
    condition     = keys(minio_iam_policy.this) == ["server"] && one([for statement in jsondecode(minio_iam_policy.this["server"].policy).Statement : statement.Resource if statement.Sid == "DeleteInRepository"]) == ["arn:aws:s3:::acme-backups/varve/*"]
    error_message = "A server deletes below the prefix alone."
  }
  assert {
    condition     = minio_iam_user_policy_attachment.this["varve-server"].user_name == "varve-server" && output.location == "s3://acme-backups/varve"
    error_message = "The user does not have its policy."
  }
}

run "a_user_for_each_kind_of_work" {
  command = apply

  module {
    source = "./modules/minio"
  }

  variables {
    prefix           = ""
    users            = { b = "backup", r = "restore", v = "verify", p = "prune", s = "read", p2 = "prune" }
    object_lock_days = 14
    quota_bytes      = 1000000000
    noncurrent_days  = 3
  }

  assert {
    condition     = keys(minio_iam_policy.this) == ["backup", "prune", "read", "restore", "verify"] && length(minio_iam_user.this) == 6
    error_message = "One policy for each kind, one user for each name."
  }
  assert {
    condition     = one([for statement in jsondecode(minio_iam_policy.this["backup"].policy).Statement : statement.Resource if statement.Sid == "DeleteInRepository"]) == ["arn:aws:s3:::acme-backups/probe/*", "arn:aws:s3:::acme-backups/*/jobs/requests/*.now"]
    error_message = "A backup deletes nothing but its own trials."
  }
  assert {
    condition     = one([for statement in jsondecode(minio_iam_policy.this["restore"].policy).Statement : statement.Resource if statement.Sid == "WriteRepository"]) == ["arn:aws:s3:::acme-backups/*/jobs/*"]
    error_message = "A restore writes below jobs alone."
  }
  assert {
    condition     = [for statement in jsondecode(minio_iam_policy.this["read"].policy).Statement : statement.Sid] == ["ReadRepository", "ListRepository"]
    error_message = "A reader reads."
  }
  assert {
    condition     = minio_s3_bucket.this.object_locking && minio_s3_bucket_retention.this[0].validity_period == 14 && minio_s3_bucket.this.quota == 1000000000 && minio_ilm_policy.this.rule[0].noncurrent_expiration[0].days == "3d"
    error_message = "A switch is not heard."
  }
}

run "refused" {
  command = plan

  module {
    source = "./modules/minio"
  }

  variables {
    bucket_name      = "a"
    prefix           = "/a"
    users            = { a = "root" }
    object_lock_days = 0
    noncurrent_days  = 0
    quota_bytes      = 0
  }

  expect_failures = [var.bucket_name, var.prefix, var.users, var.object_lock_days, var.noncurrent_days, var.quota_bytes]
}
