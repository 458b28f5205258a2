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
  topic_arn            = "arn:aws:sns:eu-central-1:123456789012:varve-jobs"
  state_machine_arn    = "arn:aws:states:eu-central-1:123456789012:stateMachine:varve"
  function_names       = { backup = "varve-backup", api = "varve-api" }
  source_names         = ["shop", "crm"]
  backup_max_age_hours = { shop = 26 }
}

run "alarms" {
  command = apply

  module {
    source = "./modules/alarms"
  }

  variables {
    dead_letter_queue_name = "varve-dead-letters"
  }

  assert {
    condition     = keys(aws_cloudwatch_metric_alarm.backup_age) == ["shop"] && aws_cloudwatch_metric_alarm.backup_age["shop"].treat_missing_data == "breaching" && aws_cloudwatch_metric_alarm.backup_age["shop"].evaluation_periods == 26 && aws_cloudwatch_metric_alarm.backup_age["shop"].datapoints_to_alarm == 26
    error_message = "26 hours without a backup, or nothing at all, are an alarm."
  }
  assert {
    condition     = one([for query in aws_cloudwatch_metric_alarm.backup_age["shop"].metric_query : query.expression if query.id == "backups"]) == "FILL(done, 0)" && one([for query in aws_cloudwatch_metric_alarm.backup_age["shop"].metric_query : one(query.metric).dimensions if query.id == "done"]) == tomap({ Deployment = "varve", Function = "backup", Source = "shop" })
    error_message = "The age is not that of the newest backup."
  }
  assert {
    condition     = sort(keys(aws_cloudwatch_metric_alarm.failed_job)) == tolist(["drill-crm", "drill-shop", "verify-crm", "verify-shop"]) && aws_cloudwatch_metric_alarm.failed_job["drill-shop"].dimensions == tomap({ Deployment = "varve", Function = "drill", Source = "shop" })
    error_message = "Failed drills and verifications are alarms."
  }
  assert {
    condition     = keys(aws_cloudwatch_metric_alarm.errors) == ["api", "backup"] && keys(aws_cloudwatch_metric_alarm.throttles) == ["api", "backup"]
    error_message = "Each function has alarms."
  }
  assert {
    condition     = sort(keys(aws_cloudwatch_metric_alarm.executions)) == sort(["ExecutionsFailed", "ExecutionsTimedOut", "ExecutionsAborted"])
    error_message = "Executions that fail are alarms."
  }
  assert {
    condition     = aws_cloudwatch_metric_alarm.dead_letters[0].dimensions == tomap({ QueueName = "varve-dead-letters" }) && aws_cloudwatch_metric_alarm.dead_letters[0].threshold == 1
    error_message = "One dead letter is an alarm."
  }
  assert {
    condition     = length(output.alarm_arns) == 1 + 4 + 3 + 2 + 2 + 1
    error_message = "There are ${length(output.alarm_arns)} alarms."
  }
  assert {
    condition     = length(jsondecode(aws_cloudwatch_dashboard.this[0].dashboard_body).widgets) == 5
    error_message = "The dashboard is not whole."
  }
}

run "without_queue_and_dashboard" {
  command = apply

  module {
    source = "./modules/alarms"
  }

  variables {
    dashboard         = false
    failure_functions = ["verify"]
    function_errors   = 3
  }

  assert {
    condition     = length(aws_cloudwatch_metric_alarm.dead_letters) == 0 && length(aws_cloudwatch_dashboard.this) == 0 && output.dashboard_name == null
    error_message = "Something was made that nobody asked for."
  }
  assert {
    condition     = length(aws_cloudwatch_metric_alarm.failed_job) == 2 && aws_cloudwatch_metric_alarm.errors["backup"].threshold == 3
    error_message = "A switch is not heard."
  }
}

run "refused" {
  command = plan

  module {
    source = "./modules/alarms"
  }

  variables {
    name                 = "Varve"
    backup_max_age_hours = { shop = 200 }
    function_errors      = 0
  }

  expect_failures = [var.name, var.backup_max_age_hours, var.function_errors]
}
