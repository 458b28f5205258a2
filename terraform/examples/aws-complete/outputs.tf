output "state_machine_arn" {
  description = "Begins jobs by hand"
  value       = module.varve.state_machine_arn
}

output "api_endpoint" {
  description = "Address of the API"
  value       = module.varve.api_endpoint
}

output "api_execution_arn" {
  description = "What execute-api:Invoke is granted on"
  value       = module.varve.api_execution_arn
}

output "location" {
  description = "Address of the repository"
  value       = module.varve.location
}

output "database_address" {
  description = "Where the database is"
  value       = aws_db_instance.shop.address
}

output "database_admin_secret_arn" {
  description = "Secret with the password of the user admin"
  value       = one(aws_db_instance.shop.master_user_secret[*].secret_arn)
}
