import { type IResolvable, Token } from "cdktf";
import { expression } from "../core/expression";
import { type Json, json } from "../core/json";
import { sortedEntries } from "../core/maps";
import { isToken } from "../core/validation";
import { ebsVolumeName } from "./ebs-volume";
import { healthCheckDefinition } from "./health-check";
import type { TaskProps } from "./props";
import {
  dependencies,
  type Log,
  nameAndValue,
  notEmpty,
  portMapping,
  sidecarDefinition,
  unlessEmpty,
  type Variables,
} from "./sidecar";
import { defaultUser } from "./user";

/**
 * JSON text of the container definitions of the task: that of the main container, then those of the sidecars. Empty members
 * are left out: AWS drops them, and a member that AWS drops would show as a change in every plan. Terraform leaves out what
 * tokens hide.
 */
export const containerDefinitions = (props: TaskProps, log: Log): string =>
  json([
    mainContainer(props, log),
    ...sortedEntries(props.sidecars).map(([name, sidecar]) =>
      sidecarDefinition(name, sidecar, props.networkMode, log),
    ),
  ]);

function mainContainer(props: TaskProps, log: Log): Json {
  const { command, entryPoint, environment, secrets } = props;
  const definition = mainDefinition(props, log);
  return [command, entryPoint, environment, secrets].some(isToken) ? notEmpty(definition) : definition;
}

const mainDefinition = (props: TaskProps, log: Log) => ({
  name: props.name,
  image: props.image,
  repositoryCredentials:
    props.repositoryCredentialsArn === undefined
      ? undefined
      : { credentialsParameter: props.repositoryCredentialsArn },
  essential: true,
  command: unlessEmpty(props.command),
  entryPoint: unlessEmpty(props.entryPoint),
  environment: nameAndValue(environment(props), "value"),
  secrets: nameAndValue(props.secrets ?? {}, "valueFrom"),
  user: props.runAsImageUser ? undefined : (props.user ?? defaultUser),
  readonlyRootFilesystem: props.readonlyRootFilesystem ?? true,
  mountPoints: unlessEmpty([
    ...((props.createScratchVolume ?? true)
      ? [{ containerPath: props.scratchPath ?? "/tmp", readOnly: false, sourceVolume: "scratch" }]
      : []),
    ...sortedEntries(props.mounts).map(([name, mount]) => ({
      containerPath: mount.containerPath,
      readOnly: mount.readOnly ?? false,
      sourceVolume: name,
    })),
    ...(props.ebsVolume === undefined
      ? []
      : [{ containerPath: props.ebsVolume.containerPath, readOnly: false, sourceVolume: ebsVolumeName }]),
  ]),
  portMappings: props.port === undefined ? undefined : [portMapping(props.port, props.networkMode)],
  linuxParameters: linuxParameters(props),
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
  logConfiguration: logConfiguration(props, log),
});

function linuxParameters({ initProcess, linuxCapabilitiesAdd, linuxCapabilitiesDrop }: TaskProps): Json {
  // An init process reaps child processes and forwards the stop signal.
  const initProcessEnabled = initProcess ?? true;
  const [add, drop] = [unlessEmpty(linuxCapabilitiesAdd), unlessEmpty(linuxCapabilitiesDrop)];
  if (isToken(add) || isToken(drop))
    return notEmpty({ initProcessEnabled, capabilities: notEmpty({ add, drop }) });
  return { initProcessEnabled, capabilities: add || drop ? { add, drop } : undefined };
}

function logConfiguration(
  { logDriver = "awslogs", logOptions = {}, logSecrets = {} }: TaskProps,
  log: Log,
): Json {
  const own: Variables = logDriver === "awslogs" ? log : {};
  const secretOptions = nameAndValue(logSecrets, "valueFrom");
  if (isToken(logOptions) || isToken(logSecrets))
    return notEmpty({ logDriver, options: expression`merge(${own}, ${logOptions})`, secretOptions });
  const options = { ...own, ...logOptions };
  return { logDriver, options: Object.keys(options).length > 0 ? options : undefined, secretOptions };
}

function environment({ port, environment = {}, secrets = {} }: TaskProps): Variables | IResolvable {
  const given: Variables = port === undefined ? {} : { PORT: textOf(port) };
  if (isToken(secrets)) {
    const unlessSecret = expression`{ for name, value in ${given} : name => value if !contains(keys(${secrets}), name) }`;
    return expression`merge(${unlessSecret}, ${environment})`;
  }
  const own: Variables = "PORT" in secrets ? {} : given;
  return isToken(environment) ? expression`merge(${own}, ${environment})` : { ...own, ...environment };
}

const textOf = (port: number): string =>
  isToken(port) ? Token.asString(expression`tostring(${port})`) : json(port);
