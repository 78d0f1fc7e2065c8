import type { Construct } from "constructs";
import { type Overridable, overridable } from "../../handlers/launch/overridable";
import { expression } from "../core/expression";
import { type Json, json } from "../core/json";
import { check, checkAtPlan, checkLiteral, checkNotEmpty, checkOneOf, isToken } from "../core/validation";
import { type Capacity, checkCapacity } from "./capacity";
import {
  checkInterruptionRetries,
  checkOnFailure,
  defaultInterruptionRetries,
  type FailureAction,
  type OnFailure,
  withDefaults,
} from "./on-failure";

export { type Capacity, type FailureAction, type OnFailure, type Overridable, overridable };

/** How the task of a service is launched: the `route` of a {@link Task}. */
export interface LaunchRoute {
  /** ARN of the cluster that the task runs on. */
  readonly clusterArn: string;
  /** Family of the task definition; each launch uses its newest revision. */
  readonly family: string;
  /** ARN of the task definition without its revision; the permission to run it covers every revision. */
  readonly taskDefinitionArnWithoutRevision: string;
  /** Container that gets the payload and the overrides. */
  readonly containerName: string;
  /** IDs of the subnets that the task may start in: 1 to 16 (Amazon ECS API Reference, AwsVpcConfiguration). */
  readonly subnetIds: readonly string[];
  /** IDs of the security groups of the task: at most 5 (Amazon ECS API Reference, AwsVpcConfiguration). */
  readonly securityGroupIds: readonly string[];
  /**
   * Whether the task gets a public IP address; in a public subnet it needs one to reach the internet.
   * @default false
   */
  readonly assignPublicIp?: boolean;
  /**
   * TCP port that the container listens on, 1 to 65535.
   * @default - none
   */
  readonly port?: number;
  /**
   * Names of the settings that an event may override.
   * @default - none
   */
  readonly allowOverrides?: readonly Overridable[];
  /** ARN of the task role. */
  readonly taskRoleArn: string;
  /** Name of the task role. */
  readonly taskRoleName: string;
  /** ARN of the execution role. */
  readonly executionRoleArn: string;
  /**
   * Whether the task role existed before the task. A launcher attaches no policy to it.
   * @default false
   */
  readonly existingTaskRole?: boolean;
  /**
   * Network mode of the task.
   * @default "awsvpc"
   */
  readonly networkMode?: NetworkMode;
  /**
   * What the task runs on: Fargate, Fargate Spot, EC2, a capacity provider of the cluster, by name, or the default of the
   * cluster.
   * @default "FARGATE"
   */
  readonly capacity?: Capacity;
  /**
   * ARN of the target group that running tasks are registered in; given together with `targetType`.
   * @default - the task has no target group
   */
  readonly targetGroupArn?: string;
  /**
   * Type of the targets: `ip`, the addresses of tasks, or `instance`, the container instances of tasks.
   * @default - the task has no target group
   */
  readonly targetType?: TargetType;
  /**
   * How long the load balancer lets requests in flight end after a task is deregistered, in seconds: 0 to 3600.
   * @default - the task has no target group
   */
  readonly deregistrationDelaySeconds?: number;
  /**
   * What happens when the task fails.
   * @default - only an alarm
   */
  readonly onFailure?: OnFailure;
  /**
   * How many times a running task that is interrupted is launched again, 0 to 10. Then its event goes to the dead-letter
   * queue (DLQ).
   * @default 3
   */
  readonly interruptionRetries?: number;
  /**
   * Whether ECS Exec can open a shell in the container.
   * @default false
   */
  readonly enableExecuteCommand?: boolean;
  /**
   * Names of the containers whose failure is a failure of the task: one or more.
   * @default - `containerName`
   */
  readonly essentialContainers?: readonly string[];
  /**
   * EBS volume that ECS creates for each task. The task definition has a volume of its name that is configured at launch.
   * @default - none
   */
  readonly ebsVolume?: LaunchVolume;
}

/** An EBS volume that ECS creates for a task (Amazon ECS API Reference, TaskManagedEBSVolumeConfiguration). */
export interface LaunchVolume {
  /** Name of the volume in the task definition. */
  readonly name: string;
  /** ARN of the infrastructure role: the role with which ECS manages the volume. */
  readonly infrastructureRoleArn: string;
  /**
   * Size in GiB.
   * @default - the size of the snapshot
   */
  readonly sizeGib?: number;
  /**
   * Type of the volume.
   * @default "gp3"
   */
  readonly volumeType?: string;
  /**
   * Operations per second.
   * @default - as EBS sets it for the type
   */
  readonly iops?: number;
  /**
   * Throughput in MiB/s.
   * @default - as EBS sets it for the type
   */
  readonly throughputMibps?: number;
  /**
   * Whether the volume is encrypted.
   * @default true
   */
  readonly encrypted?: boolean;
  /**
   * ARN of the KMS key that encrypts the volume.
   * @default - AWS's key for EBS, or the account's default key
   */
  readonly kmsKeyArn?: string;
  /**
   * ID of the snapshot that the volume is created from.
   * @default - the volume is empty
   */
  readonly snapshotId?: string;
  /**
   * Type of the file system.
   * @default "xfs"
   */
  readonly fileSystemType?: string;
}

