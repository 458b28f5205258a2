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

variables {
  bucket_name = "acme-backups"
}

run "a_bucket" {
  command = apply

  module {
    source = "./modules/store"
  }

  assert {
    condition     = aws_s3_bucket_versioning.this.versioning_configuration[0].status == "Enabled"
    error_message = "The bucket is to be versioned."
  }
  assert {
    condition     = one(one(aws_s3_bucket_server_side_encryption_configuration.this.rule).apply_server_side_encryption_by_default).sse_algorithm == "aws:kms" && one(aws_s3_bucket_server_side_encryption_configuration.this.rule).bucket_key_enabled
    error_message = "It is to be encrypted by KMS, with a bucket key."
  }
  assert {
    condition     = one(one(aws_s3_bucket_server_side_encryption_configuration.this.rule).apply_server_side_encryption_by_default).kms_master_key_id == aws_kms_key.this[0].arn && aws_kms_key.this[0].enable_key_rotation
    error_message = "Without a key of the user, its own, which rotates."
  }
  assert {
    condition     = alltrue([aws_s3_bucket_public_access_block.this.block_public_acls, aws_s3_bucket_public_access_block.this.block_public_policy, aws_s3_bucket_public_access_block.this.ignore_public_acls, aws_s3_bucket_public_access_block.this.restrict_public_buckets])
    error_message = "Nobody outside is to see anything."
  }
  assert {
    condition     = alltrue([for rule in aws_s3_bucket_lifecycle_configuration.this.rule : length(rule.transition) == 0 && alltrue([for expiration in rule.expiration : expiration.days == null || expiration.days == 0])])
    error_message = "No rule may delete or move current objects."
  }
  assert {
    condition     = one(aws_s3_bucket_lifecycle_configuration.this.rule[0].noncurrent_version_expiration).noncurrent_days == 30 && one(aws_s3_bucket_lifecycle_configuration.this.rule[1].abort_incomplete_multipart_upload).days_after_initiation == 7
    error_message = "Noncurrent versions and unfinished uploads are to go."
  }
  assert {
    condition     = aws_s3_bucket.this.object_lock_enabled == false && length(aws_s3_bucket_object_lock_configuration.this) == 0 && length(aws_s3_bucket_logging.this) == 0 && !aws_s3_bucket.this.force_destroy
    error_message = "Neither lock nor logs nor a right to destroy, unless asked for."
  }
  assert {
    condition     = { for statement in jsondecode(aws_s3_bucket_policy.this.policy).Statement : statement.Sid => statement.Condition } == { TlsOnly = { Bool = { "aws:SecureTransport" = "false" } }, NeverOverwritten = { Null = { "s3:if-none-match" = "true" } } }
    error_message = "TLS only, and If-None-Match."
  }
  assert {
    condition     = contains(jsondecode(aws_s3_bucket_policy.this.policy).Statement[1].Resource, "arn:aws:s3:::acme-backups/varve/*/manifests/*") && contains(jsondecode(aws_s3_bucket_policy.this.policy).Statement[1].Resource, "arn:aws:s3:::acme-backups/varve/*/parts/*")
    error_message = "Manifests and parts are put once."
  }
  assert {
    condition     = output.location == "s3://acme-backups/varve"
    error_message = "location is wrong: ${output.location}"
  }
}

run "a_key_of_the_user_and_a_lock_and_logs" {
  command = apply

  module {
    source = "./modules/store"
  }

  variables {
    kms_key_arn       = "arn:aws:kms:eu-central-1:123456789012:key/ffffffff-1111-2222-3333-444444444444"
    object_lock       = { mode = "COMPLIANCE", days = 14 }
    access_log_bucket = "acme-logs"
    noncurrent_days   = 3
  }

  assert {
    condition     = length(aws_kms_key.this) == 0 && output.kms_key_arn == var.kms_key_arn && one(one(aws_s3_bucket_server_side_encryption_configuration.this.rule).apply_server_side_encryption_by_default).kms_master_key_id == var.kms_key_arn
    error_message = "The key given is to be taken, and none made."
  }
  assert {
    condition     = aws_s3_bucket.this.object_lock_enabled && aws_s3_bucket_object_lock_configuration.this[0].rule[0].default_retention[0].mode == "COMPLIANCE" && aws_s3_bucket_object_lock_configuration.this[0].rule[0].default_retention[0].days == 14
    error_message = "The lock is not what was asked for."
  }
  assert {
    condition     = aws_s3_bucket_logging.this[0].target_bucket == "acme-logs"
    error_message = "Logs go elsewhere."
  }
  assert {
    condition     = one(aws_s3_bucket_lifecycle_configuration.this.rule[0].noncurrent_version_expiration).noncurrent_days == 3
    error_message = "noncurrent_days is not heard."
  }
}

run "no_prefix" {
  command = apply

  module {
    source = "./modules/store"
  }

  variables {
    prefix = ""
  }

  assert {
    condition     = output.location == "s3://acme-backups" && contains(jsondecode(aws_s3_bucket_policy.this.policy).Statement[1].Resource, "arn:aws:s3:::acme-backups/*/manifests/*")
    error_message = "Without a prefix there is to be no slash."
  }
}

run "refused" {
  command = plan

  module {
    source = "./modules/store"
  }

  variables {
    bucket_name     = "Acme"
    prefix          = "/varve/"
    kms_key_arn     = "alias/varve"
    object_lock     = { mode = "SOFT", days = 0 }
    noncurrent_days = 0
  }

  expect_failures = [var.bucket_name, var.prefix, var.kms_key_arn, var.object_lock, var.noncurrent_days]
}
