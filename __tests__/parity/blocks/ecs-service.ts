import { EcsService, type EcsServiceProps, type EcsServiceRoute } from "../../../src/ecs-service";
import { block } from "./block";
import { everyName } from "./names";

const route: EcsServiceRoute = {
  clusterArn: "arn:aws:ecs:us-east-1:123456789012:cluster/engines",
  containerName: "worker",
  subnetIds: ["subnet-0a1b2c3d4e5f60718", "subnet-0a1b2c3d4e5f60719"],
  securityGroupIds: ["sg-0a1b2c3d4e5f60718"],
  taskRoleName: "worker-task",
};
const taskDefinitionArn = "arn:aws:ecs:us-east-1:123456789012:task-definition/worker:7";

const everything: EcsServiceProps = {
  name: "all-worker",
  route: {
    ...route,
    assignPublicIp: true,
    port: 8080,
    networkMode: "awsvpc",
    capacity: "FARGATE",
    targetGroupArn: "arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/worker/0123456789abcdef",
    targetType: "ip",
    enableExecuteCommand: true,
  },
  taskDefinitionArn,
  circuitBreaker: true,
  minHealthyPercent: 50,
  maxPercent: 150,
  healthCheckGracePeriodSeconds: 300,
  propagateTags: "TASK_DEFINITION",
  scaling: {
    min: 1,
    max: 10,
    queueDepth: { queueName: "scan-jobs.fifo", messagesPerTask: 5, emptyMinutes: 3 },
    scaleOutCooldownSeconds: 30,
    scaleInCooldownSeconds: 600,
  },
  tags: { team: "platform", "cost/center": "7" },
};

export const ecsService = block<EcsServiceProps>({
  module: "ecs-service",
  construct: EcsService,
  settings: {
    defaults: { name: "plain-worker", route, taskDefinitionArn },
    everything,
    named: { ...everything, name: "named-worker", names: everyName(EcsService, everything) },
    "many-steps": {
      name: "many-steps",
      route: { ...route, capacity: "FARGATE_SPOT" },
      taskDefinitionArn,
      scaling: { min: 0, max: 47, queueDepth: { queueName: "scan-jobs", messagesPerTask: 1 } },
    },
    "target-tracking": {
      name: "target-tracking",
      route: { ...route, existingTaskRole: true, capacity: "gpu" },
      taskDefinitionArn,
      scaling: { min: 0, max: 10, targetTracking: { cpuPercent: 70, memoryPercent: 80.5 } },
    },
    "step-scaling": {
      name: "step-scaling",
      route: { ...route, networkMode: "bridge", capacity: "EC2" },
      taskDefinitionArn,
      propagateTags: "NONE",
      scaling: {
        min: 0,
        max: 10,
        stepScaling: { cpuPercent: 70, memoryPercent: 80, outPeriods: 2, inPeriods: 5 },
        scaleOutCooldownSeconds: 300,
        scaleInCooldownSeconds: 600,
      },
    },
    "custom-metric": {
      name: "custom-metric",
      route,
      taskDefinitionArn,
      scaling: {
        min: 0,
        max: 10,
        stepScaling: {
          memoryPercent: 80,
          customMetric: {
            namespace: "Bottles",
            metricName: "Waiting",
            dimensions: { Bucket: "mirror" },
            statistic: "Sum",
            value: 0.5,
          },
        },
      },
    },
    "custom-metric-only": {
      name: "custom-metric-only",
      route,
      taskDefinitionArn,
      scaling: {
        min: 0,
        max: 1,
        stepScaling: { customMetric: { namespace: "a", metricName: "b", value: 10 } },
      },
    },
    odd: {
      name: "9-_",
      route: { ...route, securityGroupIds: [] },
      taskDefinitionArn,
      desiredCount: 0,
      circuitBreaker: false,
      minHealthyPercent: 0,
      maxPercent: 100,
      tags: { "a_b.c:/=+-@ d": "_.:/=+-@ é" },
    },
    "one-of-memory": {
      name: "one-of-memory",
      route,
      taskDefinitionArn,
      scaling: { min: 1, max: 1, stepScaling: { memoryPercent: 99.5 } },
    },
  },
});
