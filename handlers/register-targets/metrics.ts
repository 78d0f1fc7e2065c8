import type { Metric } from "../shared/metrics";

/**
 * The metrics of the function `register-targets`, in the namespace of all functions, with the dimensions Function and
 * Service; those with a reason also with Function, Service and Reason.
 */
export const metricNames = {
  /** Targets that were added to the service's group. Count. */
  registered: "TargetsRegistered",
  /** Targets that were taken out of the service's group. Count. */
  deregistered: "TargetsDeregistered",
  /** Tasks that were stopped: because an event asked for it, or because they cannot be registered. Count. */
  stopped: "TasksStopped",
  /**
   * Running tasks that a sweep found unregistered, and again ten seconds later, 0 included. Count. More than 0 means that
   * events are lost, or come late.
   */
  missing: "MissingTargets",
  /** Targets without a task that a sweep found, and again ten seconds later, 0 included. Count. */
  stale: "StaleTargets",
  /** Tasks that the target group does not take, by reason (name of the load balancer's error). Count. */
  refused: "RegistrationFailures",
  /** Inputs that failed or were sent to the DLQ, by reason. Count. Service is `unknown` or `all` where it is no single one. */
  failures: "Failures",
  /** From the time of the event that says RUNNING to the task's registration. Milliseconds. */
  lag: "RegistrationLag",
} as const;

export const count = (
  metric: Exclude<keyof typeof metricNames, "lag">,
  service: string,
  value = 1,
  reason?: string,
): Metric => ({ name: metricNames[metric], value, unit: "Count", service, reason });

export const lag = (service: string, ms: number): Metric => ({
  name: metricNames.lag,
  value: ms,
  unit: "Milliseconds",
  service,
});
