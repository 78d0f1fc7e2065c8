import { everything } from "./blocks/event-driven-ecs";

/** Inputs that are given in no planned setting: for the test that gives each input as a token. */

const subnets = { "us-east-1a": "subnet-0a1b2c3d4e5f60718", "us-east-1b": "subnet-1a1b2c3d4e5f60718" };
const [a, b] = Object.values(subnets);
const cidrs = (third: number) => ({
  "us-east-1a": `10.0.${third}.0/24`,
  "us-east-1b": `10.0.${third + 1}.0/24`,
});

const kmsKeyArn = "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab";
const parameter = "arn:aws:ssm:us-east-1:123456789012:parameter/key";
const healthCheck = {
  command: ["CMD", "/healthy"],
  intervalSeconds: 20,
  timeoutSeconds: 3,
  retries: 2,
  startPeriodSeconds: 10,
};

const containers = {
  containerHealthCheck: healthCheck,
  containerDependsOn: { router: "START" },
  sidecars: {
    router: {
      image: "router",
      repositoryArn: "arn:aws:ecr:us-east-1:123456789012:repository/router",
      command: ["run"],
      entryPoint: ["sh"],
      environment: { LEVEL: "info" },
      secrets: { KEY: parameter },
      cpu: 32,
      memory: 64,
      user: "app",
      healthCheck,
      firelens: { type: "fluentbit", options: { "enable-ecs-log-metadata": "true" } },
    },
    proxy: { image: "proxy", dependsOn: { router: "HEALTHY" } },
  },
  logDriver: "awsfirelens",
  logOptions: { Name: "http" },
  logSecrets: { Header: parameter },
  egress: {
    s3: { protocol: "tcp", port: 443, prefixListId: "pl-6da54004", description: "S3" },
    inside: { protocol: "-1", cidrIpv6: "2001:db8::/32" },
    database: { port: 5432, securityGroupId: "sg-2a1b2c3d4e5f60718" },
  },
};

const service = {
  image: "busybox",
  port: 8080,
  entryPoint: ["sh"],
  secrets: { KEY: parameter },
  grants: { incoming: { access: "read-objects", arn: "arn:aws:s3:::incoming", objects: "in/*", kmsKeyArn } },
  policies: { none: '{"Version":"2012-10-17","Statement":[]}' },
  user: "app",
  architecture: "ARM64",
  repositoryArn: "arn:aws:ecr:us-east-1:123456789012:repository/auth",
  allowOverrides: ["cpu"],
  onFailure: { action: "retry", maxAttempts: 2, backoffSeconds: 5 },
  interruptionRetries: 1,
  healthCheck: {
    matcher: "200",
    intervalSeconds: 20,
    timeoutSeconds: 3,
    healthyThreshold: 3,
    unhealthyThreshold: 3,
  },
};

const inExistingNetwork = {
  createNetwork: false,
  existingNetwork: { vpcId: "vpc-0a1b2c3d4e5f60718", subnets, publicSubnetIds: [a, b] },
  kmsKeyArn,
  schedules: {
    night: { expression: "cron(0 3 * * ? *)", timeZone: "Europe/Berlin", start: ["auth"], stop: ["auth"] },
  },
};

const loadBalancer = {
  subnetIds: [a, b],
  certificateArn: "arn:aws:acm:us-east-1:123456789012:certificate/1234abcd-12ab-34cd-56ef-1234567890ab",
  sslPolicy: "ELBSecurityPolicy-TLS13-1-3-2021-06",
  ingress: { all: "10.0.0.0/8" },
  protocol: "HTTPS",
  idleTimeoutSeconds: 30,
  accessLogRetentionDays: 30,
};

const network = {
  availabilityZones: Object.keys(subnets),
  cidrBlock: "10.0.0.0/16",
  publicSubnetCidrs: cidrs(0),
  privateSubnetCidrs: cidrs(2),
  nat: "none",
  interfaceEndpoints: ["ecr.api"],
};

