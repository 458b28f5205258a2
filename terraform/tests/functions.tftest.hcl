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
  package       = { bucket = "acme-packages", key = "function.zip", version = "v1" }
  configuration = "{\"store\":{\"location\":\"s3://acme-backups/varve\"}}"
  store         = { bucket_arn = "arn:aws:s3:::acme-backups", prefix = "varve", kms_key_arn = "arn:aws:kms:eu-central-1:123456789012:key/k" }
}

run "all_functions" {
  command = apply

  module {
    source = "./modules/functions"
  }

  assert {
    condition     = sort(keys(aws_lambda_function.this)) == sort(["backup", "restore", "verify", "prune", "sync", "drill", "plan", "work", "finish"])
    error_message = "Not all functions are there."
  }
  assert {
    condition     = alltrue([for name, function in aws_lambda_function.this : function.function_name == "varve-${name}" && function.handler == name && function.runtime == "provided.al2023" && one(function.architectures) == "arm64" && function.timeout == 900 && function.memory_size == 512 && function.reserved_concurrent_executions == -1])
    error_message = "A function is not made as documented."
  }
  assert {
    condition     = alltrue([for function in aws_lambda_function.this : function.environment[0].variables.VARVE_CONFIG == var.configuration && length(function.vpc_config) == 0 && function.s3_object_version == "v1" && function.filename == null])
    error_message = "Configuration, VPC or package are wrong."
  }
  assert {
    condition     = length(aws_ssm_parameter.configuration) == 0 && length(aws_security_group.functions) == 0 && length(aws_vpc_endpoint.s3) == 0 && length(aws_vpc_endpoint.interface) == 0 && output.security_group_id == null
    error_message = "Something was made that nobody asked for."
  }
  assert {
    condition     = alltrue([for name, group in aws_cloudwatch_log_group.this : group.name == "/aws/lambda/varve-${name}" && group.retention_in_days == 30])
    error_message = "Logs are kept wrongly."
  }
  assert {
    condition = alltrue([for name, policy in aws_iam_role_policy.this :
      length(setintersection([for statement in jsondecode(policy.policy).Statement : statement.Sid], ["ReadSecrets", "DecryptSecrets", "LogIntoDatabases", "ReadConfiguration", "Trace", "AttachToVpc"])) == 0
    ])
    error_message = "A role may do what nothing of this needs."
  }
  assert {
    condition     = [for statement in jsondecode(aws_iam_role_policy.this["restore"].policy).Statement : statement.Resource if statement.Sid == "WriteRepository"] == [["arn:aws:s3:::acme-backups/varve/*/jobs/*"]]
    error_message = "A restore writes below jobs alone."
  }
}

