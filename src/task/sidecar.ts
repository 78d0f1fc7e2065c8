import type { IResolvable } from "cdktf";
import type { Construct } from "constructs";
import { expression } from "../core/expression";
import { checkImage } from "../core/image";
import type { Json } from "../core/json";
import { sortedEntries } from "../core/maps";
import {
  check,
  checkAtPlan,
  checkInteger,
  checkLiteral,
  checkOneOf,
  isKnown,
  isToken,
} from "../core/validation";
import type { NetworkMode } from "../launcher/route";
import { type ContainerHealthCheck, checkContainerHealthCheck, healthCheckDefinition } from "./health-check";
import type { TaskProps } from "./props";
import { checkSecretArns } from "./secret-arn";
import { checkNamedOnce, checkNoSecrets } from "./secret-name";
import { checkUser, defaultUser } from "./user";

/** Every {@link DependencyCondition}. */
export const dependencyConditions = ["START", "COMPLETE", "SUCCESS", "HEALTHY"] as const;

/** The state of another container that a container waits for (Amazon ECS API Reference, ContainerDependency). */
export type DependencyCondition = (typeof dependencyConditions)[number];

/** A container beside the main one of a task. */
export interface Sidecar {
  /** Image of the container, with a tag or digest. */
  readonly image: string;
  /**
   * ARN of the ECR repository of the image.
   * @default - the repository that the image names; an image from another registry needs none
   */
  readonly repositoryArn?: string;
  /**
   * Whether the task ends when this container ends. Whether the task succeeded is decided by the main container alone.
   * @default false
   */
  readonly essential?: boolean;
  /**
   * Command that replaces the command of the image.
   * @default - that of the image
   */
  readonly command?: readonly string[];
  /**
   * Entry point that replaces the entry point of the image.
   * @default - that of the image
   */
  readonly entryPoint?: readonly string[];
  /**
   * Environment variables in plain text, with names that are none of a secret.
   * @default - none
   */
  readonly environment?: Readonly<Record<string, string>>;
  /**
   * Environment variables whose values ECS reads at launch: ARNs of secrets or parameters, by the variable's name.
   * @default - none
   */
  readonly secrets?: Readonly<Record<string, string>>;
  /**
   * TCP port that the container listens on, 1 to 65535.
   * @default - none
   */
  readonly port?: number;
  /**
   * CPU units that the container has of those of the task.
   * @default - it shares those of the task
   */
  readonly cpu?: number;
  /**
   * Memory in MiB that the container has at most: 6 or more. It is killed above that.
   * @default - it shares that of the task
   */
  readonly memory?: number;
  /**
   * User that the container runs as, by name or number; `:group` may follow. It must not be root.
   * @default "1000:1000"
   */
  readonly user?: string;
  /**
   * Whether the container runs as the user that its image sets, which is root unless the image sets another.
   * @default false
   */
  readonly runAsImageUser?: boolean;
  /**
   * Whether the root file system of the container is read-only.
   * @default true
   */
  readonly readonlyRootFilesystem?: boolean;
  /**
   * What the container waits for before it starts: the name of another container, and the condition.
   * @default - nothing
   */
  readonly dependsOn?: Readonly<Record<string, DependencyCondition>>;
  /**
   * A health check that ECS runs in the container.
   * @default - none
   */
  readonly healthCheck?: ContainerHealthCheck;
  /**
   * Makes the container the log router of FireLens (Amazon ECS API Reference, FirelensConfiguration).
   * @default - it is none
   */
  readonly firelens?: {
    /** Program of the log router. */
    readonly type: "fluentbit" | "fluentd";
    /** Options, such as `enable-ecs-log-metadata`. */
    readonly options?: Readonly<Record<string, string>>;
  };
}

/** Names of the containers whose end is the end of the task. */
export const essentialContainers = ({ name, sidecars }: TaskProps): string[] => [
  name,
  ...sortedEntries(sidecars).flatMap(([sidecar, { essential }]) => (essential ? [sidecar] : [])),
];

/** @throws ValidationError when ECS would refuse the sidecars or the log settings, or they would be unsafe. */
export function checkSidecars(scope: Construct, props: TaskProps): void {
  for (const [name, sidecar] of Object.entries(props.sidecars ?? {}))
    checkSidecar(scope, props, name, sidecar);
  checkShares(scope, props);
  checkDependencies(scope, props);
  checkLog(scope, props);
}

