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

variable "package" {
  description = "api.zip: a file of this machine (path), or an object in S3 (bucket, key, version). It has to be built for the architecture"
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

variable "configuration" {
  description = "The configuration document of docs/configuration.md, as JSON; its part server says who may do what"
  type        = string
  nullable    = false

  validation {
    condition     = can(jsondecode(var.configuration).store.location)
    error_message = "configuration must be a JSON document with store.location."
  }
}

variable "configuration_parameter_arn" {
  description = "ARN of the parameter of Systems Manager that has the document, where the environment has no room for it"
  type        = string
  default     = null

  validation {
    condition     = var.configuration_parameter_arn == null || can(regex(":parameter/", var.configuration_parameter_arn))
    error_message = "configuration_parameter_arn must be the ARN of a parameter."
  }
}

variable "state_machine_arn" {
  description = "The state machine that does what the API is asked for"
  type        = string
  nullable    = false
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
}

variable "authorization" {
  description = "Who API Gateway lets through: iam, requests signed with credentials of AWS that have execute-api:Invoke; or jwt, tokens of the issuer"
  type        = string
  default     = "iam"
  nullable    = false

  validation {
    condition     = contains(["iam", "jwt"], var.authorization)
    error_message = "authorization must be iam or jwt."
  }
}

variable "jwt" {
  description = "With authorization jwt: the issuer, and for whom its tokens have to be meant"
  type = object({
    issuer   = string
    audience = list(string)
    scopes   = optional(list(string), [])
  })
  default = null

  validation {
    condition     = var.jwt == null || can(regex("^https://", var.jwt.issuer))
    error_message = "jwt.issuer must begin with https://."
  }

  validation {
    condition     = (var.authorization == "jwt") == (var.jwt != null)
    error_message = "jwt goes with authorization jwt, and only with it."
  }
}

variable "throttling" {
  description = "How many requests a second are let through, and how many at once on top"
  type = object({
    rate  = optional(number, 10)
    burst = optional(number, 20)
  })
  default  = {}
  nullable = false

  validation {
    condition     = var.throttling.rate > 0 && var.throttling.burst >= 1
    error_message = "throttling.rate and throttling.burst must be more than 0."
  }
}

variable "memory_size" {
  description = "MB of memory of the function"
  type        = number
  default     = 512
  nullable    = false

  validation {
    condition     = var.memory_size >= 256 && var.memory_size <= 10240
    error_message = "memory_size must be from 256 to 10240."
  }
}

variable "reserved_concurrency" {
  description = "How many requests may be at work at the same time; as many as the account allows where it is -1"
  type        = number
  default     = -1
  nullable    = false

  validation {
    condition     = var.reserved_concurrency == -1 || var.reserved_concurrency >= 1
    error_message = "reserved_concurrency must be -1, or 1 or more."
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