/** Every {@link NetworkMode}. */
export const networkModes = ["awsvpc", "bridge", "host"] as const;

/** Network mode of a task, as ECS names it. */
export type NetworkMode = (typeof networkModes)[number];

/** Every {@link TargetType}. */
export const targetTypes = ["ip", "instance"] as const;

/** Type of the targets in a target group. */
export type TargetType = (typeof targetTypes)[number];

/**
 * Event pattern for the `group` of launched tasks: `route-<service>`, and `route:<service>` for running tasks that an
 * earlier version launched.
 */
export const launchedTaskGroups = [{ prefix: "route-" }, { prefix: "route:" }];

/** Whether the task has a network interface of its own, rather than that of its container instance. */
export const hasOwnNetworkInterface = ({ networkMode = "awsvpc" }: LaunchRoute): boolean =>
  networkMode === "awsvpc";

/** @throws ValidationError when there are too many launch routes, or one has a value that ECS would refuse. */
export function checkRoutes(scope: Construct, routes: Readonly<Record<string, LaunchRoute>>): void {
  const services = Object.keys(routes);
  check(
    scope,
    services.length >= 1 && services.length <= 50,
    `routes has ${services.length} services; a launcher takes 1 to 50. For more services make a second launcher.`,
  );
  for (const [service, route] of Object.entries(routes)) {
    check(
      scope,
      /^[A-Za-z0-9_-]{1,64}$/.test(service),
      `routes names "${service}"; a service's name has 1 to 64 letters, digits, hyphens and underscores.`,
    );
    checkNetworkInterface(scope, `routes.${service}`, route);
    checkOverridable(scope, `routes.${service}.allowOverrides`, route.allowOverrides);
    checkPortOverride(scope, `routes.${service}.allowOverrides`, route);
    checkOneOf(scope, `routes.${service}.networkMode`, route.networkMode, networkModes);
    checkCapacity(scope, `routes.${service}.capacity`, route.capacity);
    checkLiteral(scope, `routes.${service}.targetType`, route.targetType, "decides which permissions exist");
    checkOneOf(scope, `routes.${service}.targetType`, route.targetType, targetTypes);
    checkOnFailure(scope, `routes.${service}.onFailure`, route.onFailure);
    checkInterruptionRetries(scope, `routes.${service}.interruptionRetries`, route.interruptionRetries);
    checkNotEmpty(
      scope,
      `routes.${service}.essentialContainers`,
      route.essentialContainers,
      "a task has at least one essential container.",
    );
  }
}

/** @throws ValidationError unless RunTask takes the number of subnets and security groups of `route`. */
export function checkNetworkInterface(
  scope: Construct,
  prop: string,
  route: Pick<LaunchRoute, "networkMode" | "subnetIds" | "securityGroupIds">,
): void {
  const { networkMode = "awsvpc", subnetIds, securityGroupIds } = route;
  if (!isToken(networkMode) && networkMode !== "awsvpc") return;
  const takes = "RunTask takes 1 to 16 subnets and at most 5 security groups.";
  if (![networkMode, subnetIds, securityGroupIds].some(isToken)) {
    check(
      scope,
      subnetIds.length >= 1 && subnetIds.length <= 16 && securityGroupIds.length <= 5,
      `${prop} has ${subnetIds.length} subnets and ${securityGroupIds.length} security groups; ${takes}`,
    );
    return;
  }
  checkAtPlan(
    scope,
    [networkMode, subnetIds, securityGroupIds],
    expression`${networkMode} != "awsvpc" || length(${subnetIds}) >= 1 && length(${subnetIds}) <= 16 && length(${securityGroupIds}) <= 5`,
    `${prop} has too many or too few subnets or security groups; ${takes}`,
  );
}

/** Whether a failed task of one of these launch routes is launched again: retries wait in a queue. */
export const anyRetries = (routes: readonly LaunchRoute[]): boolean =>
  routes.some(({ onFailure }) => withDefaults(onFailure).action === "retry");

/** Subnets and security groups of a launch: none when the task has no network interface of its own. */
export const networkOf = (route: LaunchRoute): { readonly subnets: Json; readonly securityGroups: Json } => ({
  subnets: onlyAwsvpc(route, route.subnetIds),
  securityGroups: onlyAwsvpc(route, route.securityGroupIds),
});

/** The settings of a launch beside cluster, family and network, as the function `run-policy` reads them. */
export const launchSettings = (route: LaunchRoute): string => {
  const {
    cluster,
    family,
    subnets,
    securityGroups,
    port,
    allowOverrides,
    targetGroup,
    targetType,
    ...settings
  } = functionRoute(route);
  return json(withoutNulls(route, settings));
};

