import { type Json, json } from "../core/json";
import { sortedEntries } from "../core/maps";
import type { NetworkMode } from "../launcher/route";
import { healthCheckDefinition } from "./health-check";
import type { TaskProps } from "./props";

/** The user of a container unless another one is given. */
export const defaultUser = "1000:1000";

/**
 * The container definition of the task. Empty members are left out: AWS drops them, and a member that AWS drops would
 * show as a change in every plan.
 */
export function containerDefinition(props: TaskProps, log: { logGroup: string; region: string }): Json {
  return {
    name: props.name,
    image: props.image,
    repositoryCredentials:
      props.repositoryCredentialsArn === undefined
        ? undefined
        : { credentialsParameter: props.repositoryCredentialsArn },
    essential: true,
    command: unlessEmpty(props.command),
    entryPoint: unlessEmpty(props.entryPoint),
    environment: unlessEmpty(sortedEntries(environment(props)).map(([name, value]) => ({ name, value }))),
    secrets: unlessEmpty(sortedEntries(props.secrets).map(([name, valueFrom]) => ({ name, valueFrom }))),
    user: props.runAsImageUser ? undefined : (props.user ?? defaultUser),
    readonlyRootFilesystem: props.readonlyRootFilesystem ?? true,
    mountPoints: [
      { containerPath: props.scratchPath ?? "/tmp", readOnly: false, sourceVolume: "scratch" },
      ...sortedEntries(props.mounts).map(([name, mount]) => ({
        containerPath: mount.containerPath,
        readOnly: mount.readOnly ?? false,
        sourceVolume: name,
      })),
    ],
    portMappings: props.port === undefined ? undefined : [portMapping(props.port, props.networkMode)],
    // An init process reaps child processes and forwards the stop signal.
    linuxParameters: {
      initProcessEnabled: props.initProcess ?? true,
      capabilities: capabilities(props),
    },
    stopTimeout: props.stopTimeoutSeconds,
    ulimits: unlessEmpty(
      sortedEntries(props.ulimits).map(([name, { soft, hard }]) => ({
        name,
        softLimit: soft,
        hardLimit: hard,
      })),
    ),
    healthCheck: healthCheckDefinition(props.containerHealthCheck),
    logConfiguration: {
      logDriver: "awslogs",
      options: {
        "awslogs-group": log.logGroup,
        "awslogs-region": log.region,
        "awslogs-stream-prefix": "task",
      },
    },
  };
}

const capabilities = ({ linuxCapabilitiesAdd, linuxCapabilitiesDrop }: TaskProps): Json => {
  const add = unlessEmpty(linuxCapabilitiesAdd);
  const drop = unlessEmpty(linuxCapabilitiesDrop);
  return add || drop ? { add, drop } : undefined;
};

/** In bridge mode many copies run on one instance: Docker gives each a free host port. */
const portMapping = (port: number, networkMode: NetworkMode | undefined): Json => ({
  containerPort: port,
  hostPort: networkMode === "bridge" ? 0 : port,
  protocol: "tcp",
});

const environment = ({ port, environment, secrets = {} }: TaskProps): Record<string, string> => ({
  ...(port !== undefined && !("PORT" in secrets) && { PORT: json(port) }),
  ...environment,
});

const unlessEmpty = (list: readonly Json[] | undefined): readonly Json[] | undefined =>
  list?.length ? list : undefined;
