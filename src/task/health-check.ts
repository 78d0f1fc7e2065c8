import type { Construct } from "constructs";
import { expression } from "../core/expression";
import { json } from "../core/json";
import { check, checkAtPlan, checkInteger, isToken } from "../core/validation";

/** A health check that ECS runs in a container (Amazon ECS API Reference, HealthCheck). */
export interface ContainerHealthCheck {
  /** `CMD` with a program and its arguments, or `CMD-SHELL` with one text that a shell runs. Exit code 0 is healthy. */
  readonly command: readonly string[];
  /**
   * Time between two checks, in whole seconds: 5 to 300.
   * @default 30
   */
  readonly intervalSeconds?: number;
  /**
   * How long a check may take, in whole seconds: 2 to 60.
   * @default 5
   */
  readonly timeoutSeconds?: number;
  /**
   * Number of failed checks after which the container is unhealthy: 1 to 10.
   * @default 3
   */
  readonly retries?: number;
  /**
   * Time after the start in which failed checks do not count, in whole seconds: 0 to 300.
   * @default - none
   */
  readonly startPeriodSeconds?: number;
}

/** @throws ValidationError when ECS would refuse the health check. */
export function checkContainerHealthCheck(
  scope: Construct,
  prop: string,
  healthCheck: ContainerHealthCheck | undefined,
): void {
  if (healthCheck === undefined) return;
  const { command } = healthCheck;
  const [kind] = command;
  const takes = 'it takes "CMD" with a program and its arguments, or "CMD-SHELL" with one text.';
  if (isToken(command) || isToken(kind))
    checkAtPlan(
      scope,
      [command],
      expression`try(${command}[0] == "CMD" ? length(${command}) >= 2 : ${command}[0] == "CMD-SHELL" && length(${command}) == 2, false)`,
      `${prop}.command is another; ${takes}`,
    );
  else
    check(
      scope,
      (kind === "CMD" && command.length >= 2) || (kind === "CMD-SHELL" && command.length === 2),
      `${prop}.command is ${json(command)}; ${takes}`,
    );
  const ranges = {
    intervalSeconds: [5, 300],
    timeoutSeconds: [2, 60],
    retries: [1, 10],
    startPeriodSeconds: [0, 300],
  } as const;
  for (const [name, range] of Object.entries(ranges))
    checkInteger(
      scope,
      `${prop}.${name}`,
      healthCheck[name as keyof typeof ranges],
      range,
      `it takes a whole number from ${range[0]} to ${range[1]}.`,
    );
}

/** The health check as a container definition takes it. */
export const healthCheckDefinition = (healthCheck: ContainerHealthCheck | undefined) =>
  healthCheck && {
    command: healthCheck.command,
    interval: healthCheck.intervalSeconds ?? 30,
    timeout: healthCheck.timeoutSeconds ?? 5,
    retries: healthCheck.retries ?? 3,
    startPeriod: healthCheck.startPeriodSeconds,
  };
