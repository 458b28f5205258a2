variable "region" {
  description = "Region of AWS"
  type        = string
  default     = "eu-central-1"
  nullable    = false
}

variable "bucket_name" {
  description = "Name of the bucket for backups, which is made"
  type        = string
  nullable    = false
}

variable "function_zip" {
  description = "Path of function.zip, built for arm64"
  type        = string
  nullable    = false
}

variable "vpc_id" {
  description = "The VPC of the databases"
  type        = string
  nullable    = false
}

variable "subnet_ids" {
  description = "Private subnets from which the databases can be reached"
  type        = list(string)
  nullable    = false
}

variable "route_table_ids" {
  description = "Route tables of these subnets, which get a way to S3; none, where they have one"
  type        = list(string)
  default     = []
  nullable    = false
}

variable "database_security_group_id" {
  description = "Security group of the database, which lets the functions in"
  type        = string
  nullable    = false
}

variable "database_address" {
  description = "Name of the database server"
  type        = string
  nullable    = false
}

variable "backup_secret_arn" {
  description = "Secret with the login of the user for backups, as RDS puts it: {\"username\": ..., \"password\": ...}"
  type        = string
  nullable    = false
}

variable "restore_secret_arn" {
  description = "Secret with the login of the user for restores"
  type        = string
  nullable    = false
}

variable "emails" {
  description = "Who is told of failed jobs and alarms"
  type        = set(string)
  default     = []
  nullable    = false
}
