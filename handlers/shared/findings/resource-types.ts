/**
 * The types of resources that findings name, in CloudFormation's spelling. For a type whose APIs take a name or an id
 * instead of an ARN: service and kind of its ARNs, up to that name.
 */
const arnPrefixes = {
  "AWS::S3::Bucket": "s3:",
  "AWS::EC2::Instance": "ec2:instance/",
  "AWS::EC2::SecurityGroup": "ec2:security-group/",
  "AWS::EC2::Volume": "ec2:volume/",
  "AWS::EC2::Snapshot": "ec2:snapshot/",
  "AWS::EC2::Image": "ec2:image/",
  "AWS::EC2::VPC": "ec2:vpc/",
  "AWS::EC2::Subnet": "ec2:subnet/",
  "AWS::EC2::NetworkAcl": "ec2:network-acl/",
  "AWS::EC2::NetworkInterface": "ec2:network-interface/",
  "AWS::EC2::EIP": "ec2:elastic-ip/",
  "AWS::EC2::LaunchTemplate": "ec2:launch-template/",
  "AWS::IAM::User": "iam:user/",
  "AWS::IAM::Role": "iam:role/",
  "AWS::IAM::Group": "iam:group/",
  "AWS::RDS::DBInstance": "rds:db:",
  "AWS::RDS::DBCluster": "rds:cluster:",
  "AWS::RDS::DBSnapshot": "rds:snapshot:",
  "AWS::RDS::DBClusterSnapshot": "rds:cluster-snapshot:",
  "AWS::Lambda::Function": "lambda:function:",
  "AWS::DynamoDB::Table": "dynamodb:table/",
  "AWS::ECR::Repository": "ecr:repository/",
  "AWS::ECS::Cluster": "ecs:cluster/",
  "AWS::EKS::Cluster": "eks:cluster/",
  "AWS::KMS::Key": "kms:key/",
  "AWS::SQS::Queue": "sqs:",
  "AWS::Redshift::Cluster": "redshift:cluster:",
  "AWS::EFS::FileSystem": "elasticfilesystem:file-system/",
  "AWS::CodeBuild::Project": "codebuild:project/",
  "AWS::CloudFront::Distribution": "cloudfront:distribution/",
  "AWS::ApiGateway::RestApi": "apigateway:/restapis/",
} as const;

// Types whose APIs take an ARN, or which have none.
const others = [
  "AWS::::Account",
  "AWS::ACM::Certificate",
  "AWS::AutoScaling::AutoScalingGroup",
  "AWS::CloudFormation::Stack",
  "AWS::CloudTrail::Trail",
  "AWS::ECR::ContainerImage",
  "AWS::ECS::Service",
  "AWS::ECS::Task",
  "AWS::ECS::TaskDefinition",
  "AWS::ElasticLoadBalancing::LoadBalancer",
  "AWS::ElasticLoadBalancingV2::LoadBalancer",
  "AWS::IAM::AccessKey",
  "AWS::IAM::ManagedPolicy",
  "AWS::Lambda::LayerVersion",
  "AWS::OpenSearchService::Domain",
  "AWS::S3::Object",
  "AWS::SecretsManager::Secret",
  "AWS::SNS::Topic",
  "AWS::SSM::Document",
];

// AwsS3Bucket (Security Hub) and AWS_EC2_INSTANCE (Inspector) differ from CloudFormation's types in case and signs alone.
const squeeze = (type: string): string => type.replaceAll(/[^A-Za-z0-9]/g, "").toLowerCase();

const canonicalTypes = new Map([
  ...[...Object.keys(arnPrefixes), ...others].map((type) => [squeeze(type), type] as const),
  ["awselbloadbalancer", "AWS::ElasticLoadBalancing::LoadBalancer"],
  ["awselbv2loadbalancer", "AWS::ElasticLoadBalancingV2::LoadBalancer"],
  ["awsiampolicy", "AWS::IAM::ManagedPolicy"],
  ["awscertificatemanagercertificate", "AWS::ACM::Certificate"],
]);

/** The type in CloudFormation's spelling. */
export const canonicalType = (type: string): string => canonicalTypes.get(squeeze(type)) ?? type;

const prefixes = new Map<string, string>(Object.entries(arnPrefixes));

/** Service and kind in the ARNs of a type; undefined for types that AWS names by their ARN. */
export const arnPrefixOf = (type: string): string | undefined => prefixes.get(type);

// Where people say the name of the service for the one resource that they mean.
const mainTypes = new Map([
  ["AWS::S3::Bucket", "S3"],
  ["AWS::EC2::Instance", "EC2"],
  ["AWS::RDS::DBInstance", "RDS"],
  ["AWS::Lambda::Function", "Lambda"],
  ["AWS::KMS::Key", "KMS"],
  ["AWS::SNS::Topic", "SNS"],
  ["AWS::SQS::Queue", "SQS"],
  ["AWS::EKS::Cluster", "EKS"],
  ["AWS::ECS::Cluster", "ECS"],
]);

/** Whether a type is known, in any of its spellings. */
export const isKnownType = (type: string): boolean =>
  canonicalTypes.has(squeeze(type)) ||
  [...canonicalTypes.values()].some((known) =>
    spellingsOf(known).some((spelling) => spelling.toLowerCase() === type.toLowerCase()),
  );

/** All spellings of a type: AWS::S3::Bucket, AWSS3Bucket (AwsS3Bucket in another case), S3Bucket and S3. */
export const spellingsOf = (type: string): readonly string[] => {
  const [, service, kind] = /^AWS::(\w*)::(\w+)$/.exec(type) ?? [];
  if (kind === undefined) return [type];
  const main = mainTypes.get(type);
  return [type, `AWS${service}${kind}`, `${service}${kind}`, ...(main === undefined ? [] : [main])];
};
