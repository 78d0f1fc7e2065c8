import type { Construct } from "constructs";
import { check, checkMatches, checkOneOf, checkRange, isKnown } from "../core/validation";
import { type NetworkMode, networkModes, type TargetType, targetTypes } from "../launcher/route";

/** How a load balancer tells whether a task can take requests. */
export interface HealthCheck {
  /** @default "/" */
  readonly path?: string;
  /**
   * Status codes of a healthy task, from 200 to 499: `200`, `200,204` or `200-399`.
   * @default "200-399"
   */
  readonly matcher?: string;
  /**
   * Seconds from one check to the next: 5 to 300.
   * @default 30
   */
  readonly intervalSeconds?: number;
  /**
   * Seconds in which the task must answer: 2 to 120, less than the interval.
   * @default 5
   */
  readonly timeoutSeconds?: number;
  /**
   * Checks in a row that make a task healthy: 2 to 10.
   * @default 2
   */
  readonly healthyThreshold?: number;
  /**
   * Failed checks in a row that make a task unhealthy: 2 to 10.
   * @default 2
   */
  readonly unhealthyThreshold?: number;
}

/** How a path leads to a service, apart from the service's task. */
export interface TargetOptions {
  /** @default - the path / answers 200 to 399, twice within a minute */
  readonly healthCheck?: HealthCheck;
  /**
   * How long a client stays with its task, in seconds: 1 to 604800.
   * @default - each request goes to any task
   */
  readonly stickinessSeconds?: number;
  /**
   * How long requests in flight may take once a task is taken out, in seconds: 0 to 3600.
   * @default 30
   */
  readonly deregistrationDelaySeconds?: number;
  /**
   * Place of the rule, 1 to 50000, the lowest first.
   * @default - computed from the path, the more literal path first
   */
  readonly priority?: number;
}

/** Which path leads to which service. */
export interface TargetRoute extends TargetOptions {
  /** A path of requests: 1 to 128 characters from `/` on, in which `*` stands for any characters and `?` for any one. */
  readonly path: string;
  /** Port of the task. */
  readonly port: number;
  /** Security group of the task. */
  readonly securityGroupId: string;
  /** @default "awsvpc" */
  readonly networkMode?: NetworkMode;
  /**
   * `ip` for a task with a network of its own, `instance` with `networkMode` bridge or host.
   * @default "ip"
   */
  readonly targetType?: TargetType;
}

const source = "Elastic Load Balancing";

export function checkTargetRoute(scope: Construct, service: string, route: TargetRoute): void {
  const prop = `routes.${service}`;
  const { networkMode = "awsvpc", targetType = "ip" } = route;
  check(
    scope,
    /^[A-Za-z0-9_-]{1,64}$/.test(service),
    `routes names "${service}"; a service's name has 1 to 64 letters, digits, hyphens and underscores.`,
  );
  check(
    scope,
    isKnown(route.path),
    `${prop}.path holds a value that only Terraform will know; the rule's priority follows from it.`,
  );
  check(
    scope,
    /^\/[A-Za-z0-9_.$/~"'@:+&*?-]{0,127}$/.test(route.path) && route.path.split(/[*?]/).length <= 6,
    `${prop}.path is "${route.path}"; a path starts with / and has 1 to 128 letters, digits and _ - . $ / ~ " ' @ : + &, and * or ? up to five times.`,
  );
  check(
    scope,
    route.port !== undefined,
    `${prop}.port is absent, for its task exposes none; a target has a port from 1 to 65535.`,
  );
  checkRange(scope, `${prop}.port`, route.port, 1, 65535, "TCP");
  checkOneOf(scope, `${prop}.networkMode`, networkMode, networkModes);
  checkOneOf(scope, `${prop}.targetType`, targetType, targetTypes);
  check(
    scope,
    (networkMode === "awsvpc") === (targetType === "ip"),
    `${prop}.targetType is "${targetType}" with networkMode "${networkMode}"; "awsvpc" takes targetType "ip", "bridge" and "host" take "instance".`,
  );
  checkHealthCheck(scope, `${prop}.healthCheck`, route.healthCheck ?? {});
  checkRange(scope, `${prop}.stickinessSeconds`, route.stickinessSeconds, 1, 604800, source);
  checkRange(scope, `${prop}.deregistrationDelaySeconds`, route.deregistrationDelaySeconds, 0, 3600, source);
  checkRange(scope, `${prop}.priority`, route.priority, 1, 50000, source);
}

function checkHealthCheck(scope: Construct, prop: string, healthCheck: HealthCheck): void {
  const { intervalSeconds = 30, timeoutSeconds = 5 } = healthCheck;
  checkMatches(
    scope,
    `${prop}.path`,
    healthCheck.path,
    /^\/.{0,1023}$/,
    "a path starts with / and has at most 1024 characters.",
  );
  checkMatches(
    scope,
    `${prop}.matcher`,
    healthCheck.matcher,
    /^[2-4][0-9]{2}([-,][2-4][0-9]{2})*$/,
    'it takes status codes from 200 to 499, such as "200-399".',
  );
  checkRange(scope, `${prop}.intervalSeconds`, intervalSeconds, 5, 300, source);
  checkRange(scope, `${prop}.timeoutSeconds`, timeoutSeconds, 2, 120, source);
  check(
    scope,
    !isKnown(timeoutSeconds) || !isKnown(intervalSeconds) || timeoutSeconds < intervalSeconds,
    `${prop}.timeoutSeconds is ${timeoutSeconds} with intervalSeconds ${intervalSeconds}; it must be less.`,
  );
  checkRange(scope, `${prop}.healthyThreshold`, healthCheck.healthyThreshold, 2, 10, source);
  checkRange(scope, `${prop}.unhealthyThreshold`, healthCheck.unhealthyThreshold, 2, 10, source);
}
