variable "server" {
  description = "Host and port of MinIO"
  type        = string
  default     = "127.0.0.1:17070"
  nullable    = false
}

variable "tls" {
  description = "Whether MinIO is spoken to by HTTPS"
  type        = bool
  default     = false
  nullable    = false
}

variable "bucket_name" {
  description = "Name of the bucket for backups, which is made"
  type        = string
  default     = "varve-backups"
  nullable    = false
}

variable "force_destroy" {
  description = "Let terraform destroy delete the bucket with all backups in it"
  type        = bool
  default     = false
  nullable    = false
}
