output "schedule_arns" {
  description = "ARNs of the schedules, by their names"
  value       = { for name, schedule in aws_scheduler_schedule.this : name => schedule.arn }
}

output "inputs" {
  description = "What the state machine is told, as JSON, by the names of the schedules"
  value       = { for name, input in local.inputs : name => jsonencode(input) }
}

output "dead_letter_queue_arn" {
  description = "ARN of the queue of what could not be begun"
  value       = aws_sqs_queue.dead_letters.arn
}

output "dead_letter_queue_name" {
  description = "Name of the queue of what could not be begun"
  value       = aws_sqs_queue.dead_letters.name
}

output "role_arn" {
  description = "ARN of the schedules' role"
  value       = aws_iam_role.this.arn
}

output "policy" {
  description = "What the role of the schedules may do, as JSON"
  value       = aws_iam_role_policy.this.policy
}
