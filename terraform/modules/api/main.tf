data "aws_caller_identity" "current" {}
data "aws_partition" "current" {}
data "aws_region" "current" {}

locals {
  partition     = data.aws_partition.current.partition
  here          = "${data.aws_region.current.region}:${data.aws_caller_identity.current.account_id}"
  function_name = "${var.name}-api"
  root          = var.store.prefix == "" ? "" : "${var.store.prefix}/"
  sources       = length(var.source_names) <= 16 ? sort(var.source_names) : ["*"]

  # It logs into no database, so it reads no secret. It makes the repository where there is none.
  statements = [
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
          [for key in ["varve.json", "probe/*"] : "${var.store.bucket_arn}/${local.root}${key}"],
          [for source in local.sources : "${var.store.bucket_arn}/${local.root}${source}/jobs/*"],
        )
      },
      {
        Sid    = "DeleteInRepository"
        Action = ["s3:DeleteObject"]
        Resource = concat(
          ["${var.store.bucket_arn}/${local.root}probe/*"],
          [for source in local.sources : "${var.store.bucket_arn}/${local.root}${source}/jobs/requests/*.now"],
        )
      },
      {
        Sid      = "ReadLifecycleRules"
        Action   = ["s3:GetLifecycleConfiguration"]
        Resource = [var.store.bucket_arn]
      },
      {
        Sid      = "EncryptAndDecrypt"
        Action   = ["kms:Decrypt", "kms:GenerateDataKey"]
        Resource = var.store.kms_key_arn == null ? [] : [var.store.kms_key_arn]
      },
      {
        Sid      = "BeginJobs"
        Action   = ["states:StartExecution"]
        Resource = [var.state_machine_arn]
      },
      {
        Sid      = "ReadConfiguration"
        Action   = ["ssm:GetParameter"]
        Resource = var.configuration_parameter_arn == null ? [] : [var.configuration_parameter_arn]
      },
      {
        Sid      = "Log"
        Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
        Resource = ["arn:${local.partition}:logs:${local.here}:log-group:/aws/lambda/${local.function_name}:log-stream:*"]
      },
      {
        Sid      = "Trace"
        Action   = ["xray:PutTelemetryRecords", "xray:PutTraceSegments"]
        Resource = var.tracing ? ["*"] : []
      },
    ] : merge({ Effect = "Allow" }, statement) if length(statement.Resource) > 0
  ]
}

