data "aws_caller_identity" "current" {}
data "aws_partition" "current" {}
data "aws_region" "current" {}

locals {
  partition = data.aws_partition.current.partition
  here      = "${data.aws_region.current.region}:${data.aws_caller_identity.current.account_id}"

  in_vpc = var.vpc == null ? [] : tolist(setintersection(var.functions, local.talks_to_databases))
}

resource "aws_ssm_parameter" "configuration" {
  #checkov:skip=CKV_AWS_337:It holds no password, so AWS's own key will do
  #checkov:skip=CKV2_AWS_34:It holds no password
  count = var.configuration_in == "ssm" ? 1 : 0

  name  = "/${var.name}/configuration"
  type  = "String"
  tier  = length(var.configuration) > 4000 ? "Advanced" : "Standard"
  value = var.configuration
  tags  = var.tags
}

resource "aws_cloudwatch_log_group" "this" {
  #checkov:skip=CKV_AWS_158:log_kms_key_arn names a key; no password and no row's value is ever logged
  #checkov:skip=CKV_AWS_338:log_retention_days says how long; the repository's own records of jobs are kept for 90 days
  for_each = var.functions

  name              = "/aws/lambda/${var.name}-${each.key}"
  retention_in_days = var.log_retention_days
  kms_key_id        = var.log_kms_key_arn
  tags              = var.tags
}

resource "aws_lambda_function" "this" {
  #checkov:skip=CKV_AWS_50:tracing switches X-Ray on
  #checkov:skip=CKV_AWS_115:reserved_concurrency limits single functions; the state machine limits the rest
  #checkov:skip=CKV_AWS_116:The state machine calls and waits for the answer; a dead-letter queue is for calls that nobody waits for
  #checkov:skip=CKV_AWS_117:Only what talks to a database has to be where the database is
  #checkov:skip=CKV_AWS_173:environment_kms_key_arn names a key; no password lies in the variables
  #checkov:skip=CKV_AWS_272:function.zip comes with a signed statement of where it was built, which a release shows
  for_each = var.functions

  function_name = "${var.name}-${each.key}"
  description   = "Varve: ${each.key}"
  role          = aws_iam_role.this[each.key].arn

  handler           = each.key
  runtime           = "provided.al2023"
  architectures     = [var.architecture]
  filename          = var.package.path
  source_code_hash  = var.package.path == null ? null : filebase64sha256(var.package.path)
  s3_bucket         = var.package.bucket
  s3_key            = var.package.key
  s3_object_version = var.package.version

  memory_size                    = lookup(var.memory_sizes, each.key, var.memory_size)
  timeout                        = var.timeout
  reserved_concurrent_executions = lookup(var.reserved_concurrency, each.key, -1)
  kms_key_arn                    = var.environment_kms_key_arn

  environment {
    variables = merge(var.environment, {
      VARVE_CONFIG = var.configuration_in == "ssm" ? "ssm:${aws_ssm_parameter.configuration[0].name}" : var.configuration
    })
  }

  logging_config {
    log_format = "Text" # a line is JSON already
    log_group  = aws_cloudwatch_log_group.this[each.key].name
  }

  dynamic "tracing_config" {
    for_each = var.tracing ? ["Active"] : []

    content {
      mode = tracing_config.value
    }
  }

  dynamic "vpc_config" {
    for_each = contains(local.in_vpc, each.key) ? [var.vpc] : []

    content {
      subnet_ids         = vpc_config.value.subnet_ids
      security_group_ids = concat([aws_security_group.functions[0].id], vpc_config.value.security_group_ids)
    }
  }

  tags = var.tags

  depends_on = [aws_iam_role_policy.this]
}
