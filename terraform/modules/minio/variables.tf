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

variable "users" {
  description = "Users, by their names, and what each may do: server (all that varve serve does), backup, restore, verify, prune, or read"
  type        = map(string)
  default     = { varve-server = "server" }
  nullable    = false

  validation {
    condition     = alltrue([for role in values(var.users) : contains(["server", "backup", "restore", "verify", "prune", "read"], role)])
    error_message = "users must be server, backup, restore, verify, prune or read."
  }
}

variable "object_lock_days" {
  description = "Days for which no version can be deleted but by who may bypass it (mode GOVERNANCE); null for none. Only a new bucket can have it"
  type        = number
  default     = null

  validation {
    condition     = var.object_lock_days == null || try(var.object_lock_days >= 1, false)
    error_message = "object_lock_days must be 1 or more."
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

variable "quota_bytes" {
  description = "The most that the bucket may hold; null for no limit"
  type        = number
  default     = null

  validation {
    condition     = var.quota_bytes == null || try(var.quota_bytes > 0, false)
    error_message = "quota_bytes must be more than 0."
  }
}

variable "force_destroy" {
  description = "Let terraform destroy delete the bucket with all backups in it, and users with their access keys"
  type        = bool
  default     = false
  nullable    = false
}