function checkSidecar(scope: Construct, props: TaskProps, name: string, sidecar: Sidecar): void {
  const prop = `sidecars.${name}`;
  check(
    scope,
    /^[A-Za-z0-9_-]{1,255}$/.test(name) && name !== props.name,
    `sidecars names "${name}"; a sidecar's name has 1 to 255 letters, digits, hyphens and underscores, and is not "${props.name}", the name of the main container.`,
  );
  checkImage(scope, `${prop}.image`, sidecar.image);
  const { environment = {}, secrets = {} } = sidecar;
  checkNoSecrets(scope, `${prop}.environment`, environment, props.plainEnvironmentNames);
  checkSecretArns(scope, `${prop}.secrets`, secrets);
  checkNamedOnce(scope, `${prop}: `, environment, secrets);
  checkUser(scope, `${prop}.`, sidecar);
  checkInteger(scope, `${prop}.port`, sidecar.port, [1, 65535], "a port is 1 to 65535.");
  checkInteger(
    scope,
    `${prop}.memory`,
    sidecar.memory,
    [6, Number.POSITIVE_INFINITY],
    "Docker takes whole numbers from 6, in MiB.",
  );
  checkInteger(
    scope,
    `${prop}.cpu`,
    sidecar.cpu,
    [0, Number.POSITIVE_INFINITY],
    "ECS takes whole numbers from 0.",
  );
  checkContainerHealthCheck(scope, `${prop}.healthCheck`, sidecar.healthCheck);
  checkOneOf(scope, `${prop}.firelens.type`, sidecar.firelens?.type, ["fluentbit", "fluentd"]);
}

/** Ports, memory and CPU units, which the containers of a task share. */
function checkShares(scope: Construct, props: TaskProps): void {
  const { sidecars = {}, port, memory = 512, cpu = 256, networkMode } = props;
  const containers = Object.values(sidecars);
  const ports = [port, ...containers.map((sidecar) => sidecar.port)].filter(isKnown);
  check(
    scope,
    // In bridge mode each container has a network of its own.
    networkMode === "bridge" || isToken(networkMode) || new Set(ports).size === ports.length,
    `port and sidecars have the ports ${ports.join(", ")}; each container of a task has its own.`,
  );
  const sum = (values: readonly (number | undefined)[]): number =>
    values.filter(isKnown).reduce<number>((total, value) => total + value!, 0);
  const [ofMemory, ofCpu] = [
    sum(containers.map((sidecar) => sidecar.memory)),
    sum(containers.map((sidecar) => sidecar.cpu)),
  ];
  check(
    scope,
    !isKnown(memory) || ofMemory <= memory,
    `sidecars have ${ofMemory} MiB in all with memory ${memory}; the containers share the memory of the task.`,
  );
  check(
    scope,
    !isKnown(cpu) || ofCpu <= cpu,
    `sidecars have ${ofCpu} CPU units in all with cpu ${cpu}; the containers share the CPU units of the task.`,
  );
}

function checkDependencies(scope: Construct, props: TaskProps): void {
  const { name: main, sidecars = {}, containerDependsOn = {}, containerHealthCheck } = props;
  const names = [main, ...Object.keys(sidecars).sort()];
  const essential = essentialContainers(props);
  const isChecked = (name: string): boolean =>
    (name === main ? containerHealthCheck : sidecars[name]?.healthCheck) !== undefined;
  const all = [
    { at: "containerDependsOn", container: main, on: containerDependsOn },
    ...Object.entries(sidecars).map(([container, { dependsOn = {} }]) => ({
      at: `sidecars.${container}.dependsOn`,
      container,
      on: dependsOn,
    })),
  ];
  for (const { at, container, on } of all) {
    checkLiteral(scope, at, on, "names containers of the task");
    for (const [other, condition] of Object.entries(on)) {
      const others = names.filter((name) => name !== container);
      check(
        scope,
        others.includes(other),
        `${at} names "${other}"; the other containers of the task are ${others.map((name) => `"${name}"`).join(", ")}.`,
      );
      checkOneOf(scope, `${at}.${other}`, condition, dependencyConditions);
      check(
        scope,
        condition !== "HEALTHY" || isChecked(other),
        `${at}.${other} is "HEALTHY", and that container has no health check; give it one.`,
      );
      check(
        scope,
        !["COMPLETE", "SUCCESS"].includes(condition) || !essential.includes(other),
        `${at}.${other} is "${condition}", and that container is essential: the task ends with it.`,
      );
    }
  }
}

const awslogsOptions = ["mode", "max-buffer-size", "awslogs-datetime-format", "awslogs-multiline-pattern"];

