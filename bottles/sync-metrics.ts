import type { Metric } from "../handlers/shared/metrics";

/** Dimension Service of the metrics of a bottle sync. They have no other, so that function and task count in one metric. */
export const syncService = "sync-bottles";

/** The metrics of a bottle sync. All are counts, but for `bytesMirrored`. */
export const syncMetricNames = {
  /** Bottles that a run found missing in the mirror. */
  bottlesPlanned: "BottlesPlanned",
  /** Bottles that were downloaded, verified and stored. */
  bottlesMirrored: "BottlesMirrored",
  /** Their size. */
  bytesMirrored: "BytesMirrored",
  /** Bottles that are corrupt or gone in the registry. */
  bottlesFailed: "BottlesFailed",
  /** Notices that Slack did not take. */
  noticesFailed: "NoticesFailed",
} as const;
export type SyncMetric = keyof typeof syncMetricNames;

/** Counts in a metric of bottle sync. */
export type SyncCount = (metric: SyncMetric, value?: number) => void;

export const toSyncMetric = (metric: SyncMetric, value = 1): Metric => ({
  name: syncMetricNames[metric],
  value,
  unit: metric === "bytesMirrored" ? "Bytes" : "Count",
  service: syncService,
});
