output "bucket_name" {
  description = "Name of the bucket"
  value       = aws_s3_bucket.this.bucket
}

output "bucket_arn" {
  description = "ARN of the bucket"
  value       = aws_s3_bucket.this.arn
}

output "prefix" {
  description = "What the keys of the repository begin with, without a slash at its end"
  value       = var.prefix
}

output "location" {
  description = "Address of the repository, as Varve takes it"
  value       = trimsuffix("s3://${aws_s3_bucket.this.bucket}/${var.prefix}", "/")
}

output "kms_key_arn" {
  description = "ARN of the KMS key that encrypts"
  value       = local.kms_key_arn
}
