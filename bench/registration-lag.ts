import { playStarts } from "./registrar";

export type RegistrationLag = {
  launches: number;
  /** Seconds from a task's running to its registration. */
  p50: number;
  p90: number;
  p99: number;
};

const launches = 500;
// Seldom enough for a task to be registered by its own event; in a service with more to do, that of another comes first.
const launchEveryMs = 20_000;

/** How late a task is registered after it runs, when little else happens. */
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
