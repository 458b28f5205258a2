output "endpoint" {
  description = "Address of the API; its resources lie below /api/v1"
  value       = aws_apigatewayv2_api.this.api_endpoint
}

output "api_id" {
  description = "Id of the API in API Gateway"
  value       = aws_apigatewayv2_api.this.id
}

output "execution_arn" {
  description = "What execute-api:Invoke is granted on, with /*/METHOD/api/v1/... after it"
  value       = aws_apigatewayv2_api.this.execution_arn
}

output "function_name" {
  description = "Name of the function behind it"
  value       = aws_lambda_function.this.function_name
}

output "role_arn" {
  description = "ARN of the function's role"
  value       = aws_iam_role.this.arn
}
