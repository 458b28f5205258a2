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
  function_arns = { for name in ["backup", "restore", "verify", "prune", "plan", "work", "finish"] : name => "arn:aws:lambda:eu-central-1:123456789012:function:varve-${name}" }
}

run "with_workers_and_a_topic_of_its_own" {
  command = apply

  module {
    source = "./modules/orchestration"
  }

  variables {
    emails = ["ops@example.com"]
  }

  assert {
    condition     = jsondecode(aws_sfn_state_machine.this.definition).States.Work.ItemProcessor.ProcessorConfig.Mode == "DISTRIBUTED"
    error_message = "Workers are to be called by a Distributed Map."
  }
  assert {
    condition     = !contains(keys(jsondecode(aws_sfn_state_machine.this.definition).States), "TellDone") && jsondecode(aws_sfn_state_machine.this.definition).States.CountDone.Next == "Done"
    error_message = "Success is told only where that is asked for."
  }
  assert {
    condition     = aws_sns_topic.this[0].name == "varve-jobs" && aws_sns_topic.this[0].kms_master_key_id == null && aws_sns_topic_subscription.email["ops@example.com"].protocol == "email"
    error_message = "The topic is not as asked for."
  }
  assert {
    condition     = jsondecode(aws_sfn_state_machine.this.definition).States.Call.Retry[0].MaxAttempts == 8 && jsondecode(aws_sfn_state_machine.this.definition).TimeoutSeconds == 48 * 3600
    error_message = "Retries or time are wrong."
  }
  assert {
    condition     = aws_sfn_state_machine.this.type == "STANDARD" && aws_sfn_state_machine.this.logging_configuration[0].include_execution_data == false && aws_sfn_state_machine.this.tracing_configuration[0].enabled == false
    error_message = "An express machine forgets, and logs of data hold names."
  }
  assert {
    condition     = sort([for statement in jsondecode(aws_iam_role_policy.this.policy).Statement : statement.Sid]) == tolist(["BeginWorkers", "CallFunctions", "FollowWorkers", "Log", "Measure", "Tell"])
    error_message = "The role may do something else than it needs."
  }
}

run "without_workers_and_with_all_switches" {
  command = apply

  module {
    source = "./modules/orchestration"
  }

  variables {
    name             = "nightly"
    function_arns    = { backup = "arn:aws:lambda:eu-central-1:123456789012:function:nightly-backup" }
    topic_arn        = "arn:aws:sns:eu-central-1:123456789012:ops"
    topic_kms_key_id = "arn:aws:kms:eu-central-1:123456789012:key/t"
    tell_success     = true
    retries          = 3
    timeout_hours    = 2
    tracing          = true
    metric_namespace = "Acme"
  }

  assert {
    condition     = length(setintersection(keys(jsondecode(aws_sfn_state_machine.this.definition).States), ["Work", "Plan", "ByHowMany"])) == 0 && jsondecode(aws_sfn_state_machine.this.definition).States.Job.Next == "Whole"
    error_message = "There is nobody to call for workers."
  }
  assert {
    condition     = length(aws_sns_topic.this) == 0 && output.topic_arn == var.topic_arn && jsondecode(aws_sfn_state_machine.this.definition).States.TellDone.Parameters.TopicArn == var.topic_arn
    error_message = "The topic given is to be told."
  }
  assert {
    condition     = jsondecode(aws_sfn_state_machine.this.definition).States.Call.Retry[0].MaxAttempts == 3 && jsondecode(aws_sfn_state_machine.this.definition).TimeoutSeconds == 7200 && jsondecode(aws_sfn_state_machine.this.definition).States.CountDone.Parameters.Namespace == "Acme"
    error_message = "A switch is not heard."
  }
  assert {
    condition     = sort([for statement in jsondecode(aws_iam_role_policy.this.policy).Statement : statement.Sid]) == tolist(["CallFunctions", "EncryptWhatIsTold", "Log", "Measure", "Tell", "Trace"])
    error_message = "The role may do something else than it needs."
  }
}

run "refused" {
  command = plan

  module {
    source = "./modules/orchestration"
  }

  variables {
    name             = "Varve"
    function_arns    = { backup = "arn:aws:lambda:eu-central-1:123456789012:function:a-backup", plan = "arn:aws:lambda:eu-central-1:123456789012:function:b-plan" }
    emails           = ["nobody"]
    retries          = 0
    timeout_hours    = 0
    metric_namespace = "AWS/Varve"
  }

  expect_failures = [var.name, var.function_arns, var.emails, var.retries, var.timeout_hours, var.metric_namespace]
}
