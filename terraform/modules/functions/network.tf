locals {
  database_security_group_ids = var.vpc == null ? {} : var.vpc.database_security_group_ids
  route_table_ids             = var.vpc == null ? [] : var.vpc.route_table_ids
  interface_endpoints         = var.vpc == null ? toset([]) : var.vpc.interface_endpoints
}

resource "aws_security_group" "functions" {
  count = var.vpc == null ? 0 : 1

  name        = "${var.name}-functions"
  description = "Varve: functions that talk to databases"
  vpc_id      = var.vpc.id
  tags        = merge(var.tags, { Name = "${var.name}-functions" })
}

resource "aws_vpc_security_group_egress_rule" "aws" {
  count = var.vpc == null ? 0 : 1

  security_group_id = aws_security_group.functions[0].id
  description       = "S3 and other services of AWS"
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
  tags              = var.tags
}

resource "aws_vpc_security_group_egress_rule" "databases" {
  for_each = local.database_security_group_ids

  security_group_id            = aws_security_group.functions[0].id
  description                  = "Database ${each.key}"
  referenced_security_group_id = each.value
  ip_protocol                  = "tcp"
  from_port                    = var.vpc.database_port
  to_port                      = var.vpc.database_port
  tags                         = var.tags
}

resource "aws_vpc_security_group_ingress_rule" "databases" {
  for_each = local.database_security_group_ids

  security_group_id            = each.value
  description                  = "Varve: functions ${var.name}"
  referenced_security_group_id = aws_security_group.functions[0].id
  ip_protocol                  = "tcp"
  from_port                    = var.vpc.database_port
  to_port                      = var.vpc.database_port
  tags                         = var.tags
}

# Without a charge, so that no byte of a backup goes through a NAT gateway.
resource "aws_vpc_endpoint" "s3" {
  count = length(local.route_table_ids) > 0 ? 1 : 0

  vpc_id            = var.vpc.id
  service_name      = "com.amazonaws.${data.aws_region.current.region}.s3"
  vpc_endpoint_type = "Gateway"
  route_table_ids   = local.route_table_ids
  tags              = merge(var.tags, { Name = "${var.name}-s3" })
}

resource "aws_security_group" "endpoints" {
  count = length(local.interface_endpoints) > 0 ? 1 : 0

  name        = "${var.name}-endpoints"
  description = "Varve: endpoints of services of AWS"
  vpc_id      = var.vpc.id
  tags        = merge(var.tags, { Name = "${var.name}-endpoints" })
}

resource "aws_vpc_security_group_ingress_rule" "endpoints" {
  count = length(local.interface_endpoints) > 0 ? 1 : 0

  security_group_id            = aws_security_group.endpoints[0].id
  description                  = "Functions"
  referenced_security_group_id = aws_security_group.functions[0].id
  ip_protocol                  = "tcp"
  from_port                    = 443
  to_port                      = 443
  tags                         = var.tags
}

resource "aws_vpc_endpoint" "interface" {
  for_each = local.interface_endpoints

  vpc_id              = var.vpc.id
  service_name        = "com.amazonaws.${data.aws_region.current.region}.${each.key}"
  vpc_endpoint_type   = "Interface"
  subnet_ids          = var.vpc.subnet_ids
  security_group_ids  = [aws_security_group.endpoints[0].id]
  private_dns_enabled = true
  tags                = merge(var.tags, { Name = "${var.name}-${each.key}" })
}
