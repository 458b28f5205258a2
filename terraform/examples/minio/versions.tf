terraform {
  required_version = ">= 1.9"

  required_providers {
    minio = {
      source  = "aminueza/minio"
      version = "~> 3.5"
    }
  }
}

# MINIO_USER and MINIO_PASSWORD say who makes buckets and users.
provider "minio" {
  minio_server = var.server
  minio_ssl    = var.tls
}
