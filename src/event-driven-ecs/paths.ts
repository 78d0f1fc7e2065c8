import type { PropPaths } from "../core/prop-paths";
import type { EventDrivenEcsProps } from "./props";

// Where the props of the layout's blocks are in the props of the layout, for error messages.

/** Props that every block gets from the layout, under the same name. */
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

export const task = (service: string): PropPaths => ({
  under: `services.${service}`,
  others: {
    ...shared,
    logRetentionDays: "logRetentionDays",
    vpcId: "existingNetwork.vpcId",
    subnetIds: "existingNetwork.subnetIds",
    assignPublicIp: "existingNetwork.assignPublicIp",
    clusterArn: "existingCluster.arn",
    mounts: `services.${service}.mountPath`,
    "mounts.shared": "existingFileSystem",
    "mounts.shared.containerPath": `services.${service}.mountPath`,
  },
});

export const loadBalancer = ({ loadBalancer: settings, createNetwork }: EventDrivenEcsProps): PropPaths => ({
  under: "loadBalancer",
  others: {
    ...shared,
    routes: "services",
    vpcId: "existingNetwork.vpcId",
    ...(settings?.subnetIds === undefined &&
      createNetwork === false && {
        subnetIds: `existingNetwork.${settings?.internal ? "subnetIds" : "publicSubnetIds"}`,
      }),
  },
});

export const fileSystem: PropPaths = {
  under: "fileSystem",
  others: {
    ...shared,
    vpcId: "existingNetwork.vpcId",
    subnetIds: "existingNetwork.subnets",
    "accessPoints.shared": "fileSystem",
  },
};

const functions: PropPaths = {
  under: "",
  others: { routes: "services", architecture: "functionArchitecture" },
};

export const launcher = functions;

export const registrar = functions;

export const schedule = (name: string): PropPaths => ({
  under: `schedules.${name}`,
  others: { ...shared, scheduleExpression: `schedules.${name}.expression` },
});
