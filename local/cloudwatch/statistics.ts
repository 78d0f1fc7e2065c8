import { AwsError } from "../aws-error";

/** The values that a metric got in some time. */
export interface Sample {
  count: number;
  sum: number;
  min: number;
  max: number;
  /** for percentiles; empty if only statistics were put */
  values: number[];
}

const STATISTICS: Record<string, (sample: Sample) => number> = {
  SampleCount: ({ count }) => count,
  Sum: ({ sum }) => sum,
  Average: ({ count, sum }) => sum / count,
  Minimum: ({ min }) => min,
  Maximum: ({ max }) => max,
};

const PERCENTILE = /^p(\d{1,2}(?:\.\d+)?|100)$/;

/** The value of a statistic; undefined for no sample. */
export function statisticOf(statistic: string, sample: Sample | undefined): number | undefined {
  if (!sample || sample.count === 0) return undefined;
  const percentile = PERCENTILE.exec(statistic)?.[1];
  if (percentile === undefined) return STATISTICS[statistic]?.(sample);
  const sorted = [...sample.values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil((Number(percentile) / 100) * sorted.length) - 1)];
}

/** Throws ValidationError for a statistic that local AWS does not know. */
export function checkStatistic(statistic: string): void {
  if (statistic in STATISTICS || PERCENTILE.test(statistic)) return;
  throw new AwsError(
    "ValidationError",
    `The statistic is ${statistic}; local AWS knows ${Object.keys(STATISTICS).join(", ")} and percentiles such as p99.`,
  );
}

/** Adds samples up. */
export function merged(samples: Sample[]): Sample | undefined {
  if (samples.length === 0) return undefined;
  return {
    count: samples.reduce((total, { count }) => total + count, 0),
    sum: samples.reduce((total, { sum }) => total + sum, 0),
    min: Math.min(...samples.map(({ min }) => min)),
    max: Math.max(...samples.map(({ max }) => max)),
    values: samples.flatMap(({ values }) => values),
  };
}
