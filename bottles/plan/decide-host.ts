import type { SizedBottle } from "../bottle";

/** What downloads a plan: the sync function, or a task. */
export type Host = "function" | "task";

export type HostSettings = {
  /** From so many GB (1024³ bytes) on a task downloads. 0: always a task. */
  thresholdGb: number;
  /** Above so many estimated seconds a task downloads. */
  limitSeconds: number;
  /** Bottles that are downloaded at the same time. */
  concurrency: number;
};

export type HostDecision = {
  host: Host;
  /** Why, for the log. */
  reason: string;
  /** Of all bottles; those without a known size count as the 95th percentile of the others. */
  bytes: number;
  /** What a function would need, by estimate. */
  seconds: number;
  /** Bottles without a known size. */
  unknownSizes: number;
};

/** What a function downloads in a second, to plan for. */
const bytesPerSecond = 40_000_000;
/** Of each bottle: the redirect, the first byte, and the answer of S3. */
const latencySeconds = 0.15;
const maxUnknownShare = 0.05;
const percentile = 0.95;
const gb = 1024 ** 3;

/** The size below which 95 of 100 bottles are. */
const estimateSize = (known: readonly number[]): number =>
  [...known].sort((one, other) => one - other)[Math.floor((known.length - 1) * percentile)] ?? 0;

/** Decides what downloads a plan. A plan without bottles goes to the function, which only publishes API files. */
export const decideHost = (
  bottles: readonly SizedBottle[],
  { thresholdGb, limitSeconds, concurrency }: HostSettings,
): HostDecision => {
  const known = bottles.flatMap(({ size }) => size ?? []);
  const unknownSizes = bottles.length - known.length;
  const bytes = known.reduce((sum, size) => sum + size, 0) + unknownSizes * estimateSize(known);
  const seconds = Math.ceil(bytes / bytesPerSecond + (bottles.length * latencySeconds) / concurrency);
  const decide = (host: Host, reason: string): HostDecision => ({
    host,
    reason,
    bytes,
    seconds,
    unknownSizes,
  });
  if (bottles.length === 0) return decide("function", "there is nothing to download");
  if (unknownSizes > maxUnknownShare * bottles.length)
    return decide("task", `${unknownSizes} of ${bottles.length} bottles have no known size`);
  if (bytes >= thresholdGb * gb)
    return decide("task", `${(bytes / gb).toFixed(2)} GB are not below the threshold of ${thresholdGb} GB`);
  if (seconds > limitSeconds)
    return decide("task", `about ${seconds} s are more than the limit of ${limitSeconds} s`);
  return decide("function", `${(bytes / gb).toFixed(2)} GB in about ${seconds} s`);
};
