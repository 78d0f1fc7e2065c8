import type { PropPaths } from "../core/prop-paths";

// Where the props of the blocks are in the props of the construct, for error messages.

export const task: PropPaths = {
  under: "",
  others: {
    subnetIds: "privateSubnetIds",
    image: "containerImage",
    port: "containerPort",
    cpu: "taskCpu",
    memory: "taskMemory",
    environment: "environmentVariables",
    "existingExecutionRole.arn": "taskExecutionRoleArn",
    "existingTaskRole.arn": "taskRoleArn",
    mounts: "efsMountPath",
    "mounts.efs.containerPath": "efsMountPath",
  },
};

export const fileSystem: PropPaths = {
  under: "",
  others: {
    "accessPoints.tasks": "efsAccessPoint",
    subnetIds: "efsSubnetIds",
    performanceMode: "efsPerformanceMode",
    throughputMode: "efsThroughputMode",
    provisionedThroughputMibps: "efsProvisionedThroughput",
    kmsKeyArn: "efsKmsKeyArn",
  },
};

export const service: PropPaths = {
  under: "",
  others: {
    healthCheckGracePeriodSeconds: "healthCheckGracePeriod",
    "scaling.min": "minCapacity",
    "scaling.max": "maxCapacity",
    "scaling.stepScaling.cpuPercent": "targetCpuUtilization",
    "scaling.stepScaling.memoryPercent": "targetMemoryUtilization",
    "scaling.stepScaling.customMetric": "customMetric",
    "scaling.scaleOutCooldownSeconds": "scaleOutCooldown",
    "scaling.scaleInCooldownSeconds": "scaleInCooldown",
  },
};
