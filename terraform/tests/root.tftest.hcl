mock_provider "aws" {
  mock_data "aws_caller_identity" {
    defaults = { account_id = "123456789012" }
  }
  mock_data "aws_partition" {
    defaults = { partition = "aws" }
  }
  mock_data "aws_region" {
    defaults = { region = "eu-central-1" }
  }
  mock_resource "aws_kms_key" {
    defaults = { arn = "arn:aws:kms:eu-central-1:123456789012:key/0e0e0e0e-1111-2222-3333-444444444444" }
  }
  mock_resource "aws_s3_bucket" {
    defaults = { arn = "arn:aws:s3:::acme-backups" }
  }
  mock_resource "aws_sns_topic" {
    defaults = { arn = "arn:aws:sns:eu-central-1:123456789012:varve-jobs" }
  }
  mock_resource "aws_ssm_parameter" {
    defaults = { arn = "arn:aws:ssm:eu-central-1:123456789012:parameter/varve/configuration" }
  }
  mock_resource "aws_sqs_queue" {
    defaults = { arn = "arn:aws:sqs:eu-central-1:123456789012:varve-dead-letters" }
  }
  mock_resource "aws_sfn_state_machine" {
    defaults = { arn = "arn:aws:states:eu-central-1:123456789012:stateMachine:varve" }
  }
  mock_resource "aws_cloudwatch_metric_alarm" {
    defaults = { arn = "arn:aws:cloudwatch:eu-central-1:123456789012:alarm:an-alarm" }
  }
}

# Mocks know no names, and the state machine finds functions by theirs.
override_resource {
  target = module.functions.aws_lambda_function.this["backup"]
  values = { arn = "arn:aws:lambda:eu-central-1:123456789012:function:varve-backup" }
}

override_resource {
  target = module.functions.aws_lambda_function.this["restore"]
  values = { arn = "arn:aws:lambda:eu-central-1:123456789012:function:varve-restore" }
}

override_resource {
  target = module.functions.aws_lambda_function.this["verify"]
  values = { arn = "arn:aws:lambda:eu-central-1:123456789012:function:varve-verify" }
}

override_resource {
  target = module.functions.aws_lambda_function.this["prune"]
  values = { arn = "arn:aws:lambda:eu-central-1:123456789012:function:varve-prune" }
}

override_resource {
  target = module.functions.aws_lambda_function.this["sync"]
  values = { arn = "arn:aws:lambda:eu-central-1:123456789012:function:varve-sync" }
}

override_resource {
  target = module.functions.aws_lambda_function.this["drill"]
  values = { arn = "arn:aws:lambda:eu-central-1:123456789012:function:varve-drill" }
}

override_resource {
  target = module.functions.aws_lambda_function.this["plan"]
  values = { arn = "arn:aws:lambda:eu-central-1:123456789012:function:varve-plan" }
}

override_resource {
  target = module.functions.aws_lambda_function.this["work"]
  values = { arn = "arn:aws:lambda:eu-central-1:123456789012:function:varve-work" }
}

override_resource {
  target = module.functions.aws_lambda_function.this["finish"]
  values = { arn = "arn:aws:lambda:eu-central-1:123456789012:function:varve-finish" }
}

variables {
  store            = { bucket_name = "acme-backups" }
  function_package = { bucket = "acme-packages", key = "function.zip" }
  sources = {
    shop = { address = "mysql://shop.example.com", secret_arn = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:shop-AbCdEf" }
  }
}

run "a_source_alone" {
  command = apply

  assert {
    condition     = sort(keys(output.function_names)) == tolist(["backup", "finish", "plan", "prune", "verify", "work"]) && output.api_endpoint == null
    error_message = "Without targets nothing restores, and without api there is none."
  }
  assert {
    condition = jsondecode(output.configuration) == {
      store = { location = "s3://acme-backups/varve", region = "eu-central-1" }
      sources = { shop = {
        address     = "mysql://shop.example.com"
        credentials = { secret = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:shop-AbCdEf" }
        tls         = { mode = "verify-identity", authorities = "rds" }
      } }
    }
    error_message = "The configuration is wrong: ${output.configuration}"
  }
}

run "everything" {
  command = apply

  variables {
    name             = "nightly"
    function_package = { bucket = "acme-packages", key = "function.zip" }
    store            = { bucket_name = "acme-backups", prefix = "a/b", storage_class = "STANDARD_IA" }
    sources = {
      shop = {
        address              = "mysql://shop.example.com:3307"
        user                 = "varve"
        rds_resource_id      = "db-ABC"
        tls_mode             = "required"
        include              = ["shop.*"]
        parallel             = 2
        accounts             = true
        backup_max_age_hours = 0
      }
    }
    targets = {
      staging = { address = "mysql://staging.example.com", user = "v", secret_arn = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:staging-AbCdEf", overwrite = true, tls_authorities = "system" }
    }
    schedules = {
      drill = { function = "drill", source = "shop", expression = "rate(7 days)", options = "{\"target\":\"staging\"}" }
    }
    api = {
      package = { bucket = "acme-packages", key = "api.zip" }
      jwt     = { issuer = "https://login.example.com", audience = "varve", roles = { dba = ["backup", "restore"] } }
    }
  }

  assert {
    condition     = length(output.function_names) == 9 && output.function_names["drill"] == "nightly-drill"
    error_message = "With targets there are all functions."
  }
  assert {
    condition = jsondecode(output.configuration).sources.shop == {
      address     = "mysql://shop.example.com:3307"
      credentials = { user = "varve", rdsIam = true, region = "eu-central-1" }
      tls         = { mode = "required" }
      include     = ["shop.*"]
      parallel    = 2
      accounts    = true
    }
    error_message = "The source is wrong: ${output.configuration}"
  }
  assert {
    condition = jsondecode(output.configuration).targets.staging == {
      address     = "mysql://staging.example.com"
      credentials = { user = "v", secret = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:staging-AbCdEf" }
      tls         = { mode = "verify-identity", authorities = "system" }
      overwrite   = true
    }
    error_message = "The target is wrong: ${output.configuration}"
  }
  assert {
    condition     = jsondecode(output.configuration).server == { oidc = { issuer = "https://login.example.com", audience = "varve", rolesClaim = "roles", roles = { dba = ["backup", "restore"] } } } && output.api_endpoint != null
    error_message = "The API is wrong: ${output.configuration}"
  }
  assert {
    condition     = jsondecode(output.configuration).store == { location = "s3://acme-backups/a/b", region = "eu-central-1", storageClass = "STANDARD_IA" }
    error_message = "The store is wrong: ${output.configuration}"
  }
}

run "logins_of_two_kinds_are_refused" {
  command = plan

  variables {
    sources = { shop = { address = "mysql://shop", secret_arn = "arn:s", user = "u", rds_resource_id = "db-A" } }
    targets = { t = { address = "mysql://u@shop", secret_arn = "arn:s" } }
    store   = { bucket_name = "acme-backups", storage_class = "GLACIER" }
  }

  expect_failures = [var.sources, var.targets, var.store]
}

run "schedules_name_what_is_there" {
  command = plan

  variables {
    schedules = { a = { function = "backup", source = "crm", expression = "rate(1 day)" } }
  }

  expect_failures = [var.schedules]
}

run "a_drill_has_a_target" {
  command = plan

  variables {
    schedules = { a = { function = "drill", source = "shop", expression = "rate(1 day)" } }
  }

  expect_failures = [var.schedules]
}

run "an_api_asks_who_comes" {
  command = plan

  variables {
    api = { package = { bucket = "b", key = "k" } }
  }

  expect_failures = [var.api]
}
