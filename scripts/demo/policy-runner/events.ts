import type { ServiceEvent } from "../../../local";

/** The bucket of the test event that people give the function by hand, which names little more than the call. */
export const reportedBucket = "test-security-bucket-123";

/** Also violates the policy, and no finding names it. */
export const otherBucket = "test-security-bucket-124";

/** The bucket of the large finding. */
export const largeBucket = "quarterly-reports";

export const createBucketEvent: ServiceEvent = {
  source: "aws.s3",
  "detail-type": "AWS API Call via CloudTrail",
  detail: { eventName: "CreateBucket", requestParameters: { bucketName: reportedBucket } },
  account: "123456789012",
  region: "us-east-1",
  time: "2024-01-15T10:30:00Z",
};

/** What CloudTrail records when a task of the role blocks public access to a bucket. */
export function remediationEvent(bucket: string, roleArn: string, taskArn: string): ServiceEvent {
  const [, , , , account, role = ""] = roleArn.split(":");
  const session = `${role.split("/").pop()}/${taskArn.split("/").pop()}`;
  return {
    source: "aws.s3",
    "detail-type": "AWS API Call via CloudTrail",
    detail: {
      eventSource: "s3.amazonaws.com",
      eventName: "PutBucketPublicAccessBlock",
      userIdentity: {
        type: "AssumedRole",
        arn: `arn:aws:sts::${account}:assumed-role/${session}`,
        sessionContext: { sessionIssuer: { type: "Role", arn: roleArn } },
      },
      requestParameters: { bucketName: bucket },
    },
  };
}

/** A finding of Security Hub on a resource, of the account in its ARN. @param bytes least size of the event */
export function securityHubEvent(control: string, type: string, arn: string, bytes = 0): ServiceEvent {
  const { region } = createBucketEvent;
  const account = arn.split(":")[4] || createBucketEvent.account;
  const now = new Date().toISOString();
  const finding = {
    SchemaVersion: "2018-10-08",
    Id: `arn:aws:securityhub:${region}:${account}:security-control/${control}/finding/${control.toLowerCase()}`,
    ProductArn: `arn:aws:securityhub:${region}::product/aws/securityhub`,
    GeneratorId: `security-control/${control}`,
    AwsAccountId: account,
    CreatedAt: now,
    UpdatedAt: now,
    Severity: { Label: "HIGH" },
    Title: `Finding of the control ${control}`,
    Description: "x".repeat(bytes),
    Resources: [{ Type: type, Id: arn, Partition: "aws", Region: region }],
    Compliance: { Status: "FAILED", SecurityControlId: control },
    WorkflowState: "NEW",
    Workflow: { Status: "NEW" },
    RecordState: "ACTIVE",
  };
  return {
    source: "aws.securityhub",
    "detail-type": "Security Hub Findings - Imported",
    detail: { findings: [finding] },
  };
}
