# All that there is: a network, a database, and Varve with schedules, API, drills and alarms. Users log in by IAM, so that
# the functions, which have no way to the internet, need no endpoint but S3's, which is free.

locals {
  zones = ["${var.region}a", "${var.region}b"]
}

module "varve" {
  source = "../.."

  name             = "varve"
  architecture     = var.architecture
  function_package = { path = "${var.package_folder}/function.zip" }

  store = {
    bucket_name   = var.bucket_name
    force_destroy = !var.deletion_protection
  }

  sources = {
    shop = {
      address              = "mysql://${aws_db_instance.shop.address}"
      user                 = "varve_backup"
      rds_resource_id      = aws_db_instance.shop.resource_id
      exclude              = ["varve_drill_*"]
      backup_max_age_hours = 3
    }
  }

  targets = {
    staging = {
      address         = "mysql://${aws_db_instance.shop.address}"
      user            = "varve_restore"
      rds_resource_id = aws_db_instance.shop.resource_id
    }
    scratch = {
      address         = "mysql://${aws_db_instance.shop.address}"
      user            = "varve_drill"
      rds_resource_id = aws_db_instance.shop.resource_id
    }
  }

  schedules = {
    shop-hourly = { function = "backup", source = "shop", expression = "cron(0 * * * ? *)", flexible_minutes = 5 }
    shop-full = {
      function   = "backup"
      source     = "shop"
      expression = "cron(30 2 1 * ? *)"
      time_zone  = "Europe/Berlin"
      workers    = 4
      options    = jsonencode({ kind = "full", tags = ["monthly"] })
    }
    shop-verify = { function = "verify", source = "shop", expression = "cron(0 6 ? * SUN *)", options = jsonencode({ readData = 10 }) }
    shop-prune  = { function = "prune", source = "shop", expression = "cron(30 5 * * ? *)", options = jsonencode({ keep = { hourly = 48, daily = 14, monthly = 12 } }) }
    shop-drill  = { function = "drill", source = "shop", expression = "cron(30 7 ? * SUN *)", options = jsonencode({ target = "scratch" }) }
  }

  vpc = {
    id                          = aws_vpc.this.id
    subnet_ids                  = [for subnet in aws_subnet.private : subnet.id]
    route_table_ids             = [aws_route_table.private.id]
    database_security_group_ids = { shop = aws_security_group.database.id }
  }

  api = {
    package   = { path = "${var.package_folder}/api.zip" }
    iam_roles = var.on_call_role_arn == null ? {} : { (var.on_call_role_arn) = ["backup", "restore"] }
  }

  emails  = var.emails
  tracing = true
}

resource "aws_vpc" "this" {
  #checkov:skip=CKV2_AWS_11:An example: flow logs are the network's matter, not Varve's
  #checkov:skip=CKV2_AWS_12:An example: nothing uses the default security group
  cidr_block           = "10.20.0.0/16"
  enable_dns_hostnames = true
  tags                 = { Name = "varve-example" }
}

resource "aws_subnet" "private" {
  for_each = { for index, zone in local.zones : zone => index }

  vpc_id            = aws_vpc.this.id
  availability_zone = each.key
  cidr_block        = cidrsubnet(aws_vpc.this.cidr_block, 8, each.value)
  tags              = { Name = "varve-example-${each.key}" }
}

resource "aws_route_table" "private" {
  vpc_id = aws_vpc.this.id
  tags   = { Name = "varve-example" }
}

resource "aws_route_table_association" "private" {
  for_each = aws_subnet.private

  subnet_id      = each.value.id
  route_table_id = aws_route_table.private.id
}

resource "aws_security_group" "database" {
  name        = "varve-example-database"
  description = "Database shop"
  vpc_id      = aws_vpc.this.id
}

resource "aws_db_subnet_group" "this" {
  name       = "varve-example"
  subnet_ids = [for subnet in aws_subnet.private : subnet.id]
}

# GTIDs: snapshots without a lock. The second is for restores of functions and triggers.
resource "aws_db_parameter_group" "shop" {
  name   = "varve-example-shop"
  family = "mysql8.4"

  dynamic "parameter" {
    for_each = { gtid-mode = "ON", enforce_gtid_consistency = "ON", log_bin_trust_function_creators = "1", local_infile = "1" }

    content {
      name         = parameter.key
      value        = parameter.value
      apply_method = "pending-reboot"
    }
  }
}

resource "aws_db_instance" "shop" {
  #checkov:skip=CKV_AWS_157:An example: one zone costs half as much
  #checkov:skip=CKV_AWS_118:An example: enhanced monitoring is not what it shows
  #checkov:skip=CKV_AWS_353:An example: performance insights are not what it shows
  #checkov:skip=CKV_AWS_354:An example: performance insights are not what it shows
  #checkov:skip=CKV_AWS_129:An example: logs of the server are not what it shows
  #checkov:skip=CKV2_AWS_60:An example: there are no snapshots worth tags
  #checkov:skip=CKV2_AWS_30:An example: query logs are for another engine
  #checkov:skip=CKV2_AWS_69:An example: users of IAM and REQUIRE SSL have TLS anyway
  #checkov:skip=CKV_AWS_293:deletion_protection is a variable, so that the example can be taken down
  identifier                          = "varve-example-shop"
  engine                              = "mysql"
  engine_version                      = "8.4"
  instance_class                      = "db.t4g.micro"
  allocated_storage                   = 20
  storage_type                        = "gp3"
  storage_encrypted                   = true
  db_name                             = "shop"
  username                            = "admin"
  manage_master_user_password         = true
  iam_database_authentication_enabled = true
  parameter_group_name                = aws_db_parameter_group.shop.name
  db_subnet_group_name                = aws_db_subnet_group.this.name
  vpc_security_group_ids              = [aws_security_group.database.id]
  backup_retention_period             = 1
  auto_minor_version_upgrade          = true
  deletion_protection                 = var.deletion_protection
  skip_final_snapshot                 = true
}
