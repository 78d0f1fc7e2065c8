import { EventDrivenEcs, type EventDrivenEcsProps } from "../../../src/event-driven-ecs";
import { block } from "./block";
import { everyName } from "./names";

const everything: EventDrivenEcsProps = {
  name: "all-engines",
  network: {
    cidrBlock: "10.7.0.0/16",
    availabilityZones: ["us-east-1a", "us-east-1c"],
    nat: "per_az",
    interfaceEndpoints: ["ecr.api", "logs"],
  },
  services: {
    auth: {
      image: "123456789012.dkr.ecr.us-east-1.amazonaws.com/auth-api:1.4.2",
      cpu: 512,
      memory: 1024,
      port: 8080,
      command: ["serve", "--greeting", 'say "hello"'],
      entryPoint: ["/app/start"],
      plainEnvironmentNames: ["EMPTY_PASSWORD"],
      environment: { EMPTY_PASSWORD: "yes", LOG_LEVEL: "DEBUG", GREETING: '<hello> & "bye"' },
      secrets: { DATABASE_PASSWORD: "arn:aws:secretsmanager:us-east-1:123456789012:secret:auth-AbCdEf" },
      grants: {
        incoming: { access: "read-objects", arn: "arn:aws:s3:::bottles", objects: "incoming/*" },
      },
      secretsKmsKeyArns: ["arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"],
      containerHealthCheck: { command: ["CMD", "/healthy", "--now"], retries: 5 },
      stopTimeoutSeconds: 60,
      ulimits: { nofile: { soft: 1024, hard: 65535 } },
      initProcess: false,
      sidecars: {
        proxy: { image: "proxy:1", port: 9090, healthCheck: { command: ["CMD", "/healthy"] } },
        router: { image: "fluent-bit:3", essential: true, firelens: { type: "fluentbit" } },
      },
      containerDependsOn: { proxy: "HEALTHY" },
      logDriver: "awsfirelens",
      logOptions: { Name: "stdout" },
      linuxCapabilitiesDrop: ["NET_RAW"],
      linuxCapabilitiesAdd: ["SYS_PTRACE"],
      user: "10001",
      architecture: "ARM64",
      ephemeralStorageGib: 40,
      allowOverrides: ["command", "environment"],
      capacity: "FARGATE_SPOT",
      onFailure: { action: "retry", maxAttempts: 2 },
      interruptionRetries: 0,
      scratchPath: "/var/scratch",
      egress: {
        https: { port: 443, cidrIpv4: "0.0.0.0/0" },
        database: { fromPort: 5432, toPort: 5433, cidrIpv6: "2001:db8::/32" },
      },
      securityGroupIds: ["sg-2a1b2c3d4e5f60718"],
      path: "/api/auth/*",
      healthCheck: { path: "/health", matcher: "200", intervalSeconds: 10, timeoutSeconds: 4 },
      stickinessSeconds: 600,
      deregistrationDelaySeconds: 5,
      mountPath: "/mnt/shared",
    },
    pdf: {
      image: "ghcr.io/acme/pdf:1",
      port: 9080,
      path: "/api/pdf/*",
      priority: 7,
      repositoryCredentialsArn: "arn:aws:secretsmanager:us-east-1:123456789012:secret:ghcr-AbCdEf",
    },
    report: {
      image: "ghcr.io/acme/report:2",
      runAsImageUser: true,
      readonlyRootFilesystem: false,
      enableExecuteCommand: true,
      mountPath: "/data",
    },
  },
  loadBalancer: { protocol: "HTTP", internal: true, ingress: { vpc: "10.7.0.0/16" } },
  fileSystem: {
    uid: 10001,
    gid: 10001,
    backup: false,
    infrequentAccessAfterDays: 0,
    throughputMode: "bursting",
  },
  buffer: true,
  deduplicationWindowHours: 72,
  stopEvents: { stop: { source: ["custom.app"], eventBusName: "default" } },
  schedules: {
    morning: { expression: "cron(0 7 ? * MON-FRI *)", timeZone: "Europe/Berlin", start: ["auth", "pdf"] },
    evening: { expression: "cron(0 19 ? * MON-FRI *)", start: ["report"], stop: ["auth", "pdf"] },
  },
  events: {
    start: { source: ["custom.app"], detailType: ["Start ECS Task"] },
    nightly: { scheduleExpression: "cron(0 3 * * ? *)", service: "report" },
    finding: { preset: "security_hub", minimumSeverity: "HIGH", service: "report" },
  },
  functionArchitecture: "x86_64",
  logRetentionDays: 30,
  alarmActions: ["arn:aws:sns:us-east-1:123456789012:oncall"],
  roles: {
    permissionsBoundaryArn: "arn:aws:iam::aws:policy/AdministratorAccess",
    path: "/engines/eu/",
    namePrefix: "acme-",
  },
  tags: { team: "platform", "cost/center": "7" },
};

