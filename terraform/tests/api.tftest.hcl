mock_provider "aws" {
  mock_data "aws_caller_identity" {
    defaults = { account_id = "123456789012" }
  }
  mock_data "aws_partition" {
    defaults = { partition = "aws" }
  }
  mock_data "aws_region" {
    defaults = { region = "eu-central-1" }
  }
  mock_resource "aws_kms_key" {
    defaults = { arn = "arn:aws:kms:eu-central-1:123456789012:key/0e0e0e0e-1111-2222-3333-444444444444" }
  }
  mock_resource "aws_s3_bucket" {
    defaults = { arn = "arn:aws:s3:::acme-backups" }
  }
  mock_resource "aws_sns_topic" {
    defaults = { arn = "arn:aws:sns:eu-central-1:123456789012:varve-jobs" }
  }
  mock_resource "aws_ssm_parameter" {
    defaults = { arn = "arn:aws:ssm:eu-central-1:123456789012:parameter/varve/configuration" }
  }
  mock_resource "aws_sqs_queue" {
    defaults = { arn = "arn:aws:sqs:eu-central-1:123456789012:varve-dead-letters" }
  }
  mock_resource "aws_sfn_state_machine" {
    defaults = { arn = "arn:aws:states:eu-central-1:123456789012:stateMachine:varve" }
  }
  mock_resource "aws_cloudwatch_metric_alarm" {
    defaults = { arn = "arn:aws:cloudwatch:eu-central-1:123456789012:alarm:an-alarm" }
  }
}

variables {
  package           = { bucket = "acme-packages", key = "api.zip" }
  configuration     = "{\"store\":{\"location\":\"s3://acme-backups/varve\"}}"
  store             = { bucket_arn = "arn:aws:s3:::acme-backups", prefix = "varve" }
  state_machine_arn = "arn:aws:states:eu-central-1:123456789012:stateMachine:varve"
}

run "by_iam" {
  command = apply

  module {
    source = "./modules/api"
  }

  assert {
    condition     = aws_apigatewayv2_route.this.authorization_type == "AWS_IAM" && aws_apigatewayv2_route.this.authorizer_id == null && length(aws_apigatewayv2_authorizer.jwt) == 0
    error_message = "IAM is to be asked."
  }
  assert {
    condition     = aws_apigatewayv2_integration.this.payload_format_version == "2.0" && aws_apigatewayv2_api.this.protocol_type == "HTTP"
    error_message = "It has to be an HTTP API with payloads of format 2.0."
  }
  assert {
    condition     = aws_apigatewayv2_stage.this.default_route_settings[0].throttling_rate_limit == 10 && aws_apigatewayv2_stage.this.default_route_settings[0].throttling_burst_limit == 20
    error_message = "Requests are to be throttled."
  }
  assert {
    condition     = aws_apigatewayv2_stage.this.access_log_settings[0].destination_arn == aws_cloudwatch_log_group.access.arn && jsondecode(aws_apigatewayv2_stage.this.access_log_settings[0].format).status == "$context.status"
    error_message = "Access is to be logged."
  }
  assert {
    condition     = aws_lambda_function.this.environment[0].variables == tomap({ VARVE_CONFIG = var.configuration, VARVE_STATE_MACHINE = var.state_machine_arn }) && length(aws_lambda_function.this.vpc_config) == 0 && aws_lambda_function.this.timeout == 30
    error_message = "The function is not as documented."
  }
  assert {
    condition     = sort([for statement in jsondecode(aws_iam_role_policy.this.policy).Statement : statement.Sid]) == tolist(["BeginJobs", "DeleteInRepository", "ListRepository", "Log", "ReadLifecycleRules", "ReadRepository", "WriteRepository"])
    error_message = "The API touches no database."
  }
}

run "by_jwt_with_all_switches" {
  command = apply

  module {
    source = "./modules/api"
  }

  variables {
    authorization               = "jwt"
    jwt                         = { issuer = "https://login.example.com/realms/acme", audience = ["varve"], scopes = ["backups"] }
    configuration_parameter_arn = "arn:aws:ssm:eu-central-1:123456789012:parameter/varve/configuration"
    throttling                  = { rate = 1, burst = 2 }
    reserved_concurrency        = 3
    tracing                     = true
    store                       = { bucket_arn = "arn:aws:s3:::acme-backups", prefix = "", kms_key_arn = "arn:aws:kms:eu-central-1:123456789012:key/k" }
    source_names                = ["shop"]
  }

  assert {
    condition     = aws_apigatewayv2_route.this.authorization_type == "JWT" && aws_apigatewayv2_route.this.authorizer_id == aws_apigatewayv2_authorizer.jwt[0].id && aws_apigatewayv2_authorizer.jwt[0].jwt_configuration[0].issuer == var.jwt.issuer && aws_apigatewayv2_route.this.authorization_scopes == toset(["backups"])
    error_message = "Tokens of the issuer are to be asked for."
  }
  assert {
    condition     = aws_lambda_function.this.environment[0].variables.VARVE_CONFIG == "ssm:/varve/configuration" && aws_lambda_function.this.reserved_concurrent_executions == 3 && aws_lambda_function.this.tracing_config[0].mode == "Active"
    error_message = "A switch is not heard."
  }
  assert {
    condition     = sort([for statement in jsondecode(aws_iam_role_policy.this.policy).Statement : statement.Sid]) == tolist(["BeginJobs", "DeleteInRepository", "EncryptAndDecrypt", "ListRepository", "Log", "ReadConfiguration", "ReadLifecycleRules", "ReadRepository", "Trace", "WriteRepository"])
    error_message = "The role does not have what it needs."
  }
  assert {
    condition     = one([for statement in jsondecode(aws_iam_role_policy.this.policy).Statement : statement.Resource if statement.Sid == "WriteRepository"]) == ["arn:aws:s3:::acme-backups/varve.json", "arn:aws:s3:::acme-backups/probe/*", "arn:aws:s3:::acme-backups/shop/jobs/*"]
    error_message = "It writes below jobs."
  }
}

run "jwt_without_an_issuer_is_refused" {
  command = plan

  module {
    source = "./modules/api"
  }

  variables {
    authorization = "jwt"
  }

  expect_failures = [var.jwt]
}

run "refused" {
  command = plan

  module {
    source = "./modules/api"
  }

  variables {
    name                        = "Varve"
    package                     = {}
    architecture                = "riscv"
    configuration               = "{}"
    configuration_parameter_arn = "varve"
    authorization               = "none"
    throttling                  = { rate = 0 }
    memory_size                 = 128
    reserved_concurrency        = 0
  }

  expect_failures = [
    var.name, var.package, var.architecture, var.configuration, var.configuration_parameter_arn, var.authorization, var.throttling,
    var.memory_size, var.reserved_concurrency,
  ]
}
