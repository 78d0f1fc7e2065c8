import { EventDrivenEcs, type EventDrivenEcsProps } from "../../../src/event-driven-ecs";
import { block } from "./block";

export const eventDrivenEcs = block<EventDrivenEcsProps>({
  module: "event-driven-ecs",
  construct: EventDrivenEcs,
  settings: {
    defaults: {
      name: "plain-engines",
      network: { availabilityZones: ["us-east-1a", "us-east-1b"] },
      services: { auth: { image: "ghcr.io/acme/auth-api:1.4.2" } },
    },
    everything: {
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
          environment: { LOG_LEVEL: "DEBUG", GREETING: '<hello> & "bye"' },
          secrets: { DATABASE_PASSWORD: "arn:aws:secretsmanager:us-east-1:123456789012:secret:auth-AbCdEf" },
          user: "10001",
          architecture: "ARM64",
          ephemeralStorageGib: 40,
          allowOverrides: ["command", "environment"],
        },
        report: { image: "ghcr.io/acme/report:2", readonlyRootFilesystem: false },
      },
      events: {
        start: { source: ["custom.app"], detailType: ["Start ECS Task"] },
        nightly: { scheduleExpression: "cron(0 3 * * ? *)", service: "report" },
        finding: { preset: "security_hub", minimumSeverity: "HIGH", service: "report" },
      },
      functionArchitecture: "x86_64",
      logRetentionDays: 30,
      alarmActions: ["arn:aws:sns:us-east-1:123456789012:oncall"],
      tags: { team: "platform", "cost/center": "7" },
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
