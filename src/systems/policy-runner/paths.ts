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
} as const;

export const network: PropPaths = {
  under: "network",
  others: { ...shared, flowLogRetentionDays: "logRetentionDays" },
};

export const bucket: PropPaths = { under: "", others: { objects: "policiesFolder" } };

export const output: PropPaths = { under: "", others: { expirationDays: "outputExpirationDays" } };

export const repository: PropPaths = { under: "repository", others: shared };

export const task: PropPaths = {
  under: "",
  others: {
    vpcId: "existingNetwork.vpcId",
    subnetIds: "existingNetwork.subnetIds",
    assignPublicIp: "existingNetwork.assignPublicIp",
    clusterArn: "existingCluster.arn",
    "grants.notifications": "notificationQueue",
  },
};

export const launcher: PropPaths = {
  under: "",
  others: {
    events: "sources",
    architecture: "functionArchitecture",
    runtime: "functionRuntime",
    "policySelection.defaultPolicyKey": "defaultPolicy",
    "policySelection.useDefaultPolicy": "useDefaultPolicy",
    defaultPolicyKey: "defaultPolicy",
  },
};

export const worker: PropPaths = {
  under: "",
  others: {
    scaling: "workers",
    "scaling.queueDepth.messagesPerTask": "workers.runsPerWorker",
  },
};
