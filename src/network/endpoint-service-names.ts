import { Fn, Op, Token } from "cdktf";
import type { Account } from "../core/account";

/**
 * Where names of interface endpoints begin otherwise than `com.amazonaws`, and of which services (AWS CDK,
 * aws-ec2/lib/vpc-endpoint.ts, made of `aws ec2 describe-vpc-endpoint-services`).
 */
export const endpointExceptions: Readonly<
  Record<string, { readonly prefix: string; readonly services: readonly string[] }>
> = {
  "aws-cn": {
    prefix: "cn.com.amazonaws",
    services: [
      "account",
      "application-autoscaling",
      "appmesh-envoy-management",
      "athena",
      "autoscaling",
      "awsconnector",
      "backup",
      "batch",
      "cassandra",
      "cloudcontrolapi",
      "cloudformation",
      "codedeploy-commands-secure",
      "databrew",
      "dms",
      "ebs",
      "ec2",
      "ecr.api",
      "ecr.dkr",
      "eks",
      "elasticache",
      "elasticbeanstalk",
      "elasticfilesystem",
      "elasticfilesystem-fips",
      "emr-containers",
      "execute-api",
      "fsx",
      "imagebuilder",
      "iot.data",
      "iotsitewise.api",
      "iotsitewise.data",
      "kinesis-streams",
      "lambda",
      "license-manager",
      "monitoring",
      "polly",
      "rds",
      "redshift",
      "redshift-data",
      "sagemaker.api",
      "sagemaker.featurestore-runtime",
      "sagemaker.runtime",
      "securityhub",
      "servicecatalog",
      "sms",
      "sqs",
      "states",
      "sts",
      "sync-states",
      "synthetics",
      "transcribe",
      "transcribestreaming",
      "transfer",
      "workspaces",
      "xray",
    ],
  },
  "aws-eusc": { prefix: "eu.amazonaws", services: ["ecr.api", "ecr.dkr", "execute-api", "securityhub"] },
};

/** The name of the endpoint service, by the short name of an AWS service. Only Terraform knows the partition. */
export function endpointServiceName(service: string, { partition, region }: Account): string {
  const prefixes = Object.entries(endpointExceptions).flatMap(([name, { prefix, services }]) =>
    services.includes(service) ? [[name, prefix]] : [],
  );
  const prefix =
    prefixes.length === 0
      ? "com.amazonaws"
      : Token.asString(Fn.lookup(Object.fromEntries(prefixes), partition, "com.amazonaws"));
  // The only name in China with another end.
  const end =
    service === "transcribe" ? Token.asString(Fn.conditional(Op.eq(partition, "aws-cn"), ".cn", "")) : "";
  return `${prefix}.${region}.${service}${end}`;
}
