# One role for each function, with what it needs of the repository's format (docs/format.md), and of databases' logins.

locals {
  talks_to_databases = ["backup", "restore", "sync", "drill", "plan", "work", "finish"]
  reads_databases    = ["backup", "sync", "plan", "work", "finish"]
  writes_databases   = ["restore", "sync", "drill", "plan", "work", "finish"]

  # Makes the repository where there is none, and tries the store out for it.
  makes_repository = ["backup", "sync", "plan"]

  root    = var.store.prefix == "" ? "" : "${var.store.prefix}/"
  sources = length(var.source_names) <= 16 ? sort(var.source_names) : ["*"]

  writes_backups = ["manifests/*", "summaries/*", "parts/*", "jobs/*", "lease.json"]

  # What each function puts below the folder of a source.
  puts = {
    backup  = local.writes_backups
    sync    = local.writes_backups
    finish  = local.writes_backups
    plan    = ["jobs/*"]
    work    = ["parts/*", "jobs/*"]
    restore = ["jobs/*"]
    drill   = ["jobs/*"]
    verify  = ["damaged/*", "jobs/*"]
    prune   = ["manifests/*", "tombstones/*", "jobs/*"]
  }

  # Put to learn the store's time, and deleted at once: the one thing, beside trials of the store, that others than
  # prune delete. Nothing of a backup ends so.
  asks_the_time = "jobs/requests/*.now"

  statements = {
    for function in var.functions : function => [
      for statement in [
        {
          Sid      = "ReadRepository"
          Action   = ["s3:GetObject"]
          Resource = ["${var.store.bucket_arn}/${local.root}*"]
        },
        {
          Sid       = "ListRepository"
          Action    = ["s3:ListBucket"]
          Resource  = [var.store.bucket_arn]
          Condition = { StringLike = { "s3:prefix" = ["${local.root}*"] } }
        },
        {
          Sid    = "WriteRepository"
          Action = ["s3:PutObject"]
          Resource = concat(
            [for key in(contains(local.makes_repository, function) ? ["varve.json", "probe/*"] : []) : "${var.store.bucket_arn}/${local.root}${key}"],
            [for pair in setproduct(local.sources, local.puts[function]) : "${var.store.bucket_arn}/${local.root}${pair[0]}/${pair[1]}"],
          )
        },
        {
          Sid    = "DeleteInRepository"
          Action = ["s3:DeleteObject"]
          Resource = function == "prune" ? ["${var.store.bucket_arn}/${local.root}*"] : concat(
            [for key in(contains(local.makes_repository, function) ? ["probe/*"] : []) : "${var.store.bucket_arn}/${local.root}${key}"],
            [for source in local.sources : "${var.store.bucket_arn}/${local.root}${source}/${local.asks_the_time}"],
          )
        },
        {
          Sid      = "ReadLifecycleRules"
          Action   = ["s3:GetLifecycleConfiguration"]
          Resource = contains(local.makes_repository, function) ? [var.store.bucket_arn] : []
        },
        {
          Sid      = "EncryptAndDecrypt"
          Action   = ["kms:Decrypt", "kms:GenerateDataKey"]
          Resource = var.store.kms_key_arn == null ? [] : [var.store.kms_key_arn]
        },
        {
          Sid    = "ReadSecrets"
          Action = ["secretsmanager:GetSecretValue"]
          Resource = sort(setunion(
            contains(local.reads_databases, function) ? var.source_logins.secret_arns : [],
            contains(local.writes_databases, function) ? var.target_logins.secret_arns : [],
          ))
        },
        {
          Sid    = "DecryptSecrets"
          Action = ["kms:Decrypt"]
          Resource = sort(setunion(
            contains(local.reads_databases, function) ? var.source_logins.kms_key_arns : [],
            contains(local.writes_databases, function) ? var.target_logins.kms_key_arns : [],
          ))
          Condition = { StringEquals = { "kms:ViaService" = "secretsmanager.${data.aws_region.current.region}.amazonaws.com" } }
        },
        {
          Sid    = "LogIntoDatabases"
          Action = ["rds-db:connect"]
          Resource = sort(setunion(
            contains(local.reads_databases, function) ? var.source_logins.database_user_arns : [],
            contains(local.writes_databases, function) ? var.target_logins.database_user_arns : [],
          ))
        },
        {
          Sid      = "ReadConfiguration"
          Action   = ["ssm:GetParameter"]
          Resource = var.configuration_in == "ssm" ? ["arn:${local.partition}:ssm:${local.here}:parameter/${var.name}/configuration"] : []
        },
        {
          Sid      = "Log"
          Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
          Resource = ["arn:${local.partition}:logs:${local.here}:log-group:/aws/lambda/${var.name}-${function}:log-stream:*"]
        },
        {
          Sid      = "Trace"
          Action   = ["xray:PutTelemetryRecords", "xray:PutTraceSegments"]
          Resource = var.tracing ? ["*"] : []
        },
        {
          Sid = "AttachToVpc"
          Action = [
            "ec2:AssignPrivateIpAddresses",
            "ec2:CreateNetworkInterface",
            "ec2:DeleteNetworkInterface",
            "ec2:DescribeNetworkInterfaces",
            "ec2:DescribeSubnets",
            "ec2:UnassignPrivateIpAddresses",
          ]
          Resource = contains(local.in_vpc, function) ? ["*"] : []
        },
      ] : merge({ Effect = "Allow" }, statement) if length(statement.Resource) > 0
    ]
  }
}

resource "aws_iam_role" "this" {
  for_each = var.functions

  name        = "${var.name}-${each.key}"
  description = "Varve: what the function ${each.key} may do"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "lambda.amazonaws.com" }
      Action    = "sts:AssumeRole"
    }]
  })
  tags = var.tags
}

# Network interfaces and traces have no ARN that a right could be narrowed to before they are there.
resource "aws_iam_role_policy" "this" {
  for_each = var.functions

  name   = each.key
  role   = aws_iam_role.this[each.key].name
  policy = jsonencode({ Version = "2012-10-17", Statement = local.statements[each.key] })
}
