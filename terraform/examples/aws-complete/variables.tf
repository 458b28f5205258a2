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

variable "package_folder" {
  description = "Folder with function.zip and api.zip, built for architecture"
  type        = string
  nullable    = false
}

variable "architecture" {
  description = "arm64 or x86_64"
  type        = string
  default     = "arm64"
  nullable    = false
}

variable "emails" {
  description = "Who is told of failed jobs and alarms"
  type        = set(string)
  default     = []
  nullable    = false
}

variable "on_call_role_arn" {
  description = "Role of IAM that may back up and restore by the API; nobody may where it is null"
  type        = string
  default     = null
}

variable "deletion_protection" {
  description = "Keep the database and the bucket from being destroyed"
  type        = bool
  default     = true
  nullable    = false
}
