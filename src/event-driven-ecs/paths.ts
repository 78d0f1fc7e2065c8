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

const subnetsOf = ({ existingNetwork }: EventDrivenEcsProps): string =>
  existingNetwork?.subnets === undefined ? "existingNetwork.subnetIds" : "existingNetwork.subnets";

export const task = (service: string, props: EventDrivenEcsProps): PropPaths => ({
  under: `services.${service}`,
  others: {
    ...shared,
    logRetentionDays: "logRetentionDays",
    vpcId: "existingNetwork.vpcId",
    subnetIds: subnetsOf(props),
    assignPublicIp: "existingNetwork.assignPublicIp",
    clusterArn: "existingCluster.arn",
    mounts: `services.${service}.mountPath`,
    "mounts.shared": "existingFileSystem",
    "mounts.shared.containerPath": `services.${service}.mountPath`,
  },
});

export const loadBalancer = (props: EventDrivenEcsProps): PropPaths => ({
  under: "loadBalancer",
  others: {
    ...shared,
    routes: "services",
    vpcId: "existingNetwork.vpcId",
    ...(props.loadBalancer?.subnetIds === undefined &&
      props.createNetwork === false && {
        subnetIds: props.loadBalancer?.internal ? subnetsOf(props) : "existingNetwork.publicSubnetIds",
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
  others: { routes: "services", architecture: "functionArchitecture", runtime: "functionRuntime" },
};

export const launcher = functions;

export const registrar = functions;

export const schedule = (name: string): PropPaths => ({
  under: `schedules.${name}`,
  others: { ...shared, scheduleExpression: `schedules.${name}.expression` },
});
