variable "name" {
  description = "What the names of all that is made begin with: the function backup is NAME-backup"
  type        = string
  default     = "varve"
  nullable    = false

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9-]{0,29}$", var.name))
    error_message = "name must be up to 30 of a-z, 0-9 and hyphen, and begin with no hyphen."
  }
}

variable "package" {
  description = "function.zip: a file of this machine (path), or an object in S3 (bucket, key, version). It has to be built for the architecture"
  type = object({
    path    = optional(string)
    bucket  = optional(string)
    key     = optional(string)
    version = optional(string)
  })
  nullable = false

  validation {
    condition     = (var.package.path != null) != (var.package.bucket != null && var.package.key != null)
    error_message = "package must have either path, or bucket and key."
  }
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

variable "functions" {
  description = "Which functions to make: backup, restore, verify, prune, sync, drill, plan, work, finish. The last three are for jobs of several workers"
  type        = set(string)
  default     = ["backup", "restore", "verify", "prune", "sync", "drill", "plan", "work", "finish"]
  nullable    = false

  validation {
    condition     = length(var.functions) > 0 && length(setsubtract(var.functions, ["backup", "restore", "verify", "prune", "sync", "drill", "plan", "work", "finish"])) == 0
    error_message = "functions must be some of backup, restore, verify, prune, sync, drill, plan, work and finish."
  }
}

variable "configuration" {
  description = "The configuration document of docs/configuration.md, as JSON. It holds no password"
  type        = string
  nullable    = false

  validation {
    condition     = can(jsondecode(var.configuration).store.location)
    error_message = "configuration must be a JSON document with store.location."
  }
}

variable "configuration_in" {
  description = "Where the functions find the document: in the environment (up to 3,500 bytes), or in ssm, a parameter of Systems Manager (which functions in a VPC reach by an interface endpoint or a NAT gateway)"
  type        = string
  default     = "environment"
  nullable    = false

  validation {
    condition     = contains(["environment", "ssm"], var.configuration_in)
    error_message = "configuration_in must be environment or ssm."
  }

  validation {
    condition     = var.configuration_in == "ssm" || length(var.configuration) <= 3500
    error_message = "The configuration is too long for environment variables, which Lambda holds to 4 KB: set configuration_in to ssm."
  }
}

variable "environment" {
  description = "More environment variables of all functions"
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = !contains(keys(var.environment), "VARVE_CONFIG")
    error_message = "VARVE_CONFIG is made of configuration."
  }
}

variable "store" {
  description = "The bucket of the repository, the prefix of its keys without slashes around it, and the KMS key that encrypts it, if one does"
  type = object({
    bucket_arn  = string
    prefix      = string
    kms_key_arn = optional(string)
  })
  nullable = false
}

variable "source_names" {
  description = "Names of the sources, to which the rights are narrowed where there are 16 at most; * for any"
  type        = set(string)
  default     = ["*"]
  nullable    = false

  validation {
    condition     = length(var.source_names) > 0 && alltrue([for name in var.source_names : name == "*" || can(regex("^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$", name))])
    error_message = "source_names must be names of sources: letters, digits, dots, hyphens and underscores; or *."
  }
}

variable "source_logins" {
  description = "What the functions that read databases log in with: ARNs of secrets, of the KMS keys of these where they are not AWS's own, and of database users of IAM (arn:aws:rds-db:...:dbuser:...)"
  type = object({
    secret_arns        = optional(set(string), [])
    kms_key_arns       = optional(set(string), [])
    database_user_arns = optional(set(string), [])
  })
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for arn in var.source_logins.database_user_arns : can(regex("^arn:[^:]+:rds-db:[^:]+:[0-9]{12}:dbuser:[^/*]+/[^/]+$", arn))])
    error_message = "database_user_arns must be of the form arn:aws:rds-db:REGION:ACCOUNT:dbuser:RESOURCE-ID/USER."
  }
}

variable "target_logins" {
  description = "As source_logins, of the functions that write to databases"
  type = object({
    secret_arns        = optional(set(string), [])
    kms_key_arns       = optional(set(string), [])
    database_user_arns = optional(set(string), [])
  })
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for arn in var.target_logins.database_user_arns : can(regex("^arn:[^:]+:rds-db:[^:]+:[0-9]{12}:dbuser:[^/*]+/[^/]+$", arn))])
    error_message = "database_user_arns must be of the form arn:aws:rds-db:REGION:ACCOUNT:dbuser:RESOURCE-ID/USER."
  }
}

variable "vpc" {
  description = "Where the functions that talk to databases have their network interfaces; outside of any VPC where it is null. The endpoints are made in the subnets: s3 for the route tables, interface for the services named"
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

  validation {
    condition     = try(length(var.vpc.subnet_ids) > 0, var.vpc == null)
    error_message = "vpc.subnet_ids must name a subnet at least."
  }

  validation {
    condition     = try(length(setsubtract(var.vpc.interface_endpoints, ["secretsmanager", "ssm", "kms"])) == 0, var.vpc == null)
    error_message = "vpc.interface_endpoints must be some of secretsmanager, ssm and kms: the functions call no other service."
  }
}

variable "memory_size" {
  description = "MB of memory of each function. 512 are enough, and the cheapest; 1,769 come with a whole CPU"
  type        = number
  default     = 512
  nullable    = false

  validation {
    condition     = var.memory_size >= 512 && var.memory_size <= 10240
    error_message = "memory_size must be from 512 to 10240."
  }
}

variable "memory_sizes" {
  description = "MB of memory of single functions, by their names"
  type        = map(number)
  default     = {}
  nullable    = false

  validation {
    condition     = alltrue([for size in values(var.memory_sizes) : size >= 512 && size <= 10240])
    error_message = "memory_sizes must be from 512 to 10240."
  }
}

variable "timeout" {
  description = "Seconds that a call may take. What takes longer goes on in the next call"
  type        = number
  default     = 900
  nullable    = false

  validation {
    condition     = var.timeout >= 60 && var.timeout <= 900
    error_message = "timeout must be from 60 to 900."
  }
}

variable "reserved_concurrency" {
  description = "How many calls of single functions may be at work at the same time, by their names; of those not named, as many as the account allows"
  type        = map(number)
  default     = {}
  nullable    = false

  validation {
    condition     = alltrue([for most in values(var.reserved_concurrency) : most >= 1])
    error_message = "reserved_concurrency must be 1 or more: with 0 a function could not be called at all."
  }
}

variable "log_retention_days" {
  description = "Days for which logs are kept"
  type        = number
  default     = 30
  nullable    = false

  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.log_retention_days)
    error_message = "log_retention_days must be one of the numbers that CloudWatch takes, as 7, 30, 90 or 365."
  }
}

variable "log_kms_key_arn" {
  description = "KMS key of the logs; CloudWatch's own encryption where it is null"
  type        = string
  default     = null
}

variable "environment_kms_key_arn" {
  description = "KMS key of the environment variables; Lambda's own where it is null"
  type        = string
  default     = null
}

variable "tracing" {
  description = "Trace calls with X-Ray"
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
