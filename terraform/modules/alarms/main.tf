data "aws_region" "current" {}

locals {
  actions = [var.topic_arn]

  watched = {
    for pair in setproduct(var.failure_functions, var.source_names) :
    "${pair[0]}-${pair[1]}" => { function = pair[0], source = pair[1] }
  }
}

# N hours side by side in which no backup was done. FILL makes an hour without one a zero, for CloudWatch would look past
# hours that are missing; where there is nothing at all, as before the first backup, missing data breaches.
resource "aws_cloudwatch_metric_alarm" "backup_age" {
  for_each = var.backup_max_age_hours

  alarm_name          = "${var.name}-backup-age-${each.key}"
  alarm_description   = "No backup of ${each.key} for ${each.value} hours. Look at the executions of ${var.name}"
  comparison_operator = "LessThanThreshold"
  threshold           = 1
  evaluation_periods  = each.value
  datapoints_to_alarm = each.value
  treat_missing_data  = "breaching"
  alarm_actions       = local.actions
  ok_actions          = local.actions

  metric_query {
    id          = "backups"
    expression  = "FILL(done, 0)"
    label       = "Backups of ${each.key}"
    return_data = true
  }

  metric_query {
    id = "done"

    metric {
      namespace   = var.metric_namespace
      metric_name = "Done"
      period      = 3600
      stat        = "Sum"
      dimensions  = { Deployment = var.name, Function = "backup", Source = each.key }
    }
  }

  tags = var.tags
}

resource "aws_cloudwatch_metric_alarm" "failed_job" {
  for_each = local.watched

  alarm_name          = "${var.name}-${each.value.function}-failed-${each.value.source}"
  alarm_description   = "Job ${each.value.function} of ${each.value.source} failed. The topic was told why"
  namespace           = var.metric_namespace
  metric_name         = "Failed"
  dimensions          = { Deployment = var.name, Function = each.value.function, Source = each.value.source }
  statistic           = "Sum"
  period              = 300
  evaluation_periods  = 1
  comparison_operator = "GreaterThanOrEqualToThreshold"
  threshold           = 1
  treat_missing_data  = "notBreaching"
  alarm_actions       = local.actions
  tags                = var.tags
}

# What ends a job before it could tell: its time, somebody, or a limit of Step Functions.
resource "aws_cloudwatch_metric_alarm" "executions" {
  for_each = toset(["ExecutionsFailed", "ExecutionsTimedOut", "ExecutionsAborted"])

  alarm_name          = "${var.name}-${each.key}"
  alarm_description   = "A job of ${var.name} has not come to its end"
  namespace           = "AWS/States"
  metric_name         = each.key
  dimensions          = { StateMachineArn = var.state_machine_arn }
  statistic           = "Sum"
  period              = 300
  evaluation_periods  = 1
  comparison_operator = "GreaterThanOrEqualToThreshold"
  threshold           = 1
  treat_missing_data  = "notBreaching"
  alarm_actions       = local.actions
  tags                = var.tags
}

resource "aws_cloudwatch_metric_alarm" "errors" {
  for_each = var.function_names

  alarm_name          = "${each.value}-errors"
  alarm_description   = "Calls of ${each.value} fail again and again"
  namespace           = "AWS/Lambda"
  metric_name         = "Errors"
  dimensions          = { FunctionName = each.value }
  statistic           = "Sum"
  period              = 3600
  evaluation_periods  = 1
  comparison_operator = "GreaterThanOrEqualToThreshold"
  threshold           = var.function_errors
  treat_missing_data  = "notBreaching"
  alarm_actions       = local.actions
  tags                = var.tags
}

resource "aws_cloudwatch_metric_alarm" "throttles" {
  for_each = var.function_names

  alarm_name          = "${each.value}-throttles"
  alarm_description   = "Calls of ${each.value} are refused for too many at a time: look at reserved_concurrency"
  namespace           = "AWS/Lambda"
  metric_name         = "Throttles"
  dimensions          = { FunctionName = each.value }
  statistic           = "Sum"
  period              = 300
  evaluation_periods  = 3
  comparison_operator = "GreaterThanOrEqualToThreshold"
  threshold           = 1
  treat_missing_data  = "notBreaching"
  alarm_actions       = local.actions
  tags                = var.tags
}

resource "aws_cloudwatch_metric_alarm" "dead_letters" {
  count = var.dead_letter_queue_name != null ? 1 : 0

  alarm_name          = "${var.name}-dead-letters"
  alarm_description   = "A schedule could not begin a job: look into the queue ${var.dead_letter_queue_name}"
  namespace           = "AWS/SQS"
  metric_name         = "ApproximateNumberOfMessagesVisible"
  dimensions          = { QueueName = var.dead_letter_queue_name }
  statistic           = "Maximum"
  period              = 300
  evaluation_periods  = 1
  comparison_operator = "GreaterThanOrEqualToThreshold"
  threshold           = 1
  treat_missing_data  = "notBreaching"
  alarm_actions       = local.actions
  ok_actions          = local.actions
  tags                = var.tags
}

resource "aws_cloudwatch_dashboard" "this" {
  count = var.dashboard ? 1 : 0

  dashboard_name = var.name
  dashboard_body = jsonencode({
    widgets = [
      {
        type = "alarm", x = 0, y = 0, width = 24, height = 4
        properties = {
          title = "Alarms"
          alarms = concat(
            [for alarm in values(aws_cloudwatch_metric_alarm.backup_age) : alarm.arn],
            [for alarm in values(aws_cloudwatch_metric_alarm.failed_job) : alarm.arn],
            [for alarm in values(aws_cloudwatch_metric_alarm.executions) : alarm.arn],
            [for alarm in aws_cloudwatch_metric_alarm.dead_letters : alarm.arn],
          )
        }
      },
      {
        type = "metric", x = 0, y = 4, width = 12, height = 6
        properties = {
          title   = "Jobs done and failed"
          region  = data.aws_region.current.region
          stat    = "Sum"
          period  = 3600
          stacked = true
          metrics = [for outcome in ["Done", "Failed"] : [{ expression = "SEARCH('{${var.metric_namespace},Deployment,Function,Source} Deployment=\"${var.name}\" MetricName=\"${outcome}\"', 'Sum')", label = "${outcome} $${PROP('Dim.Function')} $${PROP('Dim.Source')}" }]]
        }
      },
      {
        type = "metric", x = 12, y = 4, width = 12, height = 6
        properties = {
          title   = "How long calls take"
          region  = data.aws_region.current.region
          stat    = "Maximum"
          period  = 300
          metrics = [for function in values(var.function_names) : ["AWS/Lambda", "Duration", "FunctionName", function]]
        }
      },
      {
        type = "metric", x = 0, y = 10, width = 12, height = 6
        properties = {
          title   = "Calls that failed, or were refused"
          region  = data.aws_region.current.region
          stat    = "Sum"
          period  = 300
          metrics = concat([for metric in ["Errors", "Throttles"] : [for function in values(var.function_names) : ["AWS/Lambda", metric, "FunctionName", function]]]...)
        }
      },
      {
        type = "metric", x = 12, y = 10, width = 12, height = 6
        properties = {
          title   = "Executions"
          region  = data.aws_region.current.region
          stat    = "Sum"
          period  = 300
          metrics = [for metric in ["ExecutionsStarted", "ExecutionsSucceeded", "ExecutionsFailed", "ExecutionsTimedOut"] : ["AWS/States", metric, "StateMachineArn", var.state_machine_arn]]
        }
      },
    ]
  })
}
