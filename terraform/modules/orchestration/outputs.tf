output "state_machine_arn" {
  description = "ARN of the state machine"
  value       = aws_sfn_state_machine.this.arn
}

output "state_machine_name" {
  description = "Name of the state machine"
  value       = aws_sfn_state_machine.this.name
}

output "topic_arn" {
  description = "ARN of the topic that is told of jobs"
  value       = local.topic_arn
}

output "role_arn" {
  description = "ARN of the state machine's role"
  value       = aws_iam_role.this.arn
}

output "metric_namespace" {
  description = "Namespace of the metrics Done and Failed"
  value       = var.metric_namespace
}
