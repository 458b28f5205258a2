output "function_arns" {
  description = "ARNs of the functions, by their names in docs/functions.md"
  value       = { for name, function in aws_lambda_function.this : name => function.arn }
}

output "function_names" {
  description = "Names of the functions, by their names in docs/functions.md"
  value       = { for name, function in aws_lambda_function.this : name => function.function_name }
}

output "role_arns" {
  description = "ARNs of the functions' roles"
  value       = { for name, role in aws_iam_role.this : name => role.arn }
}

output "log_group_names" {
  description = "Names of the functions' log groups"
  value       = { for name, group in aws_cloudwatch_log_group.this : name => group.name }
}

output "security_group_id" {
  description = "Security group of the functions that talk to databases; null outside of a VPC"
  value       = one(aws_security_group.functions[*].id)
}

output "configuration_parameter_arn" {
  description = "ARN of the parameter with the configuration; null where it lies in the environment"
  value       = one(aws_ssm_parameter.configuration[*].arn)
}
