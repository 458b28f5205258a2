data "aws_caller_identity" "current" {}
data "aws_partition" "current" {}
data "aws_region" "current" {}

locals {
  partition         = data.aws_partition.current.partition
  here              = "${data.aws_region.current.region}:${data.aws_caller_identity.current.account_id}"
  state_machine_arn = "arn:${local.partition}:states:${local.here}:stateMachine:${var.name}"
  topic_arn         = var.topic_arn != null ? var.topic_arn : aws_sns_topic.this[0].arn

  statements = [
    for statement in [
      {
        Sid      = "CallFunctions"
        Action   = ["lambda:InvokeFunction"]
        Resource = values(var.function_arns)
      },
      {
        Sid      = "Tell"
        Action   = ["sns:Publish"]
        Resource = [local.topic_arn]
      },
      {
        Sid      = "EncryptWhatIsTold"
        Action   = ["kms:Decrypt", "kms:GenerateDataKey"]
        Resource = var.topic_kms_key_id == null ? [] : [var.topic_kms_key_id]
      },
      {
        Sid       = "Measure"
        Action    = ["cloudwatch:PutMetricData"]
        Resource  = ["*"] # it knows no resources, but namespaces
        Condition = { StringEquals = { "cloudwatch:namespace" = var.metric_namespace } }
      },
      {
        Sid      = "BeginWorkers"
        Action   = ["states:StartExecution"]
        Resource = local.has_workers ? [local.state_machine_arn] : []
      },
      {
        Sid      = "FollowWorkers"
        Action   = ["states:DescribeExecution", "states:StopExecution"]
        Resource = local.has_workers ? ["arn:${local.partition}:states:${local.here}:execution:${var.name}:*", "arn:${local.partition}:states:${local.here}:execution:${var.name}/*"] : []
      },
      {
        Sid = "Log"
        Action = [
          "logs:CreateLogDelivery",
          "logs:DeleteLogDelivery",
          "logs:DescribeLogGroups",
          "logs:DescribeResourcePolicies",
          "logs:GetLogDelivery",
          "logs:ListLogDeliveries",
          "logs:PutResourcePolicy",
          "logs:UpdateLogDelivery",
        ]
        Resource = ["*"] # deliveries have no ARN
      },
      {
        Sid      = "Trace"
        Action   = ["xray:GetSamplingRules", "xray:GetSamplingTargets", "xray:PutTelemetryRecords", "xray:PutTraceSegments"]
        Resource = var.tracing ? ["*"] : []
      },
    ] : merge({ Effect = "Allow" }, statement) if length(statement.Resource) > 0
  ]
}

resource "aws_iam_role" "this" {
  name        = "${var.name}-state-machine"
  description = "Varve: what the state machine may do"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "states.amazonaws.com" }
      Action    = "sts:AssumeRole"
      Condition = { StringEquals = { "aws:SourceAccount" = data.aws_caller_identity.current.account_id } }
    }]
  })
  tags = var.tags
}

resource "aws_iam_role_policy" "this" {
  name   = "state-machine"
  role   = aws_iam_role.this.name
  policy = jsonencode({ Version = "2012-10-17", Statement = local.statements })
}

resource "aws_cloudwatch_log_group" "this" {
  #checkov:skip=CKV_AWS_158:log_kms_key_arn names a key; inputs and answers are not logged
  #checkov:skip=CKV_AWS_338:log_retention_days says how long; Step Functions keeps the history of executions for 90 days
  name              = "/aws/vendedlogs/states/${var.name}"
  retention_in_days = var.log_retention_days
  kms_key_id        = var.log_kms_key_arn
  tags              = var.tags
}

resource "aws_sfn_state_machine" "this" {
  #checkov:skip=CKV_AWS_284:tracing switches X-Ray on
  #checkov:skip=CKV_AWS_285:Errors are logged; what executions are told and answer is in their history
  name       = var.name
  type       = "STANDARD"
  role_arn   = aws_iam_role.this.arn
  definition = local.definition

  logging_configuration {
    level                  = "ERROR"
    include_execution_data = false
    log_destination        = "${aws_cloudwatch_log_group.this.arn}:*"
  }

  tracing_configuration {
    enabled = var.tracing
  }

  tags = var.tags

  depends_on = [aws_iam_role_policy.this]
}

resource "aws_sns_topic" "this" {
  #checkov:skip=CKV_AWS_26:topic_kms_key_id names a key; AWS's own would keep alarms of CloudWatch from being told
  count = var.topic_arn == null ? 1 : 0

  name              = "${var.name}-jobs"
  kms_master_key_id = var.topic_kms_key_id
  tags              = var.tags
}

resource "aws_sns_topic_subscription" "email" {
  for_each = var.topic_arn == null ? var.emails : []

  topic_arn = aws_sns_topic.this[0].arn
  protocol  = "email"
  endpoint  = each.key
}