function checkLog(scope: Construct, props: TaskProps): void {
  const { logDriver = "awslogs", logOptions = {}, sidecars = {} } = props;
  checkLiteral(scope, "logDriver", logDriver, "decides the options of the log");
  checkOneOf(scope, "logDriver", logDriver, ["awslogs", "awsfirelens"]);
  checkSecretArns(scope, "logSecrets", props.logSecrets ?? {});
  const routers = sortedEntries(sidecars).flatMap(([name, { firelens }]) => (firelens ? [name] : []));
  check(
    scope,
    routers.length <= 1,
    `sidecars ${routers.join(", ")} have firelens; a task has one log router.`,
  );
  check(
    scope,
    logDriver !== "awsfirelens" || routers.length > 0,
    'logDriver is "awsfirelens", and no sidecar has firelens; give one, the log router.',
  );
  if (logDriver !== "awslogs") return;
  const takes = `with logDriver "awslogs"; it takes ${awslogsOptions.map((option) => `"${option}"`).join(", ")}.`;
  if (isToken(logOptions)) {
    checkAtPlan(
      scope,
      [logOptions],
      expression`length(setsubtract(keys(${logOptions}), ${awslogsOptions})) == 0`,
      `logOptions names another option ${takes}`,
    );
    return;
  }
  for (const name of Object.keys(logOptions))
    check(scope, awslogsOptions.includes(name), `logOptions names "${name}" ${takes}`);
  checkOneOf(scope, "logOptions.mode", logOptions.mode, ["blocking", "non-blocking"]);
}

/** What a container waits for, as a container definition takes it. */
export const dependencies = (dependsOn: Readonly<Record<string, DependencyCondition>> | undefined): Json =>
  unlessEmpty(sortedEntries(dependsOn).map(([containerName, condition]) => ({ containerName, condition })));

/** A port mapping. In bridge mode many copies run on one instance: Docker gives each a free host port. */
export const portMapping = (port: number, networkMode: NetworkMode | undefined): Json => ({
  containerPort: port,
  hostPort: isToken(networkMode)
    ? expression`${networkMode} == "bridge" ? 0 : ${port}`
    : networkMode === "bridge"
      ? 0
      : port,
  protocol: "tcp",
});

export const unlessEmpty = (list: readonly Json[] | undefined): readonly Json[] | undefined =>
  list?.length ? list : undefined;

/** The members that are neither null nor empty, of which tokens hide some. */
export const notEmpty = (members: { readonly [name: string]: Json }): IResolvable =>
  expression`{ for name, value in ${members} : name => value if try(length(value) > 0, value != null) }`;

export type Variables = Readonly<Record<string, string>>;

/** Environment variables as ECS takes them, sorted by name. */
export const nameAndValue = (variables: Variables | IResolvable, member: "value" | "valueFrom"): Json =>
  isToken(variables)
    ? expression`[for name, value in ${variables} : { name = name, (${member}) = value }]`
    : unlessEmpty(sortedEntries(variables as Variables).map(([name, value]) => ({ name, [member]: value })));

/** Options of the log driver `awslogs`. */
export interface Log extends Variables {
  readonly "awslogs-group": string;
  readonly "awslogs-region": string;
  readonly "awslogs-stream-prefix": string;
}

/** The container definition of a sidecar. */
export const sidecarDefinition = (
  name: string,
  sidecar: Sidecar,
  networkMode: NetworkMode | undefined,
  log: Log,
): Json => {
  const { command, entryPoint, environment, secrets } = sidecar;
  const definition = definitionOf(name, sidecar, networkMode, log);
  return [command, entryPoint, environment, secrets].some(isToken) ? notEmpty(definition) : definition;
};

const definitionOf = (
  name: string,
  sidecar: Sidecar,
  networkMode: NetworkMode | undefined,
  log: Log,
): { readonly [member: string]: Json } => ({
  name,
  image: sidecar.image,
  essential: sidecar.essential ?? false,
  command: unlessEmpty(sidecar.command),
  entryPoint: unlessEmpty(sidecar.entryPoint),
  environment: nameAndValue(sidecar.environment ?? {}, "value"),
  secrets: nameAndValue(sidecar.secrets ?? {}, "valueFrom"),
  user: sidecar.runAsImageUser ? undefined : (sidecar.user ?? defaultUser),
  readonlyRootFilesystem: sidecar.readonlyRootFilesystem ?? true,
  portMappings: sidecar.port === undefined ? undefined : [portMapping(sidecar.port, networkMode)],
  cpu: sidecar.cpu,
  memory: sidecar.memory,
  dependsOn: dependencies(sidecar.dependsOn),
  healthCheck: healthCheckDefinition(sidecar.healthCheck),
  firelensConfiguration: sidecar.firelens && firelensConfiguration(sidecar.firelens),
  logConfiguration: { logDriver: "awslogs", options: log },
});

const firelensConfiguration = ({ type, options = {} }: NonNullable<Sidecar["firelens"]>): Json =>
  isToken(options)
    ? notEmpty({ type, options })
    : { type, options: Object.keys(options).length > 0 ? options : undefined };