export const eventDrivenEcs = block<EventDrivenEcsProps>({
  module: "event-driven-ecs",
  construct: EventDrivenEcs,
  settings: {
    defaults: {
      name: "plain-engines",
      network: { availabilityZones: ["us-east-1a", "us-east-1b"] },
      services: { auth: { image: "ghcr.io/acme/auth-api:1.4.2" } },
    },
    everything,
    named: { ...everything, name: "named-engines", names: everyName(EventDrivenEcs, everything) },
    given: {
      name: "behind-given",
      createNetwork: false,
      existingNetwork: {
        vpcId: "vpc-0a1b2c3d4e5f60718",
        subnetIds: ["subnet-0a1b2c3d4e5f60718", "subnet-1a1b2c3d4e5f60718"],
      },
      createCluster: false,
      existingCluster: { name: "shared", arn: "arn:aws:ecs:us-east-1:123456789012:cluster/shared" },
      services: {
        fa: {
          image: "busybox",
          port: 2531,
          path: "/api/fa/*",
          mountPath: "/mnt",
          egress: { database: { port: 5432, securityGroupId: "sg-2a1b2c3d4e5f60718" } },
          capacity: "EC2",
          networkMode: "bridge",
        },
      },
      loadBalancer: {
        createLoadBalancer: false,
        existingLoadBalancer: {
          arn: "arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/app/shared/50dc6c495c0c9188",
          securityGroupId: "sg-0a1b2c3d4e5f60718",
          dnsName: "shared-1.us-east-1.elb.amazonaws.com",
        },
        createListener: false,
        existingListener: {
          arn: "arn:aws:elasticloadbalancing:us-east-1:123456789012:listener/app/shared/50dc6c495c0c9188/f2f7dc8efc522ab2",
        },
      },
      createFileSystem: false,
      existingFileSystem: {
        fileSystemId: "fs-0a1b2c3d4e5f60718",
        fileSystemArn: "arn:aws:elasticfilesystem:us-east-1:123456789012:file-system/fs-0a1b2c3d4e5f60718",
        accessPointId: "fsap-0a1b2c3d4e5f60718",
        accessPointArn:
          "arn:aws:elasticfilesystem:us-east-1:123456789012:access-point/fsap-0a1b2c3d4e5f60718",
        securityGroupId: "sg-1a1b2c3d4e5f60718",
      },
      createMonitoring: false,
    },
    by_key: {
      name: "by-key",
      createNetwork: false,
      existingNetwork: {
        vpcId: "vpc-0a1b2c3d4e5f60718",
        subnets: { "us-east-1b": "subnet-1a1b2c3d4e5f60718", "us-east-1a": "subnet-0a1b2c3d4e5f60718" },
      },
      services: { job: { image: "busybox", mountPath: "/mnt" } },
    },
    odd: {
      name: "given",
      createNetwork: false,
      existingNetwork: {
        vpcId: "vpc-0a1b2c3d4e5f60718",
        subnetIds: ["subnet-0a1b2c3d4e5f60718"],
        assignPublicIp: true,
      },
      createCluster: false,
      existingCluster: { name: "shared", arn: "arn:aws:ecs:us-east-1:123456789012:cluster/shared" },
      services: { z: { image: "busybox" }, "a-1": { image: "busybox", command: ["sh", "-c", "exit 3"] } },
    },
  },
});
