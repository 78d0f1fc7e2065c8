import { BottleSync, type BottleSyncProps } from "../../../src/systems/bottle-sync";
import { block } from "./block";
import { everyName } from "./names";

const image = "123456789012.dkr.ecr.us-east-1.amazonaws.com/worker:1.0.0";
const network = { availabilityZones: ["us-east-1a", "us-east-1b"] };
const kmsKeyArn = "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab";
const otherKeyArn = "arn:aws:kms:us-east-1:123456789012:key/4321abcd-12ab-34cd-56ef-1234567890ab";
const publicKey = "-----BEGIN PUBLIC KEY-----\nMIIB\n-----END PUBLIC KEY-----\n";

const everything: BottleSyncProps = {
  name: "all-bottles",
  enabled: false,
  scheduleExpression: "rate(1 day)",
  timeZone: "Europe/Berlin",
  platforms: ["x86_64_linux", "arm64_tahoe"],
  sizeThresholdGb: 2.5,
  downloadConcurrency: 10,
  progressReportIntervalSeconds: 60,
  retentionDays: 90,
  catalogueUrl: "https://mirror.example.com/api/formula.json",
  api: { url: "https://mirror.example.com/api", publicKey, files: ["formula.jws.json"] },
  externalHashFile: { bucket: "acme-old", key: "a/bottles_hash.json", kmsKeyArn: otherKeyArn },
  mirrorBucket: { readerVpcEndpointIds: ["vpce-0a1b2c3d4e5f60718"], forceDestroy: true },
  createFileSystem: true,
  fileSystem: { throughputMode: "provisioned", provisionedThroughputMibps: 100, backup: true },
  image,
  createRepository: true,
  repository: { keepImages: 10, pullAccountIds: ["111122223333"], replicateToRegions: ["eu-west-1"] },
  network: {
    ...network,
    cidrBlock: "10.20.0.0/16",
    publicSubnetCidrs: { "us-east-1a": "10.20.1.0/24", "us-east-1b": "10.20.2.0/24" },
    privateSubnetCidrs: { "us-east-1a": "10.20.10.0/24", "us-east-1b": "10.20.11.0/24" },
    nat: "per_az",
    interfaceEndpoints: ["logs"],
  },
  cpu: 1024,
  memory: 2048,
  architecture: "ARM64",
  capacity: "FARGATE_SPOT",
  onFailure: { action: "retry", maxAttempts: 5, backoffSeconds: 30 },
  interruptionRetries: 5,
  functionArchitecture: "x86_64",
  functionRuntime: "nodejs22.x",
  logLevel: "DEBUG",
  logRetentionDays: 365,
  kmsKeyArn,
  alarmActions: ["arn:aws:sns:us-east-1:123456789012:oncall"],
  roles: {
    permissionsBoundaryArn: "arn:aws:iam::aws:policy/AdministratorAccess",
    path: "/bottles/",
    namePrefix: "ac-",
    nameSuffix: "-b",
  },
  tags: { team: "platform" },
};

export const bottleSync = block<BottleSyncProps>({
  module: "systems/bottle-sync",
  construct: BottleSync,
  settings: {
    defaults: { name: "homebrew-bottles-sync", network, image },
    everything,
    named: { ...everything, name: "named-bottles", names: everyName(BottleSync, everything) },
    odd: {
      name: "b",
      sizeThresholdGb: 0,
      externalHashFile: { url: "https://mirror.example.com/bottles_hash.json" },
      createWebhookSecret: false,
      existingWebhookSecret: {
        name: "slack",
        arn: "arn:aws:secretsmanager:us-east-1:123456789012:secret:slack-AbCdEf",
        kmsKeyArn: otherKeyArn,
      },
      createMirrorBucket: false,
      existingMirrorBucket: "acme.mirror",
      createFileSystem: true,
      image,
      createNetwork: false,
      existingNetwork: {
        vpcId: "vpc-0a1b2c3d4e5f60718",
        subnets: { b: "subnet-0a1b2c3d4e5f60718", a: "subnet-1a1b2c3d4e5f60718" },
        assignPublicIp: true,
      },
      createCluster: false,
      existingCluster: { name: "shared", arn: "arn:aws:ecs:us-east-1:123456789012:cluster/shared" },
      createMonitoring: false,
      createRunHistoryPolicy: false,
    },
    silent: { name: "silent", network, image, createWebhookSecret: false },
  },
});
