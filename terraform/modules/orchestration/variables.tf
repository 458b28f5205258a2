variable "name" {
  description = "Name of the state machine, and what the names of all else begin with"
  type        = string
  default     = "varve"
  nullable    = false

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9-]{0,29}$", var.name))
    error_message = "name must be up to 30 of a-z, 0-9 and hyphen, and begin with no hyphen."
  }
}

variable "function_arns" {
  description = "ARNs of the functions, by their names in docs/functions.md, in which they end. With plan, work and finish there are jobs of several workers"
  type        = map(string)
  nullable    = false

  validation {
    condition     = length(var.function_arns) > 0 && length(distinct([for name, arn in var.function_arns : trimsuffix(arn, name)])) == 1
    error_message = "function_arns must differ in nothing but the name of the function, in which each ends."
  }

  validation {
    condition     = contains([0, 3], length(setintersection(keys(var.function_arns), ["plan", "work", "finish"])))
    error_message = "function_arns must have all of plan, work and finish, or none of them."
  }
}

variable "topic_arn" {
  description = "SNS topic that is told of jobs; the module makes one where it is null"
  type        = string
  default     = null
}

variable "topic_kms_key_id" {
  description = "KMS key of the topic that the module makes. Its policy has to let cloudwatch.amazonaws.com use it, or alarms reach nobody"
  type        = string
  default     = null
}

variable "emails" {
  description = "Addresses to which the topic that the module makes sends mails, once each has confirmed that"
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for address in var.emails : can(regex("^[^@ ]+@[^@ ]+$", address))])
    error_message = "emails must be addresses of mail."
  }
}

variable "tell_success" {
  description = "Tell the topic of jobs that are done, too"
  type        = bool
  default     = false
  nullable    = false
}

variable "retries" {
  description = "How often a call is made again that failed with an error that may pass"
  type        = number
  default     = 8
  nullable    = false

  validation {
    condition     = var.retries >= 1 && var.retries <= 100
    error_message = "retries must be from 1 to 100."
  }
}

variable "timeout_hours" {
  description = "Hours that a job may take, with all its calls"
  type        = number
  default     = 48
  nullable    = false

  validation {
    condition     = var.timeout_hours >= 1 && var.timeout_hours <= 8760
    error_message = "timeout_hours must be from 1 to 8760."
  }
}

variable "metric_namespace" {
  description = "Namespace of the metrics Done and Failed in CloudWatch"
  type        = string
  default     = "Varve"
  nullable    = false

  validation {
    condition     = !startswith(var.metric_namespace, "AWS/")
    error_message = "metric_namespace must not begin with AWS/."
  }
}

variable "log_retention_days" {
  description = "Days for which logs are kept"
  type        = number
  default     = 30
  nullable    = false
}

variable "log_kms_key_arn" {
  description = "KMS key of the logs; CloudWatch's own encryption where it is null"
  type        = string
  default     = null
}

variable "tracing" {
  description = "Trace executions with X-Ray"
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
