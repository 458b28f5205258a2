variable "bucket_name" {
  description = "Name of the bucket, which the module makes"
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$", var.bucket_name))
    error_message = "bucket_name must be the name of a bucket: 3 to 63 of a-z, 0-9, dot and hyphen, the first and last of them a letter or digit."
  }
}

variable "prefix" {
  description = "What the keys of the repository begin with, without slashes around it; none where it is empty"
  type        = string
  default     = "varve"
  nullable    = false

  validation {
    condition     = can(regex("^([A-Za-z0-9._-]+(/[A-Za-z0-9._-]+)*)?$", var.prefix))
    error_message = "prefix must be letters, digits, dots, hyphens and underscores, with single slashes between, none at its ends."
  }
}

variable "kms_key_arn" {
  description = "The KMS key that encrypts; the module makes one where it is null"
  type        = string
  default     = null

  validation {
    condition     = var.kms_key_arn == null || can(regex("^arn:[^:]+:kms:[^:]+:[0-9]{12}:key/", var.kms_key_arn))
    error_message = "kms_key_arn must be the ARN of a KMS key, not of an alias."
  }
}

variable "object_lock" {
  description = "Keeps every version from being deleted for that many days, in mode GOVERNANCE or COMPLIANCE. Only a new bucket can have it"
  type = object({
    mode = optional(string, "GOVERNANCE")
    days = number
  })
  default = null

  validation {
    condition     = try(contains(["GOVERNANCE", "COMPLIANCE"], var.object_lock.mode), var.object_lock == null)
    error_message = "object_lock.mode must be GOVERNANCE or COMPLIANCE."
  }

  validation {
    condition     = try(var.object_lock.days >= 1 && var.object_lock.days <= 36500 && floor(var.object_lock.days) == var.object_lock.days, var.object_lock == null)
    error_message = "object_lock.days must be a whole number from 1 to 36500."
  }
}

variable "noncurrent_days" {
  description = "Days for which what prune has deleted, or a lease has replaced, can still be had back"
  type        = number
  default     = 30
  nullable    = false

  validation {
    condition     = var.noncurrent_days >= 1 && floor(var.noncurrent_days) == var.noncurrent_days
    error_message = "noncurrent_days must be a whole number of at least 1."
  }
}

variable "access_log_bucket" {
  description = "Bucket for S3's access logs; none are written where it is null"
  type        = string
  default     = null
}

variable "force_destroy" {
  description = "Let terraform destroy delete the bucket with all backups in it"
  type        = bool
  default     = false
  nullable    = false
}

variable "tags" {
  description = "Tags of all that is made"
  type        = map(string)
  default     = {}
  nullable    = false
}
