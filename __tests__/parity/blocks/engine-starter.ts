import { EngineStarter, type EngineStarterProps } from "../../../src/systems/engine-starter";
import { block } from "./block";

const network = { availabilityZones: ["us-east-1a", "us-east-1b"] };
const certificateArn = "arn:aws:acm:us-east-1:123456789012:certificate/01234567-89ab-cdef-0123-456789abcdef";

export const engineStarter = block<EngineStarterProps>({
  module: "systems/engine-starter",
  construct: EngineStarter,
  settings: {
    defaults: {
      name: "starter",
      network,
      services: { auth: { image: "ghcr.io/acme/auth:1" } },
      loadBalancer: { certificateArn },
    },
    everything: {
      name: "all-starter",
      network,
      capacityProviders: ["gpu"],
      services: {
        auth: { image: "ghcr.io/acme/auth:1", healthCheck: { path: "/health" } },
        pdf: { image: "ghcr.io/acme/pdf:1", memory: 1024, capacity: "gpu" },
        fa: {
          image: "ghcr.io/acme/fa:1",
          cpu: 512,
          memory: 2048,
          grants: { jobs: { access: "send-messages", arn: "arn:aws:sqs:us-east-1:123456789012:jobs" } },
        },
        users: {
          image: "ghcr.io/acme/users:1",
          port: 8081,
          deregistrationDelaySeconds: 5,
          stickinessSeconds: 60,
          priority: 7,
          egress: { db: { port: 5432, cidrIpv4: "10.0.0.0/16" } },
          ephemeralStorageGib: 30,
          sidecars: { agent: { image: "public.ecr.aws/acme/agent:1", essential: true } },
          stopTimeoutSeconds: 60,
          ulimits: { nofile: { soft: 1024, hard: 2048 } },
        },
        batch: {
          image: "ghcr.io/acme/batch:1",
          command: ["serve"],
          environment: { A: "b", BATCH_TOKEN: "none" },
          plainEnvironmentNames: ["BATCH_TOKEN"],
          repositoryCredentialsArn: "arn:aws:secretsmanager:us-east-1:123456789012:secret:ghcr-AbCdEf",
          containerHealthCheck: { command: ["CMD-SHELL", "true"] },
          scratchPath: "/scratch",
          onFailure: { action: "retry" },
        },
      },
      loadBalancer: { protocol: "HTTP", ingress: { office: "203.0.113.0/24" } },
      eventSource: "engines.app",
      schedules: { evening: { expression: "cron(0 19 * * ? *)", stop: ["auth", "pdf", "fa"] } },
      functionArchitecture: "x86_64",
      functionRuntime: "nodejs22.x",
      logRetentionDays: 30,
      alarmActions: ["arn:aws:sns:us-east-1:123456789012:oncall"],
      roles: {
        permissionsBoundaryArn: "arn:aws:iam::aws:policy/AdministratorAccess",
        path: "/engines/eu/",
        namePrefix: "acme-",
        nameSuffix: "-eu",
      },
      tags: { team: "engines" },
    },
    odd: {
      name: "s",
      createNetwork: false,
      existingNetwork: {
        vpcId: "vpc-0a1b2c3d4e5f60718",
        subnetIds: ["subnet-0a1b2c3d4e5f60718", "subnet-1a1b2c3d4e5f60718"],
      },
      createCluster: false,
      existingCluster: { name: "shared", arn: "arn:aws:ecs:us-east-1:123456789012:cluster/shared" },
      services: { batch: { image: "busybox" }, fa: { image: "busybox" } },
      loadBalancer: {
        protocol: "HTTP",
        internal: true,
        createAccessLogBucket: false,
        existingAccessLogBucket: "logs",
      },
      names: { 'module.engines.module.task["fa"].aws_iam_role.task': "acme-fa" },
    },
  },
});
