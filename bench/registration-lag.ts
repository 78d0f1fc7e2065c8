import { playStarts } from "./registrar";

export type RegistrationLag = {
  launches: number;
  /** Seconds from RUNNING to the registration. */
  p50: number;
  p90: number;
  p99: number;
};

const launches = 500;
// Rare enough that each task is registered by its own event. With more launches, the event of another task comes first.
const launchEveryMs = 20_000;

/** Measures the time from RUNNING to the registration with few launches. */
export const measureRegistrationLag = async (): Promise<RegistrationLag> => {
  const { p50, p90, p99 } = await playStarts({
    starts: launches,
    everyMs: launchEveryMs,
    services: 1,
    batchSize: 100,
    loadBalancingLimits: true,
  });
  return { launches, p50, p90, p99 };
};
