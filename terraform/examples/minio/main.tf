# The bucket, and users: one for varve serve, one for somebody who only looks.

module "store" {
  source = "../../modules/minio"

  bucket_name   = var.bucket_name
  force_destroy = var.force_destroy
  users = {
    varve-server = "server"
    varve-reader = "read"
  }
}
