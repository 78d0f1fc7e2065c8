import type { Metric } from "./metrics";

/** Dimension Service of the metrics of scans. */
export const scanService = "data-scanner";

/**
 * The metrics of scans besides `Failures`. All are counts, with the dimensions Function (the name of the function, or of the
 * workers) and Service.
 */
export const scanMetricNames = {
  /** Jobs that POST /scan has created. */
  jobsCreated: "ScanJobsCreated",
  /** Jobs whose listing could not be started at once; the sweep starts it. */
  listingsNotStarted: "ListingsNotStarted",
  /** Objects that listings have found. */
  objectsListed: "ObjectsListed",
  /** Jobs that failed because their bucket cannot be listed, by reason (error code of S3). */
  listingFailures: "ListingFailures",
  /** Messages that SQS has refused; the sweep sends them. */
  messagesNotSent: "MessagesNotSent",
  /** The ECS service could not be started; its scaling starts it, later. */
  wakeFailures: "WakeFailures",
  /** Listings that the sweep has resumed. */
  listingsResumed: "ListingsResumed",
  /** Messages that the sweep has sent again. */
  messagesResent: "MessagesResent",
  /** Objects that the sweep has taken back from workers that died. */
  objectsRequeued: "ObjectsRequeued",
  /** Objects that failed because too many workers died in their scan. */
  objectsGivenUp: "ObjectsGivenUp",
  /** Objects that workers have scanned, could not scan, or may not read. */
  objectsScanned: "ObjectsScanned",
  objectsSkipped: "ObjectsSkipped",
  objectsFailed: "ObjectsFailed",
  /** Findings that workers have stored. */
  findings: "Findings",
} as const;
export type ScanMetric = keyof typeof scanMetricNames;

export const createScanCount = (metric: ScanMetric, value = 1, reason?: string): Metric => ({
  name: scanMetricNames[metric],
  value,
  unit: "Count",
  service: scanService,
  ...(reason !== undefined && { reason }),
});