/** Only what a launch needs, under the names that the function `start-task` reads. What is absent has its default. */
export const functionRoutes = (routes: Readonly<Record<string, LaunchRoute>>): string =>
  json(
    Object.fromEntries(
      Object.entries(routes).map(([service, route]) => [service, withoutNulls(route, functionRoute(route))]),
    ),
  );

const functionRoute = (route: LaunchRoute) => ({
  cluster: route.clusterArn,
  family: route.family,
  container: route.containerName,
  ...networkOf(route),
  assignPublicIp: route.assignPublicIp ? true : undefined,
  port: route.port,
  allowOverrides: unlessEmpty(route.allowOverrides),
  networkMode: unless("awsvpc", route.networkMode),
  capacity: unless("FARGATE", route.capacity),
  targetGroup: route.targetGroupArn,
  targetType: route.targetType,
  onFailure: unlessDefaultAction(withDefaults(route.onFailure)),
  interruptionRetries: unless(defaultInterruptionRetries, route.interruptionRetries),
  enableExecuteCommand: route.enableExecuteCommand ? true : undefined,
  essential: unlessDefaultContainers(route.containerName, route.essentialContainers),
  ebsVolume: route.ebsVolume && functionVolume(route.ebsVolume),
});

/** The volume under the names of RunTask. */
function functionVolume(volume: LaunchVolume): Json {
  const settings = {
    name: volume.name,
    roleArn: volume.infrastructureRoleArn,
    sizeInGiB: volume.sizeGib,
    volumeType: volume.volumeType ?? "gp3",
    iops: volume.iops,
    throughput: volume.throughputMibps,
    encrypted: volume.encrypted ?? true,
    kmsKeyId: volume.kmsKeyArn,
    snapshotId: volume.snapshotId,
    filesystemType: volume.fileSystemType ?? "xfs",
  };
  const { sizeInGiB, iops, throughput, kmsKeyId, snapshotId } = settings;
  return [sizeInGiB, iops, throughput, kmsKeyId, snapshotId].some(isToken)
    ? expression`{ for name, value in ${settings} : name => value if value != null }`
    : settings;
}

/** Terraform leaves out what tokens hide. */
const withoutNulls = (route: LaunchRoute, members: { readonly [name: string]: Json }): Json => {
  const { port, allowOverrides, networkMode, capacity, interruptionRetries, essentialContainers } = route;
  return [port, allowOverrides, networkMode, capacity, interruptionRetries, essentialContainers].some(isToken)
    ? expression`{ for name, value in ${members} : name => value if value != null }`
    : members;
};

const onlyAwsvpc = (route: LaunchRoute, ids: readonly string[]): Json =>
  isToken(route.networkMode)
    ? expression`${route.networkMode} == "awsvpc" ? ${ids} : []`
    : hasOwnNetworkInterface(route)
      ? ids
      : [];

/** Null or undefined when `value` is the default. */
const unless = <T extends string | number>(byDefault: T, value: T | undefined): Json =>
  isToken(value)
    ? expression`${value} == ${byDefault} ? null : ${value}`
    : value === byDefault
      ? undefined
      : value;

const unlessEmpty = (list: readonly string[] | undefined): Json =>
  isToken(list) ? expression`length(${list}) > 0 ? ${list} : null` : list?.length ? list : undefined;

const unlessDefaultAction = ({ action, maxAttempts, backoffSeconds }: Required<OnFailure>) =>
  action === "alarm" ? undefined : { action, maxAttempts, backoffSeconds };

const unlessDefaultContainers = (container: string, containers: readonly string[] | undefined): Json =>
  isToken(containers)
    ? expression`${containers} == tolist([${container}]) ? null : ${containers}`
    : containers?.length === 1 && containers[0] === container
      ? undefined
      : containers;

/** @throws ValidationError when events may give a task a port that its load balancer does not reach. */
function checkPortOverride(
  scope: Construct,
  prop: string,
  { targetType, allowOverrides }: LaunchRoute,
): void {
  if (targetType === undefined) return;
  const message = `${prop} names "port", but a load balancer reaches the service, and on its own port only. Remove "port".`;
  if (isToken(allowOverrides))
    checkAtPlan(scope, [allowOverrides], expression`!contains(${allowOverrides}, "port")`, message);
  else check(scope, !allowOverrides?.includes("port"), message);
}

/** @throws ValidationError when `names` has a setting that no event may override. */
export function checkOverridable(scope: Construct, prop: string, names: readonly string[] | undefined): void {
  const allowed = `an event may override ${overridable.map((name) => `"${name}"`).join(", ")}.`;
  if (isToken(names)) {
    checkAtPlan(
      scope,
      [names],
      expression`length(setsubtract(${names}, ${overridable})) == 0`,
      `${prop} names a setting that no event may override; ${allowed}`,
    );
    return;
  }
  for (const name of names ?? []) {
    check(
      scope,
      isToken(name) || (overridable as readonly string[]).includes(name),
      `${prop} names "${name}"; ${allowed}`,
    );
  }
}
