import { Task, type TaskProps } from "../../../src/task";
import { block } from "./block";

const location = {
  clusterArn: "arn:aws:ecs:us-east-1:123456789012:cluster/engines",
  vpcId: "vpc-0a1b2c3d4e5f60718",
  subnetIds: ["subnet-0a1b2c3d4e5f60718"],
};

const fileSystem = {
  fileSystemId: "fs-0a1b2c3d4e5f60718",
  fileSystemArn: "arn:aws:elasticfilesystem:us-east-1:123456789012:file-system/fs-0a1b2c3d4e5f60718",
  accessPointId: "fsap-0a1b2c3d4e5f60718",
  accessPointArn: "arn:aws:elasticfilesystem:us-east-1:123456789012:access-point/fsap-0a1b2c3d4e5f60718",
  securityGroupId: "sg-0a1b2c3d4e5f60718",
};

const readBucket = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Action: "s3:GetObject", Resource: "arn:aws:s3:::bottles/*" }],
});

export const task = block<TaskProps>({
  module: "task",
  construct: Task,
  settings: {
    defaults: { ...location, name: "plain-task", image: "busybox" },
    everything: {
      ...location,
      name: "all-task",
      assignPublicIp: true,
      image: "123456789012.dkr.ecr.us-east-1.amazonaws.com/engines/auth-api:1.4.2",
      cpu: 4096,
      memory: 30720,
      port: 8080,
      command: ["serve", "--greeting", 'say "hello" & <bye>'],
      entryPoint: ["/bin/sh", "-c"],
      plainEnvironmentNames: ["ALLOW_EMPTY_PASSWORD"],
      environment: {
        ALLOW_EMPTY_PASSWORD: "yes",
        MAX_TOKENS: "4096",
        LOG_LEVEL: "DEBUG",
        SECRET_NAME: "auth",
        GREETING: '<hello> & "bye" \\',
      },
      secrets: {
        DATABASE_PASSWORD:
          "arn:aws:secretsmanager:us-east-1:123456789012:secret:engines/auth-AbCdEf:password::",
        DATABASE_USER: "arn:aws:secretsmanager:us-east-1:123456789012:secret:engines/auth-AbCdEf:user::",
        LICENCE: "arn:aws:ssm:us-east-1:123456789012:parameter/engines/licence",
      },
      secretsKmsKeyArns: [
        "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab",
        "arn:aws:kms:us-east-1:123456789012:key/2234abcd-12ab-34cd-56ef-1234567890ab",
      ],
      policies: { "read-bottles": readBucket, write: readBucket },
      user: "app:app",
      readonlyRootFilesystem: false,
      scratchPath: "/var/scratch",
      capacity: "FARGATE_SPOT",
      networkMode: "awsvpc",
      mounts: {
        models: { ...fileSystem, containerPath: "/mnt/models", readOnly: true },
        data: { ...fileSystem, containerPath: "/mnt/data" },
      },
      ephemeralStorageGib: 200,
      architecture: "ARM64",
      egress: {
        https: { port: 443, cidrIpv4: "0.0.0.0/0", description: "HTTPS" },
        database: { port: 5432, cidrIpv4: "10.0.0.0/16" },
        dns: { port: 53, cidrIpv4: "10.0.0.2/32", protocol: "udp" },
        cache: { fromPort: 6379, toPort: 6380, securityGroupId: "sg-1a1b2c3d4e5f60718" },
        s3: { port: 443, prefixListId: "pl-6da54004" },
        ping: { protocol: "icmp", cidrIpv4: "10.0.0.0/16" },
        inside: { protocol: "-1", cidrIpv6: "2001:db8::/32", description: "Everything inside" },
      },
      repositoryCredentialsArn: "arn:aws:secretsmanager:us-east-1:123456789012:secret:ghcr-AbCdEf",
      securityGroupIds: ["sg-2a1b2c3d4e5f60718", "sg-3a1b2c3d4e5f60718"],
      allowOverrides: ["command"],
      onFailure: { action: "retry", maxAttempts: 10, backoffSeconds: 0 },
      interruptionRetries: 0,
      logRetentionDays: 731,
      kmsKeyArn: "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab",
      tags: { team: "platform", "cost/center": "7" },
    },
    odd: {
      ...location,
      name: "sg-_9_this_name_is_as_long_as_a_name_of_a_task_can_be-",
      image: "123456789012.dkr.ecr.us-east-1.amazonaws.com/a/b/c@sha256:0123456789abcdef",
      repositoryArn: "arn:aws:ecr:us-east-1:111111111111:repository/other",
      cpu: 16384,
      memory: 122880,
      port: 65535,
      command: [],
      environment: { PORT: "1", "a.b/c": "", "1": "first", B: "second", a: "third" },
      secrets: {},
      policies: { "a,b=c@d.e+f": readBucket },
      user: "0815",
      egress: {},
      tags: { "a_b.c:/=+-@ d": "_.:/=+-@ é" },
    },
    elsewhere: {
      ...location,
      name: "other-task",
      image: "999999999999.dkr.ecr-fips.eu-west-1.amazonaws.com/auth",
      cpu: 512,
      memory: 1024,
      egress: { "inside.vpc/5432": { port: 5432, cidrIpv4: "10.0.0.0/8" } },
      tags: {},
    },
    bridge: {
      ...location,
      name: "bridge-task",
      image: "busybox",
      networkMode: "bridge",
      capacity: "EC2",
      cpu: 300,
      memory: 100,
      port: 8080,
      mounts: { "0_odd-name": { ...fileSystem, containerPath: "/a b/é" } },
    },
    host: {
      ...location,
      name: "host-task",
      image: "busybox",
      networkMode: "host",
      capacity: "EC2",
      port: 80,
    },
  },
});
