output "bucket_name" {
  description = "Name of the bucket"
  value       = minio_s3_bucket.this.bucket
}

output "location" {
  description = "Address of the repository, as Varve takes it"
  value       = trimsuffix("s3://${minio_s3_bucket.this.bucket}/${var.prefix}", "/")
}

output "access_keys" {
  description = "Secret keys of the users, by their names, which are the access keys"
  value       = { for name, user in minio_iam_user.this : name => user.secret }
  sensitive   = true
}

