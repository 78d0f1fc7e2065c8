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

export const mirror: PropPaths = {
  under: "mirrorBucket",
  others: {
    ...shared,
    bucketPrefix: "name",
    "readers.clients.vpcEndpointIds": "mirrorBucket.readerVpcEndpointIds",
  },
};

export const repository: PropPaths = { under: "repository", others: shared };

export const fileSystem: PropPaths = {
  under: "fileSystem",
  others: { ...shared, vpcId: "existingNetwork.vpcId", subnetIds: "existingNetwork.subnets" },
};

export const task: PropPaths = {
  under: "",
  others: {
    vpcId: "existingNetwork.vpcId",
    subnetIds: "existingNetwork.subnets",
    assignPublicIp: "existingNetwork.assignPublicIp",
    clusterArn: "existingCluster.arn",
  },
};

/** Of every function. */
export const handler: PropPaths = {
  under: "",
  others: { architecture: "functionArchitecture", runtime: "functionRuntime" },
};
