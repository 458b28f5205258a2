output "alarm_arns" {
  description = "ARNs of all alarms, by their names"
  value = {
    for alarm in concat(
      values(aws_cloudwatch_metric_alarm.backup_age),
      values(aws_cloudwatch_metric_alarm.failed_job),
      values(aws_cloudwatch_metric_alarm.executions),
      values(aws_cloudwatch_metric_alarm.errors),
      values(aws_cloudwatch_metric_alarm.throttles),
      aws_cloudwatch_metric_alarm.dead_letters,
    ) : alarm.alarm_name => alarm.arn
  }
}

output "dashboard_name" {
  description = "Name of the dashboard; null where none is made"
  value       = one(aws_cloudwatch_dashboard.this[*].dashboard_name)
}
