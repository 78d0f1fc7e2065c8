/** Namespace of the handlers' own metrics. Their dimensions are Function and Service. */
export const namespace = "EventDrivenEcs";

/** The handlers' own metrics that are watched: of `start-task`, then of `register-targets`. */
export const metrics = {
  launches: "Launches",
  duplicates: "Duplicates",
  launchFailures: "Failures",
  taskSuccesses: "TasksSucceeded",
  taskFailures: "TasksFailed",
  taskInterruptions: "TasksInterrupted",
  taskStops: "TasksStopped",
  registrationFailures: "RegistrationFailures",
  missingTargets: "MissingTargets",
  staleTargets: "StaleTargets",
} as const;