const existingLoadBalancer = {
  createLoadBalancer: false,
  existingLoadBalancer: {
    arn: "arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/app/theirs/50dc6c495c0c9188",
    securityGroupId: "sg-0a1b2c3d4e5f60718",
    dnsName: "theirs.example.com",
  },
  createListener: false,
  existingListener: {
    arn: "arn:aws:elasticloadbalancing:us-east-1:123456789012:listener/app/theirs/50dc6c495c0c9188/f2f7dc8efc522ab2",
  },
};

const cloudtrail = { source: ["aws.s3"], preset: "cloudtrail", eventNames: ["PutObject"], service: "auth" };
const onBus = { source: ["custom.app"], eventBusName: "app" };
const route = {
  clusterArn: "arn:aws:ecs:us-east-1:123456789012:cluster/engines",
  family: "auth",
  taskDefinitionArnWithoutRevision: "arn:aws:ecs:us-east-1:123456789012:task-definition/auth",
  containerName: "auth",
  subnetIds: [a],
  securityGroupIds: [],
  taskRoleArn: "arn:aws:iam::123456789012:role/auth-task",
  taskRoleName: "auth-task",
  executionRoleArn: "arn:aws:iam::123456789012:role/auth-execution",
};

/** A service with every setting that an engine takes, too. */
const { path: _path, mountPath: _mountPath, ...everyEngineSetting } = everything.services.auth!;
const engine = {
  ...everyEngineSetting,
  networkMode: "awsvpc",
  existingExecutionRole: { arn: route.executionRoleArn },
  existingTaskRole: { arn: route.taskRoleArn },
  existingLogGroup: { name: "/acme" },
};

export const moreSettings: Readonly<Record<string, readonly object[]>> = {
  "systems/engine-starter": [
    {
      name: "more",
      ...inExistingNetwork,
      loadBalancer,
      services: { auth: { ...service, ...containers, priority: 7 }, batch: engine },
    },
    { name: "more", network, loadBalancer: existingLoadBalancer, services: { auth: service } },
  ],
  "event-driven-ecs": [
    {
      name: "more",
      ...inExistingNetwork,
      loadBalancer,
      services: { auth: { ...service, ...containers, path: "/auth", priority: 7, mountPath: "/mnt" } },
      fileSystem: {
        infrequentAccessAfterDays: 7,
        throughputMode: "provisioned",
        provisionedThroughputMibps: 10,
      },
      events: { cloudtrail, onBus: { ...onBus, service: "auth" } },
    },
    {
      name: "more",
      network,
      loadBalancer: { ...loadBalancer, createAccessLogBucket: false, existingAccessLogBucket: "logs" },
      services: { auth: { ...service, path: "/auth" } },
    },
  ],
  task: [
    {
      name: "more",
      clusterArn: "arn:aws:ecs:us-east-1:123456789012:cluster/engines",
      vpcId: "vpc-0a1b2c3d4e5f60718",
      subnetIds: [a],
      image: "busybox",
      ...containers,
    },
  ],
  ecs: [
    {
      projectName: "more",
      awsRegion: "us-east-1",
      awsAccountId: "123456789012",
      vpcId: "vpc-0a1b2c3d4e5f60718",
      privateSubnetIds: [a],
      securityGroupIds: [],
      taskExecutionRoleArn: route.executionRoleArn,
      taskRoleArn: route.taskRoleArn,
      containerImage: "busybox",
      enableEfsStorage: false,
      egress: { ...containers.egress, range: { fromPort: 1024, toPort: 2048, cidrIpv4: "10.0.0.0/8" } },
    },
  ],
  launcher: [{ name: "more", routes: { auth: route }, events: { cloudtrail } }],
  registrar: [{ name: "more", routes: { auth: route }, stopEvents: { onBus } }],
  workflow: [
    {
      name: "more",
      functionArn: "arn:aws:lambda:us-east-1:123456789012:function:f",
      events: { cloudtrail },
    },
  ],
};
