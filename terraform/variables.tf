variable "name" {
  description = "What the names of all that is made begin with"
  type        = string
  default     = "varve"
  nullable    = false

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9-]{0,29}$", var.name))
    error_message = "name must be up to 30 of a-z, 0-9 and hyphen, and begin with no hyphen."
  }
}

variable "store" {
  description = "The bucket of the repository, which is made. docs: modules/store"
  type = object({
    bucket_name       = string
    prefix            = optional(string, "varve")
    kms_key_arn       = optional(string)
    noncurrent_days   = optional(number, 30)
    access_log_bucket = optional(string)
    force_destroy     = optional(bool, false)
    storage_class     = optional(string)
    object_lock = optional(object({
      mode = optional(string, "GOVERNANCE")
      days = number
    }))
  })
  nullable = false

  validation {
    condition     = var.store.storage_class == null || contains(["STANDARD", "STANDARD_IA", "ONEZONE_IA", "INTELLIGENT_TIERING", "GLACIER_IR"], coalesce(var.store.storage_class, "-"))
    error_message = "store.storage_class must be one that can be read at once: STANDARD, STANDARD_IA, ONEZONE_IA, INTELLIGENT_TIERING or GLACIER_IR."
  }
}

variable "function_package" {
  description = "function.zip: a file of this machine (path), or an object in S3 (bucket, key, version). It has to be built for the architecture"
  type = object({
    path    = optional(string)
    bucket  = optional(string)
    key     = optional(string)
    version = optional(string)
  })
  nullable = false
}

variable "architecture" {
  description = "arm64 or x86_64"
  type        = string
  default     = "arm64"
  nullable    = false

  validation {
    condition     = contains(["arm64", "x86_64"], var.architecture)
    error_message = "architecture must be arm64 or x86_64."
  }
}

variable "sources" {
  description = "Databases to back up, by names: docs/configuration.md. Who logs in: secret_arn, a secret as RDS puts it (with user, a password by itself); or user and rds_resource_id, a user of IAM database authentication. Without a backup for backup_max_age_hours there is an alarm; 0 for none"
  type = map(object({
    address              = string
    user                 = optional(string)
    secret_arn           = optional(string)
    secret_kms_key_arn   = optional(string)
    rds_resource_id      = optional(string)
    tls_mode             = optional(string, "verify-identity")
    tls_authorities      = optional(string, "rds")
    include              = optional(list(string))
    exclude              = optional(list(string))
    tags                 = optional(list(string))
    parallel             = optional(number)
    limit_rate           = optional(string)
    max_threads_running  = optional(number)
    part_size            = optional(string)
    compression_level    = optional(number)
    snapshot             = optional(string)
    accounts             = optional(bool)
    backup_max_age_hours = optional(number, 26)
  }))
  nullable = false

  validation {
    condition     = length(var.sources) > 0 && alltrue([for name in keys(var.sources) : can(regex("^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$", name))])
    error_message = "sources must have one at least, of names of up to 40 letters, digits, dots, hyphens and underscores."
  }

  validation {
    condition     = alltrue([for source in values(var.sources) : can(regex("^(mysql|mariadb)://[^@/]+$", source.address))])
    error_message = "sources[*].address must be mysql://HOST:PORT, without a user."
  }

  validation {
    condition     = alltrue([for source in values(var.sources) : (source.secret_arn != null) != (source.rds_resource_id != null && source.user != null)])
    error_message = "sources[*] must have either secret_arn, or user and rds_resource_id."
  }
}

variable "targets" {
  description = "Databases to restore into, by names; who logs in as in sources. With overwrite, restores may replace what stands there"
  type = map(object({
    address             = string
    user                = optional(string)
    secret_arn          = optional(string)
    secret_kms_key_arn  = optional(string)
    rds_resource_id     = optional(string)
    tls_mode            = optional(string, "verify-identity")
    tls_authorities     = optional(string, "rds")
    parallel            = optional(number)
    limit_rate          = optional(string)
    max_threads_running = optional(number)
    overwrite           = optional(bool)
    no_binary_log       = optional(bool)
  }))
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for name in keys(var.targets) : can(regex("^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$", name))])
    error_message = "Names of targets must be letters, digits, dots, hyphens and underscores."
  }

  validation {
    condition     = alltrue([for target in values(var.targets) : can(regex("^(mysql|mariadb)://[^@/]+$", target.address))])
    error_message = "targets[*].address must be mysql://HOST:PORT, without a user."
  }

  validation {
    condition     = alltrue([for target in values(var.targets) : (target.secret_arn != null) != (target.rds_resource_id != null && target.user != null)])
    error_message = "targets[*] must have either secret_arn, or user and rds_resource_id."
  }
}

variable "schedules" {
  description = "What begins by itself, by names. docs: modules/schedule"
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
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for schedule in values(var.schedules) : contains(keys(var.sources), schedule.source)])
    error_message = "schedules[*].source must be one of sources."
  }

  validation {
    condition     = alltrue([for schedule in values(var.schedules) : !contains(["restore", "sync", "drill"], schedule.function) || contains(keys(var.targets), try(jsondecode(schedule.options).target, ""))])
    error_message = "schedules[*].options must name one of targets, where the function is restore, sync or drill: jsonencode({target = \"scratch\"})."
  }
}

variable "vpc" {
  description = "Where the functions that talk to databases have their network interfaces. docs: modules/functions"
  type = object({
    id                          = string
    subnet_ids                  = list(string)
    database_security_group_ids = optional(map(string), {})
    database_port               = optional(number, 3306)
    route_table_ids             = optional(list(string), [])
    interface_endpoints         = optional(set(string), [])
    security_group_ids          = optional(list(string), [])
  })
  default = null
}

variable "api" {
  description = "The API, with api.zip; none where it is null. Who may do what (read, backup, restore): iam_roles by the ARN of a role or user of IAM, jwt.roles by the value of the claim jwt.roles_claim. docs: modules/api"
  type = object({
    package = object({
      path    = optional(string)
      bucket  = optional(string)
      key     = optional(string)
      version = optional(string)
    })
    iam_roles = optional(map(list(string)))
    jwt = optional(object({
      issuer      = string
      audience    = string
      scopes      = optional(list(string), [])
      roles_claim = optional(string, "roles")
      roles       = map(list(string))
    }))
    throttling = optional(object({
      rate  = optional(number, 10)
      burst = optional(number, 20)
    }), {})
  })
  default = null

  validation {
    condition     = var.api == null || (try(var.api.iam_roles, null) != null) != (try(var.api.jwt, null) != null)
    error_message = "api must have either iam_roles or jwt."
  }
}

variable "functions" {
  description = "How the functions are made. docs: modules/functions"
  type = object({
    memory_size          = optional(number, 512)
    memory_sizes         = optional(map(number), {})
    timeout              = optional(number, 900)
    reserved_concurrency = optional(map(number), {})
    environment          = optional(map(string), {})
    configuration_in     = optional(string, "environment")
  })
  default  = {}
  nullable = false
}

variable "topic_arn" {
  description = "SNS topic that is told of failed jobs and alarms; one is made where it is null"
  type        = string
  default     = null
}

variable "emails" {
  description = "Addresses to which the topic that is made sends mails, once each has confirmed that"
  type        = set(string)
  default     = []
  nullable    = false
}

variable "tell_success" {
  description = "Tell the topic of jobs that are done, too"
  type        = bool
  default     = false
  nullable    = false
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
  description = "Trace calls and executions with X-Ray"
  type        = bool
  default     = false
  nullable    = false
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
