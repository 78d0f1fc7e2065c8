import { type IResolvable, Token } from "cdktf";
import { expression } from "../core/expression";
import { type Json, json } from "../core/json";
import { sortedEntries } from "../core/maps";
import { isToken } from "../core/validation";
import type { TaskProps } from "./props";

/**
 * JSON text of the container definitions of the task: one. Empty members are left out: AWS drops them, and a member that
 * AWS drops would show as a change in every plan. Terraform leaves out what tokens hide.
 */
export function containerDefinitions(props: TaskProps, log: { logGroup: string; region: string }): string {
  const container = containerDefinition(props, log);
  const { command, entryPoint, environment, secrets } = props;
  if (![command, entryPoint, environment, secrets].some(isToken)) return json([container]);
  const notEmpty = expression`{ for name, value in ${container} : name => value if try(length(value) > 0, value != null) }`;
  return json([notEmpty]);
}

const containerDefinition = (props: TaskProps, log: { logGroup: string; region: string }) => ({
  name: props.name,
  image: props.image,
  essential: true,
  command: unlessEmpty(props.command),
  entryPoint: unlessEmpty(props.entryPoint),
  environment: nameAndValue(environment(props), "value"),
  secrets: nameAndValue(props.secrets ?? {}, "valueFrom"),
  user: props.user ?? "1000:1000",
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
  linuxParameters: { initProcessEnabled: true },
  logConfiguration: {
    logDriver: "awslogs",
    options: {
      "awslogs-group": log.logGroup,
      "awslogs-region": log.region,
      "awslogs-stream-prefix": "task",
    },
  },
});

/** In bridge mode many copies run on one instance: Docker gives each a free host port. */
const portMapping = (port: number, networkMode: string | undefined): Json => ({
  containerPort: port,
  hostPort: isToken(networkMode)
    ? expression`${networkMode} == "bridge" ? 0 : ${port}`
    : networkMode === "bridge"
      ? 0
      : port,
  protocol: "tcp",
});

type Variables = Readonly<Record<string, string>>;

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

/** Environment variables as ECS takes them, sorted by name. */
const nameAndValue = (variables: Variables | IResolvable, member: "value" | "valueFrom") =>
  isToken(variables)
    ? expression`[for name, value in ${variables} : { name = name, (${member}) = value }]`
    : unlessEmpty(sortedEntries(variables as Variables).map(([name, value]) => ({ name, [member]: value })));

const unlessEmpty = <T>(list: readonly T[] | undefined): readonly T[] | undefined =>
  list?.length ? list : undefined;
