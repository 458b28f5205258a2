output "location" {
  description = "Address of the repository, as Varve takes it"
  value       = module.store.location
}

output "kms_key_arn" {
  description = "ARN of the KMS key that encrypts the repository"
  value       = module.store.kms_key_arn
}

output "state_machine_arn" {
  description = "ARN of the state machine, which begins jobs by hand"
  value       = module.orchestration.state_machine_arn
}

output "topic_arn" {
  description = "ARN of the topic that is told of failed jobs and alarms"
  value       = module.orchestration.topic_arn
}

output "api_endpoint" {
  description = "Address of the API; null where there is none"
  value       = one(module.api[*].endpoint)
}

output "api_execution_arn" {
  description = "What execute-api:Invoke is granted on; null where there is no API"
  value       = one(module.api[*].execution_arn)
}

output "security_group_id" {
  description = "Security group of the functions that talk to databases; null outside of a VPC"
  value       = module.functions.security_group_id
}

output "function_names" {
  description = "Names of the functions in Lambda"
  value       = module.functions.function_names
}

output "dead_letter_queue_name" {
  description = "Name of the queue of what could not be begun"
  value       = module.schedule.dead_letter_queue_name
}

output "configuration" {
  description = "The configuration document of functions and API, as JSON"
  value       = local.configuration
}
