# Laid beside an example, has the real provider talk to moto: `moto_server --port 5000`.
provider "aws" {
  access_key                  = "test"
  secret_key                  = "test"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  s3_use_path_style           = true

  endpoints {
    apigatewayv2 = "http://127.0.0.1:5000"
    cloudwatch   = "http://127.0.0.1:5000"
    ec2          = "http://127.0.0.1:5000"
    iam          = "http://127.0.0.1:5000"
    kms          = "http://127.0.0.1:5000"
    lambda       = "http://127.0.0.1:5000"
    logs         = "http://127.0.0.1:5000"
    rds          = "http://127.0.0.1:5000"
    s3           = "http://127.0.0.1:5000"
    scheduler    = "http://127.0.0.1:5000"
    sfn          = "http://127.0.0.1:5000"
    sns          = "http://127.0.0.1:5000"
    sqs          = "http://127.0.0.1:5000"
    ssm          = "http://127.0.0.1:5000"
    sts          = "http://127.0.0.1:5000"
  }
}
