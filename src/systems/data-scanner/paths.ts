import type { PropPaths } from "../../core/prop-paths";

// Where the props of the system's blocks are in the props of the system, for error messages.

/** Props that every block gets from the system, under the same name. */
const shared = {
  name: "name",
  names: "names",
  kmsKeyArn: "kmsKeyArn",
  alarmActions: "alarmActions",
  roles: "roles",
  tags: "tags",
  logRetentionDays: "logRetentionDays",
} as const;

const place = { vpcId: "existingNetwork.vpcId", subnetIds: "existingNetwork.subnetIds" } as const;

export const network: PropPaths = {
  under: "network",
  others: { ...shared, flowLogRetentionDays: "logRetentionDays" },
};

export const database: PropPaths = { under: "database", others: { ...shared, ...place } };

export const bastion: PropPaths = { under: "bastion", others: { ...shared, ...place } };

export const data: PropPaths = { under: "dataBucket", others: { ...shared, bucketPrefix: "name" } };

export const repository: PropPaths = { under: "repository", others: shared };

export const task: PropPaths = {
  under: "",
  others: { ...place, clusterArn: "existingCluster.arn" },
};

export const worker: PropPaths = {
  under: "",
  others: {
    scaling: "workers",
    "scaling.queueDepth.messagesPerTask": "workers.messagesPerTask",
    "scaling.queueDepth.emptyMinutes": "workers.emptyMinutes",
  },
};

export const handler: PropPaths = {
  under: "",
  others: {
    architecture: "functionArchitecture",
    runtime: "functionRuntime",
    "vpc.subnetIds": "existingNetwork.subnetIds",
  },
};

export const api: PropPaths = { under: "api", others: shared };
