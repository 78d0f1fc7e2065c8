locals {
  # Where names of interface endpoints begin otherwise than com.amazonaws, and of which services (AWS CDK,
  # aws-ec2/lib/vpc-endpoint.ts, made of `aws ec2 describe-vpc-endpoint-services`).
  endpoint_exceptions = {
    aws-cn = {
      prefix = "cn.com.amazonaws"
      services = [
        "account", "application-autoscaling", "appmesh-envoy-management", "athena", "autoscaling", "awsconnector",
        "backup", "batch", "cassandra", "cloudcontrolapi", "cloudformation", "codedeploy-commands-secure",
        "databrew", "dms", "ebs", "ec2", "ecr.api", "ecr.dkr", "eks", "elasticache", "elasticbeanstalk",
        "elasticfilesystem", "elasticfilesystem-fips", "emr-containers", "execute-api", "fsx", "imagebuilder",
        "iot.data", "iotsitewise.api", "iotsitewise.data", "kinesis-streams", "lambda", "license-manager",
        "monitoring", "polly", "rds", "redshift", "redshift-data", "sagemaker.api", "sagemaker.featurestore-runtime",
        "sagemaker.runtime", "securityhub", "servicecatalog", "sms", "sqs", "states", "sts", "sync-states",
        "synthetics", "transcribe", "transcribestreaming", "transfer", "workspaces", "xray",
      ]
    }
    aws-eusc = {
      prefix   = "eu.amazonaws"
      services = ["ecr.api", "ecr.dkr", "execute-api", "securityhub"]
    }
  }

  endpoint_names = {
    for service in var.interface_endpoints : service => join(".", concat(
      [
        lookup({ for partition, exception in local.endpoint_exceptions : partition => exception.prefix if contains(exception.services, service) }, data.aws_partition.current.partition, "com.amazonaws"),
        local.region,
        service,
      ],
      # The only name in China with another end.
      service == "transcribe" && data.aws_partition.current.partition == "aws-cn" ? ["cn"] : [],
    ))
  }
}
