import type { Metric } from "../shared/metrics";

/**
 * The metrics of the function `register-targets`, in the namespace of all functions, with the dimensions Function and
 * Service; those with a reason also with Function, Service and Reason.
 */
export const metricNames = {
  /** Registered targets. Count. */
  registered: "TargetsRegistered",
  /** Deregistered targets. Count. */
  deregistered: "TargetsDeregistered",
  /** Tasks stopped by a stop event, or because their target group refuses them. Count. */
  stopped: "TasksStopped",
  /**
   * Running tasks without a target that a sweep found, and found again ten seconds later. Count, also when it is 0. More
   * than 0 means that events are lost or late.
   */
  missing: "MissingTargets",
  /** Targets without a running task that a sweep found, and found again ten seconds later. Count, also when it is 0. */
  stale: "StaleTargets",
  /** Tasks that their target group refuses, by reason (error name of Elastic Load Balancing). Count. */
  refused: "RegistrationFailures",
  /** Inputs that failed or were sent to the DLQ, by reason. Count. Service is `unknown` or `all` when it is not one service. */
  failures: "Failures",
  /** Time from the event that says RUNNING to the registration of the task. Milliseconds. */
  lag: "RegistrationLag",
} as const;

export const createCount = (
  metric: Exclude<keyof typeof metricNames, "lag">,
  service: string,
  value = 1,
  reason?: string,
): Metric => ({ name: metricNames[metric], value, unit: "Count", service, reason });

export const createLag = (service: string, ms: number): Metric => ({
  name: metricNames.lag,
  value: ms,
  unit: "Milliseconds",
  service,
});
