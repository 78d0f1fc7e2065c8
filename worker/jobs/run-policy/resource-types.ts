/** By which field Cloud Custodian's description of a resource is recognised as the finding's. */
export type ResourceType = {
  /** As CloudFormation and findings name it. */
  type: string;
  /** The field of the description that is unique in account and region. */
  key: string;
  /** What of the finding's resource it equals. */
  equals: "id" | "arn";
  /** The field of the unique id that AWS has given, which some findings have as `id` and `idAttribute`. */
  uniqueId?: string;
};

const by =
  (equals: ResourceType["equals"]) =>
  (type: string, key: string, uniqueId?: string): ResourceType => ({
    type,
    key,
    equals,
    ...(uniqueId !== undefined && { uniqueId }),
  });
const byId = by("id");
const byArn = by("arn");

/**
 * Cloud Custodian's names of the resource types that a policy can be confined to. Types and fields are those of Cloud
 * Custodian itself (`resource_type.cfn_type`, `config_type`, `id` and `arn` of its classes), which a test compares with the
 * version in requirements-custodian.txt. Types are missing whose id is unique only within a cluster or another resource.
 */
export const resourceTypes: Readonly<Record<string, ResourceType>> = {
  "acm-certificate": byArn("AWS::ACM::Certificate", "CertificateArn"),
  ami: byId("AWS::EC2::Image", "ImageId"),
  "app-elb": byArn("AWS::ElasticLoadBalancingV2::LoadBalancer", "LoadBalancerArn"),
  asg: byArn("AWS::AutoScaling::AutoScalingGroup", "AutoScalingGroupARN"),
  cloudtrail: byArn("AWS::CloudTrail::Trail", "TrailARN"),
  distribution: byId("AWS::CloudFront::Distribution", "Id"),
  "dynamodb-table": byId("AWS::DynamoDB::Table", "TableName"),
  ebs: byId("AWS::EC2::Volume", "VolumeId"),
  "ebs-snapshot": byId("AWS::EC2::Snapshot", "SnapshotId"),
  ec2: byId("AWS::EC2::Instance", "InstanceId"),
  ecr: byId("AWS::ECR::Repository", "repositoryName"),
  ecs: byArn("AWS::ECS::Cluster", "clusterArn"),
  "ecs-service": byArn("AWS::ECS::Service", "serviceArn"),
  efs: byId("AWS::EFS::FileSystem", "FileSystemId"),
  eks: byId("AWS::EKS::Cluster", "name"),
  "elastic-ip": byId("AWS::EC2::EIP", "AllocationId"),
  eni: byId("AWS::EC2::NetworkInterface", "NetworkInterfaceId"),
  "iam-group": byId("AWS::IAM::Group", "GroupName", "GroupId"),
  "iam-policy": byArn("AWS::IAM::ManagedPolicy", "Arn", "PolicyId"),
  "iam-role": byId("AWS::IAM::Role", "RoleName", "RoleId"),
  "iam-user": byId("AWS::IAM::User", "UserName", "UserId"),
  "kms-key": byId("AWS::KMS::Key", "KeyId"),
  lambda: byId("AWS::Lambda::Function", "FunctionName"),
  "network-acl": byId("AWS::EC2::NetworkAcl", "NetworkAclId"),
  rds: byId("AWS::RDS::DBInstance", "DBInstanceIdentifier", "DbiResourceId"),
  "rds-cluster": byId("AWS::RDS::DBCluster", "DBClusterIdentifier", "DbClusterResourceId"),
  "rds-cluster-snapshot": byId("AWS::RDS::DBClusterSnapshot", "DBClusterSnapshotIdentifier"),
  "rds-snapshot": byId("AWS::RDS::DBSnapshot", "DBSnapshotIdentifier"),
  redshift: byId("AWS::Redshift::Cluster", "ClusterIdentifier"),
  "rest-api": byId("AWS::ApiGateway::RestApi", "id"),
  s3: byId("AWS::S3::Bucket", "Name"),
  "secrets-manager": byArn("AWS::SecretsManager::Secret", "ARN"),
  "security-group": byId("AWS::EC2::SecurityGroup", "GroupId"),
  sns: byArn("AWS::SNS::Topic", "TopicArn"),
  sqs: byArn("AWS::SQS::Queue", "QueueArn"),
  subnet: byId("AWS::EC2::Subnet", "SubnetId"),
  vpc: byId("AWS::EC2::VPC", "VpcId"),
};
