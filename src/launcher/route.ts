import type { Construct } from "constructs";
import { type Overridable, overridable } from "../../handlers/start-task/overridable";
import { json } from "../core/json";
import { check, checkOneOf } from "../core/validation";
import {
  checkInterruptionRetries,
  checkOnFailure,
  defaultInterruptionRetries,
  type FailureAction,
  type OnFailure,
  withDefaults,
} from "./on-failure";

export { type FailureAction, type OnFailure, type Overridable, overridable };

/** What a service's name starts: the `route` of a {@link Task}. */
export interface LaunchRoute {
  /** ARN of the cluster that the task runs on. */
  readonly clusterArn: string;
  /** Family of the task definition; each launch takes its newest revision. */
  readonly family: string;
  /** ARN of the task definition without its revision, to which the right to run it is bound. */
  readonly taskDefinitionArnWithoutRevision: string;
  /** Container that gets the payload and the overrides. */
  readonly containerName: string;
  /** Subnets that the task may start in: 1 to 16. */
  readonly subnetIds: readonly string[];
  /** Security groups of the task: at most 5. */
  readonly securityGroupIds: readonly string[];
  /**
   * Whether the task gets a public IP address; it needs one in a public subnet to reach anything outside.
   * @default false
   */
  readonly assignPublicIp?: boolean;
  /** Port that the container listens on. */
  readonly port?: number;
  /**
   * What an event may override.
   * @default - nothing
   */
  readonly allowOverrides?: readonly Overridable[];
  readonly taskRoleArn: string;
  readonly taskRoleName: string;
  readonly executionRoleArn: string;
  /**
   * Network of the task.
   * @default "awsvpc"
   */
  readonly networkMode?: NetworkMode;
  /**
   * What the task runs on.
   * @default "FARGATE"
   */
  readonly capacity?: Capacity;
  /** Target group that a running task belongs to; given together with `targetType`. */
  readonly targetGroupArn?: string;
  /**
   * What the target group holds: addresses of tasks or container instances.
   * @default - the task has no target group
   */
  readonly targetType?: TargetType;
  /** How long the load balancer lets requests in flight end once a task is taken out of its target group, in seconds. */
  readonly deregistrationDelaySeconds?: number;
  /**
   * What happens when the task fails.
   * @default - an alarm
   */
  readonly onFailure?: OnFailure;
  /**
   * How often an interrupted task that was running is launched again, 0 to 10; then its event goes to the dead-letter
   * queue.
   * @default 3
   */
  readonly interruptionRetries?: number;
  /**
   * Containers whose failure is the task's.
   * @default - `containerName`
   */
  readonly essentialContainers?: readonly string[];
}

export const networkModes = ["awsvpc", "bridge", "host"] as const;
export type NetworkMode = (typeof networkModes)[number];

export const capacities = ["FARGATE", "FARGATE_SPOT", "EC2"] as const;
export type Capacity = (typeof capacities)[number];

export const targetTypes = ["ip", "instance"] as const;
export type TargetType = (typeof targetTypes)[number];

/**
 * The groups that tasks of routes are in, as an event pattern has them: `route-<service>`, and `route:<service>` of tasks
 * that an earlier version launched, until they have ended.
 */
export const launchedGroups = [{ prefix: "route-" }, { prefix: "route:" }];

/** Whether the task has a network of its own, rather than its container instance's. */
export const ownNetwork = ({ networkMode = "awsvpc" }: LaunchRoute): boolean => networkMode === "awsvpc";

export function checkRoutes(scope: Construct, routes: Readonly<Record<string, LaunchRoute>>): void {
  const services = Object.keys(routes);
  check(
    scope,
    services.length >= 1 && services.length <= 50,
    `routes has ${services.length} services; a launcher takes 1 to 50. Give more services a launcher of their own.`,
  );
  for (const [service, route] of Object.entries(routes)) {
    check(
      scope,
      /^[A-Za-z0-9_-]{1,64}$/.test(service),
      `routes names "${service}"; a service's name has 1 to 64 letters, digits, hyphens and underscores.`,
    );
    check(
      scope,
      !ownNetwork(route) ||
        (route.subnetIds.length >= 1 && route.subnetIds.length <= 16 && route.securityGroupIds.length <= 5),
      `routes.${service} has ${route.subnetIds.length} subnets and ${route.securityGroupIds.length} security groups; RunTask takes 1 to 16 subnets and at most 5 security groups.`,
    );
    checkOverridable(scope, `routes.${service}.allowOverrides`, route.allowOverrides);
    checkOneOf(scope, `routes.${service}.networkMode`, route.networkMode, networkModes);
    checkOneOf(scope, `routes.${service}.capacity`, route.capacity, capacities);
    checkOneOf(scope, `routes.${service}.targetType`, route.targetType, targetTypes);
    checkOnFailure(scope, `routes.${service}.onFailure`, route.onFailure);
    checkInterruptionRetries(scope, `routes.${service}.interruptionRetries`, route.interruptionRetries);
    check(
      scope,
      route.essentialContainers === undefined || route.essentialContainers.length > 0,
      `routes.${service}.essentialContainers is empty; a task has at least one essential container.`,
    );
  }
}

/** Whether a failed task of one of these routes is launched again, which takes a queue to wait in. */
export const anyRetries = (routes: readonly LaunchRoute[]): boolean =>
  routes.some(({ onFailure }) => withDefaults(onFailure).action === "retry");

/** Only what a launch needs, under the names that the start-task function reads; absent means the default. */
export const functionRoutes = (routes: Readonly<Record<string, LaunchRoute>>): string =>
  json(
    Object.fromEntries(
      Object.entries(routes).map(([service, route]) => [
        service,
        {
          cluster: route.clusterArn,
          family: route.family,
          container: route.containerName,
          subnets: ownNetwork(route) ? route.subnetIds : [],
          securityGroups: ownNetwork(route) ? route.securityGroupIds : [],
          assignPublicIp: route.assignPublicIp ? true : undefined,
          port: route.port,
          allowOverrides: route.allowOverrides?.length ? route.allowOverrides : undefined,
          networkMode: route.networkMode === "awsvpc" ? undefined : route.networkMode,
          capacity: route.capacity === "FARGATE" ? undefined : route.capacity,
          targetGroup: route.targetGroupArn,
          targetType: route.targetType,
          onFailure: unlessAlarm(withDefaults(route.onFailure)),
          interruptionRetries:
            route.interruptionRetries === defaultInterruptionRetries ? undefined : route.interruptionRetries,
          essential: unlessOnly(route.containerName, route.essentialContainers),
        },
      ]),
    ),
  );

const unlessAlarm = ({ action, maxAttempts, backoffSeconds }: Required<OnFailure>) =>
  action === "alarm" ? undefined : { action, maxAttempts, backoffSeconds };

const unlessOnly = (container: string, containers: readonly string[] | undefined) =>
  containers?.length === 1 && containers[0] === container ? undefined : containers;

export function checkOverridable(scope: Construct, prop: string, names: readonly string[] | undefined): void {
  for (const name of names ?? []) {
    check(
      scope,
      (overridable as readonly string[]).includes(name),
      `${prop} names "${name}"; an event may override ${overridable.map((allowed) => `"${allowed}"`).join(", ")}.`,
    );
  }
}
