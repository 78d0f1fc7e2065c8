import { type Json, json } from "../core/json";
import { sortedEntries } from "../core/maps";
import { healthCheckDefinition } from "./health-check";
import type { TaskProps } from "./props";
import { dependencies, portMapping, sidecarDefinition, unlessEmpty } from "./sidecar";
import { defaultUser } from "./user";

/**
 * The container definition of the task. Empty members are left out: AWS drops them, and a member that AWS drops would
 * show as a change in every plan.
 */
function mainContainer(props: TaskProps, log: Log): Json {
  const { logDriver = "awslogs" } = props;
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
    dependsOn: dependencies(props.containerDependsOn),
    logConfiguration: {
      logDriver,
      options: unlessNone({ ...(logDriver === "awslogs" && awslogs(log)), ...props.logOptions }),
      secretOptions: unlessEmpty(
        sortedEntries(props.logSecrets).map(([name, valueFrom]) => ({ name, valueFrom })),
      ),
    },
  };
}

const capabilities = ({ linuxCapabilitiesAdd, linuxCapabilitiesDrop }: TaskProps): Json => {
  const add = unlessEmpty(linuxCapabilitiesAdd);
  const drop = unlessEmpty(linuxCapabilitiesDrop);
  return add || drop ? { add, drop } : undefined;
};

const environment = ({ port, environment, secrets = {} }: TaskProps): Record<string, string> => ({
  ...(port !== undefined && !("PORT" in secrets) && { PORT: json(port) }),
  ...environment,
});

/** The container definitions of the task: that of the main container, then those of the sidecars. */
export const containerDefinitions = (props: TaskProps, log: Log): Json[] => [
  mainContainer(props, log),
  ...sortedEntries(props.sidecars).map(([name, sidecar]) =>
    sidecarDefinition(name, sidecar, props.networkMode, awslogs(log)),
  ),
];

interface Log {
  readonly logGroup: string;
  readonly region: string;
}

const awslogs = ({ logGroup, region }: Log): Record<string, string> => ({
  "awslogs-group": logGroup,
  "awslogs-region": region,
  "awslogs-stream-prefix": "task",
});

const unlessNone = (map: Readonly<Record<string, string>>): Json =>
  Object.keys(map).length > 0 ? map : undefined;
