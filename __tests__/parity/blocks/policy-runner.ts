import { join } from "node:path";
import { PolicyRunner, type PolicyRunnerProps } from "../../../src/systems/policy-runner";
import { block } from "./block";

const example = join(__dirname, "../../../examples/policy-runner");
const files = {
  policiesFolder: join(example, "policies"),
  mappingsFile: join(example, "policy-mappings.json"),
};
const image = "123456789012.dkr.ecr.us-east-1.amazonaws.com/custodian-worker:1.0.0";
const network = { availabilityZones: ["us-east-1a", "us-east-1b"] };

export const policyRunner = block<PolicyRunnerProps>({
  module: "systems/policy-runner",
  construct: PolicyRunner,
  settings: {
    defaults: { ...files, name: "runner", network, image, sources: { hub: { preset: "security_hub" } } },
    everything: {
      ...files,
      name: "all-runner",
      network: {
        ...network,
        cidrBlock: "10.20.0.0/16",
        publicSubnetCidrs: { "us-east-1a": "10.20.0.0/24", "us-east-1b": "10.20.1.0/24" },
        privateSubnetCidrs: { "us-east-1a": "10.20.2.0/24", "us-east-1b": "10.20.3.0/24" },
        nat: "none",
        interfaceEndpoints: ["logs"],
      },
      image,
      enabled: false,
      sources: {
        hub: { preset: "security_hub", minimumSeverity: "HIGH" },
        buckets: { preset: "cloudtrail", source: ["aws.s3"], eventNames: ["CreateBucket"] },
        macie: { preset: "macie" },
      },
      defaultPolicy: "policies/s3-createbucket.yml",
      useDefaultPolicy: true,
      enableEnrichment: false,
      createRepository: true,
      repository: { keepImages: 10, pullAccountIds: ["111122223333"] },
      permissions: ["s3", "ec2", "iam-user", "security-group", "rds"],
      policies: {
        report: JSON.stringify({
          Version: "2012-10-17",
          Statement: [{ Effect: "Allow", Action: "sns:Publish", Resource: "arn:aws:sns:*:*:report" }],
        }),
      },
      memberAccounts: {
        accountIds: ["222233334444", "111122223333"],
        roleName: "security/remediation",
        externalId: "runner-7",
      },
      createOutputBucket: true,
      outputExpirationDays: 90,
      notificationQueue: {
        url: "https://sqs.us-east-1.amazonaws.com/123456789012/results",
        arn: "arn:aws:sqs:us-east-1:123456789012:results",
        kmsKeyArn: "arn:aws:kms:us-east-1:123456789012:key/4321abcd-12ab-34cd-56ef-1234567890ab",
      },
      cpu: 1024,
      memory: 2048,
      architecture: "ARM64",
      capacity: "FARGATE_SPOT",
      onFailure: { action: "retry", maxAttempts: 3, backoffSeconds: 5 },
      interruptionRetries: 1,
      buffer: true,
      deduplicationWindowHours: 48,
      functionArchitecture: "x86_64",
      functionRuntime: "nodejs22.x",
      logRetentionDays: 30,
      alarmActions: ["arn:aws:sns:us-east-1:123456789012:oncall"],
      roles: {
        permissionsBoundaryArn: "arn:aws:iam::aws:policy/AdministratorAccess",
        path: "/security/",
        namePrefix: "acme-",
        nameSuffix: "-eu",
      },
      tags: { team: "security" },
    },
    service: {
      ...files,
      name: "served",
      network,
      image,
      mode: "service",
      workers: { min: 0, max: 10, runsPerWorker: 2 },
      sources: { hub: { preset: "security_hub" } },
      alarmActions: ["arn:aws:sns:us-east-1:123456789012:oncall"],
      names: { 'module.runs["this"].aws_sqs_queue.this': "waiting-runs" },
      tags: { team: "security" },
    },
    odd: {
      ...files,
      name: "r",
      createNetwork: false,
      existingNetwork: {
        vpcId: "vpc-0a1b2c3d4e5f60718",
        subnetIds: ["subnet-0a1b2c3d4e5f60718"],
        assignPublicIp: true,
      },
      createCluster: false,
      existingCluster: { name: "shared", arn: "arn:aws:ecs:us-east-1:123456789012:cluster/shared" },
      createMonitoring: false,
      createRunHistoryPolicy: false,
      image: "custodian",
      createOutputBucket: true,
      kmsKeyArn: "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab",
      sources: { duty: { preset: "guardduty", minimumSeverity: "CRITICAL", eventBusName: "findings" } },
      createRepository: true,
      repository: { replicateToRegions: ["eu-west-1"] },
      memberAccounts: { accountIds: ["111122223333"], roleName: "remediation" },
      onFailure: { action: "alarm" },
      names: { "module.task.aws_security_group.this": "fargate-worker" },
    },
  },
});
