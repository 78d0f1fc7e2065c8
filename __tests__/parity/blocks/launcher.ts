import { Launcher, type LauncherProps } from "../../../src/launcher";
import type { LaunchRoute } from "../../../src/launcher/route";
import { block } from "./block";
import { everyName } from "./names";

const route = (service: string, more: Partial<LaunchRoute> = {}): LaunchRoute => ({
  clusterArn: "arn:aws:ecs:us-east-1:123456789012:cluster/engines",
  family: `engines-${service}`,
  taskDefinitionArnWithoutRevision: `arn:aws:ecs:us-east-1:123456789012:task-definition/engines-${service}`,
  containerName: `engines-${service}`,
  subnetIds: ["subnet-0a1b2c3d4e5f60718", "subnet-0a1b2c3d4e5f60719"],
  securityGroupIds: ["sg-0a1b2c3d4e5f60718"],
  taskRoleArn: `arn:aws:iam::123456789012:role/engines-${service}-task`,
  taskRoleName: `engines-${service}-task`,
  executionRoleArn: `arn:aws:iam::123456789012:role/engines-${service}-execution`,
  ...more,
});

const targets = (service: string, targetType: "ip" | "instance") => ({
  targetGroupArn: `arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/${service}/0123456789abcdef`,
  targetType,
  deregistrationDelaySeconds: 30,
});

const numbered = Array.from({ length: 50 }, (_, index) => `service-${index}`);

const everything: LauncherProps = {
  name: "all-launcher",
  routes: {
    auth: route("auth", {
      port: 8080,
      allowOverrides: ["command", "environment"],
      onFailure: { action: "dead_letter" },
      interruptionRetries: 0,
      enableExecuteCommand: true,
      ebsVolume: {
        name: "ebs",
        infrastructureRoleArn: "arn:aws:iam::123456789012:role/engines-auth-volumes",
        sizeGib: 500,
        volumeType: "gp3",
        iops: 4000,
        throughputMibps: 500,
        kmsKeyArn: "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab",
        snapshotId: "snap-0a1b2c3d4e5f60718",
        fileSystemType: "ext4",
      },
    }),
    pdf: route("pdf", {
      ...targets("pdf", "ip"),
      assignPublicIp: true,
      existingTaskRole: true,
      clusterArn: "arn:aws:ecs:us-east-1:123456789012:cluster/pdf",
    }),
  },
  events: {
    start: { source: ["custom.app"], detailType: ["Start ECS Task"] },
    nightly: { scheduleExpression: "cron(0 3 * * ? *)", service: "pdf", enabled: false },
    finding: { preset: "guardduty", minimumSeverity: "HIGH", service: "auth" },
  },
  architecture: "x86_64",
  runtime: "nodejs22.x",
  payloadRetentionDays: 15,
  deduplicationWindowHours: 360,
  logRetentionDays: 30,
  kmsKeyArn: "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab",
  alarmActions: ["arn:aws:sns:us-east-1:123456789012:oncall"],
  roles: {
    permissionsBoundaryArn: "arn:aws:iam::123456789012:policy/organisation/boundary",
    path: "/engines/eu/",
    namePrefix: "acme-",
    nameSuffix: "-eu",
  },
  tags: { team: "platform" },
};

export const launcher = block<LauncherProps>({
  module: "launcher",
  construct: Launcher,
  settings: {
    defaults: { name: "plain-launcher", routes: { auth: route("auth") } },
    everything,
    named: { ...everything, name: "named-launcher", names: everyName(Launcher, everything) },
    buffered: {
      name: "buffered",
      buffer: true,
      createRunHistory: false,
      routes: { auth: route("auth"), pdf: route("pdf") },
      events: {
        start: { source: ["custom.app"] },
        finding: { preset: "guardduty", service: "auth" },
        bus: { source: ["custom.app"], eventBusName: "engines" },
      },
      tags: { team: "platform" },
    },
    retrying: {
      name: "retrying",
      createRunHistoryPolicy: false,
      routes: {
        auth: route("auth", {
          onFailure: { action: "retry", backoffSeconds: 900 },
          interruptionRetries: 10,
          essentialContainers: ["engines-auth", "proxy"],
        }),
        pdf: route("pdf", {
          onFailure: { action: "alarm", maxAttempts: 9 },
          interruptionRetries: 3,
          essentialContainers: ["engines-pdf"],
        }),
      },
      events: { start: { source: ["custom.app"] } },
      deduplicationWindowHours: 1,
    },
    waiting: {
      name: "waiting",
      buffer: true,
      waitTimeoutSeconds: 840,
      waitFor: "healthy",
      routes: {
        auth: route("auth", { ...targets("auth", "ip"), capacity: "FARGATE_SPOT" }),
        bridge: route("bridge", {
          ...targets("bridge", "instance"),
          networkMode: "bridge",
          capacity: "gpu",
          subnetIds: [],
          clusterArn: "arn:aws:ecs:us-east-1:123456789012:cluster/instances",
        }),
        alone: route("alone", { capacity: "CLUSTER_DEFAULT" }),
      },
    },
    selecting: {
      name: "selecting",
      policySelection: {
        bucketName: "policies",
        bucketArn: "arn:aws:s3:::policies",
        kmsKeyArn: "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab",
        mappingKey: "mappings.json",
        policiesPrefix: "custodian/policies/",
        defaultPolicyKey: "custodian/policies/report.yml",
        useDefaultPolicy: true,
        enableEnrichment: false,
        memberAccountIds: ["111122223333", "222233334444"],
        workerRoleArns: ["arn:aws:iam::111122223333:role/remediation"],
      },
      routes: {
        "custodian-worker": route("worker", {
          assignPublicIp: true,
          onFailure: { action: "retry", maxAttempts: 2 },
          interruptionRetries: 1,
        }),
      },
      events: { finding: { preset: "guardduty", service: "custodian-worker" } },
    },
    queueing: {
      name: "queueing",
      policySelection: {
        bucketName: "policies",
        bucketArn: "arn:aws:s3:::policies",
        runQueue: {
          url: "https://sqs.us-east-1.amazonaws.com/123456789012/runs",
          arn: "arn:aws:sqs:us-east-1:123456789012:runs",
        },
      },
      routes: { worker: route("worker") },
      kmsKeyArn: "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab",
      names: { 'aws_iam_role_policy.take_runs["worker"]': "take-runs-of-theirs" },
    },
    "selecting-by-default": {
      name: "selecting-plain",
      policySelection: { bucketName: "policies", bucketArn: "arn:aws:s3:::policies" },
      routes: {
        worker: route("worker", { securityGroupIds: ["sg-0a1b2c3d4e5f60718", "sg-1a1b2c3d4e5f60718"] }),
      },
    },
    odd: { name: "fifty", routes: Object.fromEntries(numbered.map((service) => [service, route(service)])) },
  },
});
