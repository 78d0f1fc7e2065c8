import type { PolicyRunnerProps } from "../../../src/systems/policy-runner";

export const memberAccount = "111122223333";
export const memberRole = "remediation";

/** Name of the queue that gets the results of runs. */
export const resultsQueue = "custodian-results";

/** A policy runner with all features that require permissions. */
export const props: Omit<PolicyRunnerProps, "policiesFolder" | "mappingsFile"> = {
  name: "custodian",
  network: { availabilityZones: ["us-east-1a", "us-east-1b"] },
  image: "123456789012.dkr.ecr.us-east-1.amazonaws.com/custodian-worker:1",
  sources: { hub: { preset: "security_hub" } },
  permissions: ["ec2", "iam-user", "rds", "s3", "security-group"],
  memberAccounts: { accountIds: [memberAccount], roleName: memberRole },
  createOutputBucket: true,
  notificationQueue: {
    url: `\${aws_sqs_queue.results.url}`,
    arn: `\${aws_sqs_queue.results.arn}`,
  },
  // A retry would meet the resources of a later scenario.
  onFailure: { action: "dead_letter" },
  buffer: true,
  createMonitoring: false,
};
