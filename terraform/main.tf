data "aws_caller_identity" "current" {}
data "aws_partition" "current" {}
data "aws_region" "current" {}

locals {
  logins = merge(
    { for name, source in var.sources : "source/${name}" => source },
    { for name, target in var.targets : "target/${name}" => target },
  )

  # What docs/configuration.md has of a database, of both kinds.
  databases = {
    for key, login in local.logins : key => {
      address = login.address
      credentials = { for field, value in {
        secret = login.secret_arn
        user   = login.user
        rdsIam = login.rds_resource_id != null ? true : null
        region = login.rds_resource_id != null ? data.aws_region.current.region : null
      } : field => value if value != null }
      tls = { for field, value in {
        mode        = login.tls_mode
        authorities = startswith(login.tls_mode, "verify") ? login.tls_authorities : null
      } : field => value if value != null }
      parallel          = login.parallel
      limitRate         = login.limit_rate
      maxThreadsRunning = login.max_threads_running
    }
  }

  sources = {
    for name, source in var.sources : name => merge(local.databases["source/${name}"], {
      include          = source.include
      exclude          = source.exclude
      tags             = source.tags
      partSize         = source.part_size
      compressionLevel = source.compression_level
      snapshot         = source.snapshot
      accounts         = source.accounts
    })
  }

  targets = {
    for name, target in var.targets : name => merge(local.databases["target/${name}"], {
      overwrite   = target.overwrite
      noBinaryLog = target.no_binary_log
    })
  }

  server = { for field, value in {
    iam = try(var.api.iam_roles, null)
    oidc = try({
      issuer     = var.api.jwt.issuer
      audience   = var.api.jwt.audience
      rolesClaim = var.api.jwt.roles_claim
      roles      = var.api.jwt.roles
    }, null)
  } : field => value if value != null }

  store = {
    location     = module.store.location
    region       = data.aws_region.current.region
    storageClass = var.store.storage_class
  }

  # Without what is null, so that there is room for it in the environment.
  configuration = jsonencode({ for field, part in {
    store   = { for field, value in local.store : field => value if value != null }
    sources = { for name, source in local.sources : name => { for field, value in source : field => value if value != null } }
    targets = { for name, target in local.targets : name => { for field, value in target : field => value if value != null } }
    server  = local.server
  } : field => part if length(part) > 0 })

  rights_of_logins = {
    for kind in ["source", "target"] : kind => {
      secret_arns  = [for key, login in local.logins : login.secret_arn if startswith(key, "${kind}/") && login.secret_arn != null]
      kms_key_arns = [for key, login in local.logins : login.secret_kms_key_arn if startswith(key, "${kind}/") && login.secret_kms_key_arn != null]
      database_user_arns = [
        for key, login in local.logins : "arn:${data.aws_partition.current.partition}:rds-db:${data.aws_region.current.region}:${data.aws_caller_identity.current.account_id}:dbuser:${login.rds_resource_id}/${login.user}"
        if startswith(key, "${kind}/") && login.rds_resource_id != null
      ]
    }
  }

  repository = {
    bucket_arn  = module.store.bucket_arn
    prefix      = module.store.prefix
    kms_key_arn = module.store.kms_key_arn
  }

  has_targets = length(var.targets) > 0
}

module "store" {
  source = "./modules/store"

  bucket_name       = var.store.bucket_name
  prefix            = var.store.prefix
  kms_key_arn       = var.store.kms_key_arn
  object_lock       = var.store.object_lock
  noncurrent_days   = var.store.noncurrent_days
  access_log_bucket = var.store.access_log_bucket
  force_destroy     = var.store.force_destroy
  tags              = var.tags
}

module "functions" {
  source = "./modules/functions"

  name                 = var.name
  package              = var.function_package
  architecture         = var.architecture
  functions            = concat(["backup", "verify", "prune", "plan", "work", "finish"], local.has_targets ? ["restore", "sync", "drill"] : [])
  configuration        = local.configuration
  configuration_in     = var.functions.configuration_in
  environment          = var.functions.environment
  store                = local.repository
  source_names         = keys(var.sources)
  source_logins        = local.rights_of_logins.source
  target_logins        = local.rights_of_logins.target
  vpc                  = var.vpc
  memory_size          = var.functions.memory_size
  memory_sizes         = var.functions.memory_sizes
  timeout              = var.functions.timeout
  reserved_concurrency = var.functions.reserved_concurrency
  log_retention_days   = var.log_retention_days
  log_kms_key_arn      = var.log_kms_key_arn
  tracing              = var.tracing
  tags                 = var.tags
}

module "orchestration" {
  source = "./modules/orchestration"

  name               = var.name
  function_arns      = module.functions.function_arns
  topic_arn          = var.topic_arn
  emails             = var.emails
  tell_success       = var.tell_success
  log_retention_days = var.log_retention_days
  log_kms_key_arn    = var.log_kms_key_arn
  tracing            = var.tracing
  tags               = var.tags
}

module "schedule" {
  source = "./modules/schedule"

  name              = var.name
  state_machine_arn = module.orchestration.state_machine_arn
  schedules         = var.schedules
  tags              = var.tags
}

module "api" {
  source = "./modules/api"
  count  = var.api == null ? 0 : 1

  name                        = var.name
  package                     = var.api.package
  architecture                = var.architecture
  configuration               = local.configuration
  configuration_parameter_arn = module.functions.configuration_parameter_arn
  state_machine_arn           = module.orchestration.state_machine_arn
  store                       = local.repository
  source_names                = keys(var.sources)
  authorization               = var.api.jwt != null ? "jwt" : "iam"
  jwt                         = var.api.jwt == null ? null : { issuer = var.api.jwt.issuer, audience = [var.api.jwt.audience], scopes = var.api.jwt.scopes }
  throttling                  = var.api.throttling
  log_retention_days          = var.log_retention_days
  log_kms_key_arn             = var.log_kms_key_arn
  tracing                     = var.tracing
  tags                        = var.tags
}

module "alarms" {
  source = "./modules/alarms"

  name                   = var.name
  topic_arn              = module.orchestration.topic_arn
  state_machine_arn      = module.orchestration.state_machine_arn
  metric_namespace       = module.orchestration.metric_namespace
  function_names         = merge(module.functions.function_names, { for api in module.api : "api" => api.function_name })
  dead_letter_queue_name = module.schedule.dead_letter_queue_name
  source_names           = keys(var.sources)
  backup_max_age_hours   = { for name, source in var.sources : name => source.backup_max_age_hours if source.backup_max_age_hours > 0 }
  dashboard              = var.dashboard
  tags                   = var.tags
}
