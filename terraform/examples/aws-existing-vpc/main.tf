# Into a VPC that is there, with logins in Secrets Manager, which the functions reach by an endpoint of their own; leave
# interface_endpoints out where the subnets have one, or a NAT gateway.

module "varve" {
  source = "../.."

  function_package = { path = var.function_zip }

  store = {
    bucket_name = var.bucket_name
    object_lock = { days = 14 }
  }

  sources = {
    crm = {
      address    = "mysql://${var.database_address}"
      secret_arn = var.backup_secret_arn
    }
  }

  targets = {
    crm = {
      address    = "mysql://${var.database_address}"
      secret_arn = var.restore_secret_arn
    }
  }

  schedules = {
    crm-nightly = { function = "backup", source = "crm", expression = "cron(30 1 * * ? *)", time_zone = "Europe/Berlin", flexible_minutes = 15 }
    crm-verify  = { function = "verify", source = "crm", expression = "cron(0 6 ? * SUN *)", options = jsonencode({ readData = 5 }) }
    crm-prune   = { function = "prune", source = "crm", expression = "cron(30 5 * * ? *)", options = jsonencode({ keep = { daily = 14, weekly = 8, monthly = 12 } }) }
  }

  vpc = {
    id                          = var.vpc_id
    subnet_ids                  = var.subnet_ids
    route_table_ids             = var.route_table_ids
    database_security_group_ids = { crm = var.database_security_group_id }
    interface_endpoints         = ["secretsmanager"]
  }

  emails = var.emails
}