resource "aws_iam_role" "this" {
  name        = local.function_name
  description = "Varve: what the API may do"
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

resource "aws_iam_role_policy" "this" {
  name   = "api"
  role   = aws_iam_role.this.name
  policy = jsonencode({ Version = "2012-10-17", Statement = local.statements })
}

resource "aws_cloudwatch_log_group" "function" {
  #checkov:skip=CKV_AWS_158:log_kms_key_arn names a key; no token is ever logged
  #checkov:skip=CKV_AWS_338:log_retention_days says how long
  name              = "/aws/lambda/${local.function_name}"
  retention_in_days = var.log_retention_days
  kms_key_id        = var.log_kms_key_arn
  tags              = var.tags
}

resource "aws_cloudwatch_log_group" "access" {
  #checkov:skip=CKV_AWS_158:log_kms_key_arn names a key; no token is ever logged
  #checkov:skip=CKV_AWS_338:log_retention_days says how long
  name              = "/aws/vendedlogs/apigateway/${local.function_name}"
  retention_in_days = var.log_retention_days
  kms_key_id        = var.log_kms_key_arn
  tags              = var.tags
}

resource "aws_lambda_function" "this" {
  #checkov:skip=CKV_AWS_50:tracing switches X-Ray on
  #checkov:skip=CKV_AWS_115:reserved_concurrency limits it; the stage is throttled anyway
  #checkov:skip=CKV_AWS_116:API Gateway waits for the answer; a dead-letter queue is for calls that nobody waits for
  #checkov:skip=CKV_AWS_117:It talks to no database
  #checkov:skip=CKV_AWS_173:No password lies in the variables; of tokens they have the hashes
  #checkov:skip=CKV_AWS_272:api.zip comes with a signed statement of where it was built, which a release shows
  function_name = local.function_name
  description   = "Varve: the API"
  role          = aws_iam_role.this.arn

  handler           = "not.used" # the program is one handler
  runtime           = "provided.al2023"
  architectures     = [var.architecture]
  filename          = var.package.path
  source_code_hash  = var.package.path == null ? null : filebase64sha256(var.package.path)
  s3_bucket         = var.package.bucket
  s3_key            = var.package.key
  s3_object_version = var.package.version

  memory_size                    = var.memory_size
  timeout                        = 30 # API Gateway waits no longer
  reserved_concurrent_executions = var.reserved_concurrency

  environment {
    variables = {
      VARVE_CONFIG        = var.configuration_parameter_arn == null ? var.configuration : "ssm:${regex(":parameter(/.*)$", var.configuration_parameter_arn)[0]}"
      VARVE_STATE_MACHINE = var.state_machine_arn
    }
  }

  logging_config {
    log_format = "Text" # a line is JSON already
    log_group  = aws_cloudwatch_log_group.function.name
  }

  dynamic "tracing_config" {
    for_each = var.tracing ? ["Active"] : []

    content {
      mode = tracing_config.value
    }
  }

  tags = var.tags

  depends_on = [aws_iam_role_policy.this]
}

resource "aws_lambda_permission" "this" {
  statement_id  = "ApiGateway"
  action        = "lambda:InvokeFunction"
  function_name = aws_lambda_function.this.function_name
  principal     = "apigateway.amazonaws.com"
  source_arn    = "${aws_apigatewayv2_api.this.execution_arn}/*/*"
}

resource "aws_apigatewayv2_api" "this" {
  name          = local.function_name
  description   = "Varve: docs/server.md"
  protocol_type = "HTTP"
  tags          = var.tags
}

resource "aws_apigatewayv2_integration" "this" {
  api_id                 = aws_apigatewayv2_api.this.id
  integration_type       = "AWS_PROXY"
  integration_method     = "POST"
  integration_uri        = aws_lambda_function.this.arn
  payload_format_version = "2.0"
}

resource "aws_apigatewayv2_authorizer" "jwt" {
  count = var.authorization == "jwt" ? 1 : 0

  api_id           = aws_apigatewayv2_api.this.id
  name             = "jwt"
  authorizer_type  = "JWT"
  identity_sources = ["$request.header.Authorization"]

  jwt_configuration {
    issuer   = var.jwt.issuer
    audience = var.jwt.audience
  }
}

resource "aws_apigatewayv2_route" "this" {
  api_id               = aws_apigatewayv2_api.this.id
  route_key            = "ANY /api/v1/{proxy+}"
  target               = "integrations/${aws_apigatewayv2_integration.this.id}"
  authorization_type   = var.authorization == "jwt" ? "JWT" : "AWS_IAM"
  authorizer_id        = one(aws_apigatewayv2_authorizer.jwt[*].id)
  authorization_scopes = var.authorization == "jwt" ? var.jwt.scopes : null
}

resource "aws_apigatewayv2_stage" "this" {
  api_id      = aws_apigatewayv2_api.this.id
  name        = "$default"
  auto_deploy = true

  default_route_settings {
    throttling_rate_limit  = var.throttling.rate
    throttling_burst_limit = var.throttling.burst
  }

  access_log_settings {
    destination_arn = aws_cloudwatch_log_group.access.arn
    format = jsonencode({
      time         = "$context.requestTime"
      requestId    = "$context.requestId"
      sourceIp     = "$context.identity.sourceIp"
      method       = "$context.httpMethod"
      path         = "$context.path"
      status       = "$context.status"
      latencyMs    = "$context.responseLatency"
      subject      = "$context.authorizer.claims.sub"
      userArn      = "$context.identity.userArn"
      error        = "$context.error.message"
      lambdaStatus = "$context.integration.status"
    })
  }

  tags = var.tags
}
