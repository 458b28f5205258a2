variable "name" {
  description = "Name of the group of schedules, and what the names of all else begin with"
  type        = string
  default     = "varve"
  nullable    = false

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9-]{0,29}$", var.name))
    error_message = "name must be up to 30 of a-z, 0-9 and hyphen, and begin with no hyphen."
  }
}

variable "state_machine_arn" {
  description = "The state machine that is begun"
  type        = string
  nullable    = false
}

variable "schedules" {
  description = "What begins by itself, by names: a function of docs/functions.md for a source, when, and the other fields of the event as JSON. With workers, a backup is cut for several. A begin may be late by flexible_minutes, so that not all begin at once"
  type = map(object({
    function         = string
    source           = string
    expression       = string
    time_zone        = optional(string, "UTC")
    flexible_minutes = optional(number, 0)
    options          = optional(string, "{}")
    workers          = optional(number, 1)
    enabled          = optional(bool, true)
  }))
  nullable = false

  validation {
    condition     = alltrue([for name in keys(var.schedules) : can(regex("^[A-Za-z0-9._-]{1,64}$", name))])
    error_message = "Names of schedules must be 1 to 64 letters, digits, dots, hyphens and underscores."
  }

  validation {
    condition     = alltrue([for schedule in values(var.schedules) : contains(["backup", "verify", "prune", "sync", "drill", "restore"], schedule.function)])
    error_message = "schedules[*].function must be backup, verify, prune, sync, drill or restore."
  }

  validation {
    condition     = alltrue([for schedule in values(var.schedules) : can(regex("^(cron|rate|at)\\(.+\\)$", schedule.expression))])
    error_message = "schedules[*].expression must be cron(...) with six fields, rate(...) or at(...), as EventBridge Scheduler has them."
  }

  validation {
    condition     = alltrue([for schedule in values(var.schedules) : schedule.flexible_minutes >= 0 && schedule.flexible_minutes <= 1440 && floor(schedule.flexible_minutes) == schedule.flexible_minutes])
    error_message = "schedules[*].flexible_minutes must be a whole number from 0 to 1440."
  }

  validation {
    condition     = alltrue([for schedule in values(var.schedules) : can(keys(jsondecode(schedule.options))) && length(setintersection(try(keys(jsondecode(schedule.options)), []), ["source", "job", "token"])) == 0])
    error_message = "schedules[*].options must be a JSON object, without source, job and token: jsonencode({keep = {daily = 7}})."
  }

  validation {
    condition     = alltrue([for schedule in values(var.schedules) : schedule.workers >= 1 && schedule.workers <= 1000 && (schedule.workers == 1 || contains(["backup", "restore"], schedule.function))])
    error_message = "schedules[*].workers must be from 1 to 1000, and is for backup and restore alone."
  }
}

variable "retry_attempts" {
  description = "How often a begin is tried again that Step Functions has refused. Then it goes to the dead-letter queue"
  type        = number
  default     = 10
  nullable    = false

  validation {
    condition     = var.retry_attempts >= 0 && var.retry_attempts <= 185
    error_message = "retry_attempts must be from 0 to 185."
  }
}

variable "retry_seconds" {
  description = "For how many seconds a begin is tried again"
  type        = number
  default     = 3600
  nullable    = false

  validation {
    condition     = var.retry_seconds >= 60 && var.retry_seconds <= 86400
    error_message = "retry_seconds must be from 60 to 86400."
  }
}

variable "tags" {
  description = "Tags of all that is made"
  type        = map(string)
  default     = {}
  nullable    = false
}
