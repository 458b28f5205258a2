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
  state_machine_arn = "arn:aws:states:eu-central-1:123456789012:stateMachine:varve"
}

run "schedules" {
  command = apply

  module {
    source = "./modules/schedule"
  }

  variables {
    schedules = {
      hourly = { function = "backup", source = "shop", expression = "cron(0 * * * ? *)", time_zone = "Europe/Berlin", flexible_minutes = 5 }
      full   = { function = "backup", source = "shop", expression = "rate(30 days)", workers = 4, options = "{\"kind\":\"full\"}", enabled = false }
    }
  }

  assert {
    condition     = jsondecode(aws_scheduler_schedule.this["hourly"].target[0].input) == { function = "backup", event = { source = "shop" } }
    error_message = "The plain input is wrong."
  }
  assert {
    condition     = jsondecode(aws_scheduler_schedule.this["full"].target[0].input) == { function = "backup", workers = 4, event = { source = "shop", kind = "full" } }
    error_message = "Options or workers are lost."
  }
  assert {
    condition     = aws_scheduler_schedule.this["hourly"].flexible_time_window[0].mode == "FLEXIBLE" && aws_scheduler_schedule.this["hourly"].flexible_time_window[0].maximum_window_in_minutes == 5 && aws_scheduler_schedule.this["full"].flexible_time_window[0].mode == "OFF"
    error_message = "The window is wrong."
  }
  assert {
    condition     = aws_scheduler_schedule.this["hourly"].schedule_expression_timezone == "Europe/Berlin" && aws_scheduler_schedule.this["full"].schedule_expression_timezone == "UTC"
    error_message = "The time zone is wrong."
  }
  assert {
    condition     = aws_scheduler_schedule.this["hourly"].state == "ENABLED" && aws_scheduler_schedule.this["full"].state == "DISABLED"
    error_message = "enabled is not heard."
  }
  assert {
    condition     = alltrue([for schedule in aws_scheduler_schedule.this : schedule.target[0].dead_letter_config[0].arn == aws_sqs_queue.dead_letters.arn && schedule.target[0].arn == var.state_machine_arn && schedule.target[0].retry_policy[0].maximum_retry_attempts == 10])
    error_message = "A target is wrong."
  }
  assert {
    condition     = aws_sqs_queue.dead_letters.sqs_managed_sse_enabled && aws_sqs_queue.dead_letters.message_retention_seconds == 1209600
    error_message = "The queue is to keep for two weeks, encrypted."
  }
}

run "none" {
  command = apply

  module {
    source = "./modules/schedule"
  }

  variables {
    schedules = {}
  }

  assert {
    condition     = length(aws_scheduler_schedule.this) == 0
    error_message = "There is to be no schedule."
  }
}

run "refused" {
  command = plan

  module {
    source = "./modules/schedule"
  }

  variables {
    name           = "-"
    retry_attempts = 186
    retry_seconds  = 1
    schedules      = { "a b" = { function = "plan", source = "shop", expression = "0 * * * *", flexible_minutes = 2000, options = "[]", workers = 0 } }
  }

  expect_failures = [var.name, var.retry_attempts, var.retry_seconds, var.schedules]
}

run "a_source_in_the_options_is_refused" {
  command = plan

  module {
    source = "./modules/schedule"
  }

  variables {
    schedules = { a = { function = "backup", source = "shop", expression = "rate(1 day)", options = "{\"source\":\"crm\"}" } }
  }

  expect_failures = [var.schedules]
}

run "workers_are_for_backup_and_restore" {
  command = plan

  module {
    source = "./modules/schedule"
  }

  variables {
    schedules = { a = { function = "verify", source = "shop", expression = "rate(1 day)", workers = 2 } }
  }

  expect_failures = [var.schedules]
}
