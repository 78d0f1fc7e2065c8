import type { Construct } from "constructs";
import { type Overridable, overridable } from "../../handlers/start-task/overridable";
import { check, checkOneOf } from "../core/validation";

export { type Overridable, overridable };

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
}

export const networkModes = ["awsvpc", "bridge", "host"] as const;
export type NetworkMode = (typeof networkModes)[number];

export const capacities = ["FARGATE", "FARGATE_SPOT", "EC2"] as const;
export type Capacity = (typeof capacities)[number];

export const targetTypes = ["ip", "instance"] as const;
export type TargetType = (typeof targetTypes)[number];

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
  }
}

export function checkOverridable(scope: Construct, prop: string, names: readonly string[] | undefined): void {
  for (const name of names ?? []) {
    check(
      scope,
      (overridable as readonly string[]).includes(name),
      `${prop} names "${name}"; an event may override ${overridable.map((allowed) => `"${allowed}"`).join(", ")}.`,
    );
  }
}
