output "schedule_arns" {
  description = "ARNs of the schedules, by their names"
  value       = { for name, schedule in aws_scheduler_schedule.this : name => schedule.arn }
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
