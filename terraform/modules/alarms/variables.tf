variable "name" {
  description = "What the names of all that is made begin with, and the dimension Deployment of the metrics: the name of the state machine"
  type        = string
  default     = "varve"
  nullable    = false

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9-]{0,29}$", var.name))
    error_message = "name must be up to 30 of a-z, 0-9 and hyphen, and begin with no hyphen."
  }
}

variable "topic_arn" {
  description = "SNS topic that alarms are sent to"
  type        = string
  nullable    = false
}

variable "state_machine_arn" {
  description = "The state machine that does the jobs"
  type        = string
  nullable    = false
}

variable "metric_namespace" {
  description = "Namespace of the metrics Done and Failed, which the state machine counts"
  type        = string
  default     = "Varve"
  nullable    = false
}

variable "function_names" {
  description = "Names of the functions in Lambda, by their names in docs/functions.md; api among them where there is one"
  type        = map(string)
  nullable    = false
}

variable "dead_letter_queue_name" {
  description = "Name of the queue of what schedules could not begin; no alarm on it where it is null"
  type        = string
  default     = null
}

variable "backup_max_age_hours" {
  description = "By source: hours after which there must be another backup, 168 at most"
  type        = map(number)
  nullable    = false

  validation {
    condition     = alltrue([for hours in values(var.backup_max_age_hours) : hours >= 1 && hours <= 168 && floor(hours) == hours])
    error_message = "backup_max_age_hours must be whole numbers from 1 to 168: CloudWatch looks back seven days at most."
  }
}

variable "source_names" {
  description = "Names of the sources"
  type        = set(string)
  nullable    = false
}

variable "failure_functions" {
  description = "Functions of which each failed job is an alarm by itself, for each source"
  type        = set(string)
  default     = ["verify", "drill"]
  nullable    = false
}

variable "function_errors" {
  description = "Failed calls of one function in an hour from which on it is an alarm. Single ones pass: the state machine calls again"
  type        = number
  default     = 10
  nullable    = false

  validation {
    condition     = var.function_errors >= 1
    error_message = "function_errors must be 1 or more."
  }
}

variable "dashboard" {
  description = "Make a dashboard"
  type        = bool
  default     = true
  nullable    = false
}

variable "tags" {
  description = "Tags of all that is made"
  type        = map(string)
  default     = {}
  nullable    = false
}