run "in_a_vpc_with_all_switches" {
  command = apply

  module {
    source = "./modules/functions"
  }

  variables {
    name                 = "nightly"
    functions            = ["backup", "prune", "restore"]
    architecture         = "x86_64"
    configuration_in     = "ssm"
    environment          = { JAVA_TOOL_OPTIONS = "" }
    source_names         = ["shop", "crm"]
    memory_sizes         = { backup = 2048 }
    reserved_concurrency = { backup = 2 }
    tracing              = true
    log_retention_days   = 7
    source_logins = {
      secret_arns        = ["arn:aws:secretsmanager:eu-central-1:123456789012:secret:source-AbCdEf"]
      kms_key_arns       = ["arn:aws:kms:eu-central-1:123456789012:key/s"]
      database_user_arns = ["arn:aws:rds-db:eu-central-1:123456789012:dbuser:db-ABC/varve_backup"]
    }
    target_logins = {
      secret_arns = ["arn:aws:secretsmanager:eu-central-1:123456789012:secret:target-AbCdEf"]
    }
    vpc = {
      id                          = "vpc-1"
      subnet_ids                  = ["subnet-1", "subnet-2"]
      database_security_group_ids = { shop = "sg-1" }
      route_table_ids             = ["rtb-1"]
      interface_endpoints         = ["secretsmanager", "ssm"]
      security_group_ids          = ["sg-9"]
    }
  }

  assert {
    condition     = length(aws_lambda_function.this["backup"].vpc_config) == 1 && length(aws_lambda_function.this["restore"].vpc_config) == 1 && length(aws_lambda_function.this["prune"].vpc_config) == 0
    error_message = "What talks to databases is in the VPC, and nothing else."
  }
  assert {
    condition     = contains(aws_lambda_function.this["backup"].vpc_config[0].security_group_ids, "sg-9")
    error_message = "A security group of the user is missing."
  }
  assert {
    condition     = aws_lambda_function.this["backup"].memory_size == 2048 && aws_lambda_function.this["prune"].memory_size == 512 && aws_lambda_function.this["backup"].reserved_concurrent_executions == 2 && aws_lambda_function.this["backup"].tracing_config[0].mode == "Active"
    error_message = "A switch of single functions is not heard."
  }
  assert {
    condition     = aws_lambda_function.this["backup"].environment[0].variables == tomap({ VARVE_CONFIG = "ssm:/nightly/configuration", JAVA_TOOL_OPTIONS = "" })
    error_message = "The configuration is to be in Systems Manager."
  }
  assert {
    condition     = aws_vpc_endpoint.s3[0].vpc_endpoint_type == "Gateway" && keys(aws_vpc_endpoint.interface) == ["secretsmanager", "ssm"] && aws_vpc_endpoint.interface["ssm"].private_dns_enabled
    error_message = "Endpoints are missing."
  }
  assert {
    condition     = aws_vpc_security_group_ingress_rule.databases["shop"].security_group_id == "sg-1" && aws_vpc_security_group_ingress_rule.databases["shop"].from_port == 3306 && aws_vpc_security_group_egress_rule.databases["shop"].referenced_security_group_id == "sg-1"
    error_message = "The database does not let the functions in."
  }
  assert {
    condition     = alltrue([for sid in ["ReadSecrets", "DecryptSecrets", "LogIntoDatabases", "ReadConfiguration", "Trace", "AttachToVpc"] : contains([for statement in jsondecode(aws_iam_role_policy.this["backup"].policy).Statement : statement.Sid], sid)])
    error_message = "The role of backup lacks a right."
  }
  assert {
    condition     = length(setintersection([for statement in jsondecode(aws_iam_role_policy.this["prune"].policy).Statement : statement.Sid], ["ReadSecrets", "DecryptSecrets", "LogIntoDatabases", "AttachToVpc"])) == 0
    error_message = "prune talks to no database."
  }
  assert {
    condition     = contains(one([for statement in jsondecode(aws_iam_role_policy.this["backup"].policy).Statement : statement.Resource if statement.Sid == "WriteRepository"]), "arn:aws:s3:::acme-backups/varve/crm/parts/*") && !contains(one([for statement in jsondecode(aws_iam_role_policy.this["backup"].policy).Statement : statement.Resource if statement.Sid == "WriteRepository"]), "arn:aws:s3:::acme-backups/varve/*/parts/*")
    error_message = "Rights are to be narrowed to the sources."
  }
}

run "many_sources_and_no_key" {
  command = apply

  module {
    source = "./modules/functions"
  }

  variables {
    source_names = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l", "m", "n", "o", "p", "q"]
    store        = { bucket_arn = "arn:aws:s3:::acme-backups", prefix = "" }
  }

  assert {
    condition     = contains(one([for statement in jsondecode(aws_iam_role_policy.this["backup"].policy).Statement : statement.Resource if statement.Sid == "WriteRepository"]), "arn:aws:s3:::acme-backups/*/parts/*")
    error_message = "With many sources the policy would be too long."
  }
  assert {
    condition     = !contains([for statement in jsondecode(aws_iam_role_policy.this["backup"].policy).Statement : statement.Sid], "EncryptAndDecrypt")
    error_message = "There is no key to use."
  }
}

run "a_configuration_too_long_for_the_environment" {
  command = plan

  module {
    source = "./modules/functions"
  }

  variables {
    configuration = jsonencode({ store = { location = "s3://acme-backups/${join("", [for n in range(1000) : "four"])}" } })
  }

  expect_failures = [var.configuration_in]
}

run "refused" {
  command = plan

  module {
    source = "./modules/functions"
  }

  variables {
    name                 = "Varve"
    package              = { path = "function.zip", bucket = "b", key = "k" }
    architecture         = "riscv"
    functions            = ["frobnicate"]
    environment          = { VARVE_CONFIG = "{}" }
    source_names         = ["a/b"]
    source_logins        = { database_user_arns = ["arn:aws:rds-db:eu-central-1:123456789012:dbuser:*/*"] }
    memory_size          = 128
    memory_sizes         = { backup = 128 }
    timeout              = 1000
    reserved_concurrency = { backup = 0 }
    log_retention_days   = 31
    vpc                  = { id = "vpc-1", subnet_ids = [], interface_endpoints = ["ec2"] }
  }

  expect_failures = [
    var.name, var.package, var.architecture, var.functions, var.environment, var.source_names, var.source_logins, var.memory_size,
    var.memory_sizes, var.timeout, var.reserved_concurrency, var.log_retention_days, var.vpc,
  ]
}
