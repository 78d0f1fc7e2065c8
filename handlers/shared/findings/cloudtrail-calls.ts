/**
 * Where a record of CloudTrail names the resources of a call. A field of a list stands for the fields of all its items.
 * CloudTrail writes parameters with a lower-case first letter: dBInstanceIdentifier.
 */
type Named = { type: string; fields: readonly string[]; calls: readonly string[] | "all" };

const instances = {
  type: "AWS::EC2::Instance",
  fields: ["requestParameters.instancesSet.items.instanceId", "requestParameters.instanceId"],
} as const;

const resourcesOfCalls: { readonly [eventSource: string]: readonly Named[] } = {
  "s3.amazonaws.com": [{ type: "AWS::S3::Bucket", fields: ["requestParameters.bucketName"], calls: "all" }],
  "ec2.amazonaws.com": [
    {
      type: "AWS::EC2::Instance",
      fields: ["responseElements.instancesSet.items.instanceId"],
      calls: ["RunInstances"],
    },
    {
      ...instances,
      calls: [
        "StartInstances",
        "StopInstances",
        "RebootInstances",
        "TerminateInstances",
        "MonitorInstances",
        "UnmonitorInstances",
        "ModifyInstanceAttribute",
        "ResetInstanceAttribute",
      ],
    },
    {
      type: "AWS::EC2::Instance",
      fields: [
        "requestParameters.instanceId",
        "requestParameters.ModifyInstanceMetadataOptionsRequest.InstanceId",
      ],
      calls: ["ModifyInstanceMetadataOptions"],
    },
    {
      type: "AWS::EC2::Instance",
      fields: [
        "requestParameters.iamInstanceProfileAssociation.instanceId",
        "requestParameters.AssociateIamInstanceProfileRequest.InstanceId",
      ],
      calls: ["AssociateIamInstanceProfile"],
    },
    {
      type: "AWS::EC2::SecurityGroup",
      fields: ["responseElements.groupId"],
      calls: ["CreateSecurityGroup"],
    },
    {
      type: "AWS::EC2::SecurityGroup",
      fields: [
        "requestParameters.groupId",
        "requestParameters.ModifySecurityGroupRulesRequest.GroupId",
        "requestParameters.UpdateSecurityGroupRuleDescriptionsIngressRequest.GroupId",
        "requestParameters.UpdateSecurityGroupRuleDescriptionsEgressRequest.GroupId",
      ],
      calls: [
        "AuthorizeSecurityGroupIngress",
        "AuthorizeSecurityGroupEgress",
        "RevokeSecurityGroupIngress",
        "RevokeSecurityGroupEgress",
        "ModifySecurityGroupRules",
        "UpdateSecurityGroupRuleDescriptionsIngress",
        "UpdateSecurityGroupRuleDescriptionsEgress",
        "DeleteSecurityGroup",
      ],
    },
  ],
  "iam.amazonaws.com": [
    { type: "AWS::IAM::User", fields: ["requestParameters.userName"], calls: "all" },
    // A caller that names no user creates a key of its own.
    { type: "AWS::IAM::User", fields: ["responseElements.accessKey.userName"], calls: ["CreateAccessKey"] },
    { type: "AWS::IAM::Role", fields: ["requestParameters.roleName"], calls: "all" },
    { type: "AWS::IAM::Group", fields: ["requestParameters.groupName"], calls: "all" },
  ],
  "rds.amazonaws.com": [
    {
      type: "AWS::RDS::DBInstance",
      fields: ["requestParameters.dBInstanceIdentifier"],
      calls: [
        "CreateDBInstance",
        "CreateDBInstanceReadReplica",
        "ModifyDBInstance",
        "RebootDBInstance",
        "StartDBInstance",
        "StopDBInstance",
        "DeleteDBInstance",
        "PromoteReadReplica",
        "RestoreDBInstanceFromS3",
        "RestoreDBInstanceFromDBSnapshot",
        "AddRoleToDBInstance",
      ],
    },
    {
      type: "AWS::RDS::DBInstance",
      fields: ["requestParameters.targetDBInstanceIdentifier"],
      calls: ["RestoreDBInstanceToPointInTime"],
    },
    {
      type: "AWS::RDS::DBCluster",
      fields: ["requestParameters.dBClusterIdentifier"],
      calls: [
        "CreateDBCluster",
        "ModifyDBCluster",
        "RebootDBCluster",
        "StartDBCluster",
        "StopDBCluster",
        "DeleteDBCluster",
        "RestoreDBClusterFromS3",
        "RestoreDBClusterFromSnapshot",
        "RestoreDBClusterToPointInTime",
        "AddRoleToDBCluster",
      ],
    },
  ],
  "lambda.amazonaws.com": [
    { type: "AWS::Lambda::Function", fields: ["requestParameters.functionName"], calls: "all" },
  ],
};

/** Where a call names its resources; an empty list for calls that are not in the table. */
export const fieldsOfCall = (
  eventSource: string,
  eventName: string,
): readonly { type: string; path: string }[] => {
  const named = Object.hasOwn(resourcesOfCalls, eventSource) ? resourcesOfCalls[eventSource]! : [];
  return named
    .filter(({ calls }) => calls === "all" || calls.includes(eventName))
    .flatMap(({ type, fields }) => fields.map((path) => ({ type, path })));
};
