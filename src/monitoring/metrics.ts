/** Namespace of the metrics that the functions of this project emit. Their dimensions are `Function` and `Service`. */
export const namespace = "EventDrivenEcs";

/** Names of the emitted metrics that are monitored: first those of `start-task`, then those of `register-targets`. */
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

/** Dimension Service of the metrics of scans. */
export const scanService = "data-scanner";

/** Names of the metrics of the function `list-objects` that are monitored. */
export const listingMetrics = [
  "ObjectsListed",
  "ListingFailures",
  "ObjectsRequeued",
  "ObjectsGivenUp",
] as const;
