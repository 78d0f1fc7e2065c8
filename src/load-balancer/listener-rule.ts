import type { Construct } from "constructs";
import { expression } from "../core/expression";
import {
  check,
  checkAtPlan,
  checkLiteral,
  checkMatches,
  checkOneOf,
  checkRange,
  isKnown,
  isToken,
} from "../core/validation";
import { type NetworkMode, networkModes, type TargetType, targetTypes } from "../launcher/route";

/** How a load balancer checks whether a target is healthy. */
export interface HealthCheck {
  /**
   * Path of the health check requests: 1 to 1024 characters, starting with `/`.
   * @default "/"
   */
  readonly path?: string;
  /**
   * HTTP status codes of a healthy target, from 200 to 499: for instance `200`, `200,204` or `200-399`.
   * @default "200-399"
   */
  readonly matcher?: string;
  /**
   * Time from one health check to the next, in seconds: 5 to 300.
   * @default 30
   */
  readonly intervalSeconds?: number;
  /**
   * Time in which the target must answer, in seconds: 2 to 120, and less than `intervalSeconds`.
   * @default 5
   */
  readonly timeoutSeconds?: number;
  /**
   * Consecutive successful checks that make a target healthy: 2 to 10.
   * @default 2
   */
  readonly healthyThreshold?: number;
  /**
   * Consecutive failed checks that make a target unhealthy: 2 to 10.
   * @default 2
   */
  readonly unhealthyThreshold?: number;
}

/** Settings of a listener rule and its target group. Ranges are those of the Elastic Load Balancing API reference. */
export interface ListenerRuleOptions {
  /**
   * How the load balancer checks whether a target is healthy.
   * @default - the path `/` answers with 200 to 399, twice within a minute
   */
  readonly healthCheck?: HealthCheck;
  /**
   * How long a client stays with the same task, in seconds: 1 to 604800 (7 days).
   * @default - each request goes to any task
   */
  readonly stickinessSeconds?: number;
  /**
   * How long requests in flight may take after a task is deregistered, in seconds: 0 to 3600.
   * @default 30
   */
  readonly deregistrationDelaySeconds?: number;
  /**
   * Priority of the listener rule: 1 to 50000, lowest first.
   * @default - computed from the path, so that the more literal path comes first
   */
  readonly priority?: number;
}

/** @deprecated Use {@link ListenerRuleOptions}. */
export type TargetOptions = ListenerRuleOptions;

/** A listener rule: a path that leads to the target group of a service. */
export interface ListenerRule extends ListenerRuleOptions {
  /**
   * Path of requests: 1 to 128 characters, starting with `/`, in which `*` matches any characters and `?` any single one.
   * At most five wildcards (quota of Elastic Load Balancing).
   */
  readonly path: string;
  /** TCP port of the task: 1 to 65535. */
  readonly port: number;
  /** ID of the task's security group. */
  readonly securityGroupId: string;
  /**
   * Network mode of the task.
   * @default "awsvpc"
   */
  readonly networkMode?: NetworkMode;
  /**
   * Type of the targets: `ip` for tasks with `networkMode` awsvpc, `instance` for bridge or host.
   * @default "ip"
   */
  readonly targetType?: TargetType;
}

/** @deprecated Use {@link ListenerRule}. */
export type TargetRoute = ListenerRule;

const source = "Elastic Load Balancing";

/** @throws ValidationError when Elastic Load Balancing would refuse the rule or its target group. */
export function checkListenerRule(scope: Construct, service: string, route: ListenerRule): void {
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
    `${prop}.path is a token that only Terraform resolves; the priority of the rule is computed from the path, so give a literal value.`,
  );
  check(
    scope,
    /^\/[A-Za-z0-9_.$/~"'@:+&*?-]{0,127}$/.test(route.path) && route.path.split(/[*?]/).length <= 6,
    `${prop}.path is "${route.path}"; a path starts with / and has 1 to 128 letters, digits and _ - . $ / ~ " ' @ : + &, and * or ? up to five times.`,
  );
  check(
    scope,
    route.port !== undefined,
    `${prop}.port is absent because its task exposes none; a target has a port from 1 to 65535, so give the task a port.`,
  );
  checkRange(scope, `${prop}.port`, route.port, 1, 65535, "TCP");
  checkLiteral(scope, `${prop}.networkMode`, networkMode, "decides which ports are allowed");
  checkLiteral(scope, `${prop}.targetType`, targetType, "decides which permissions exist");
  checkLiteral(scope, `${prop}.priority`, route.priority, "decides the priorities of the other rules");
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
    // Terraform's expressions repeat at most 1000 times.
    /^\/\S{0,1000}\S{0,23}$/,
    "a path starts with /, has no spaces and at most 1024 characters.",
  );
  checkMatches(
    scope,
    `${prop}.matcher`,
    healthCheck.matcher,
    /^[2-4][0-9]{2}(-[2-4][0-9]{2})?(,[2-4][0-9]{2}(-[2-4][0-9]{2})?)*$/,
    'it takes status codes from 200 to 499 and ranges of them, such as "200,301" or "200-399".',
  );
  checkRangesOfCodes(scope, `${prop}.matcher`, healthCheck.matcher);
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

/** @throws ValidationError when a range ends before it begins. */
function checkRangesOfCodes(scope: Construct, prop: string, matcher: string | undefined): void {
  const message = `${prop} is "${matcher}"; a range of status codes begins with the lower one, such as "200-399".`;
  if (isToken(matcher))
    checkAtPlan(
      scope,
      [matcher],
      expression`alltrue([for range in regexall("([0-9]+)-([0-9]+)", ${matcher}) : tonumber(range[0]) <= tonumber(range[1])])`,
      message,
    );
  else
    check(
      scope,
      [...(matcher ?? "").matchAll(/([0-9]+)-([0-9]+)/g)].every(([, from, to]) => Number(from) <= Number(to)),
      message,
    );
}
