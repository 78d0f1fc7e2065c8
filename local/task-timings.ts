import type { TaskTimings } from "./ecs/types";

/** Much faster than Fargate, but slow enough that each state is visible. */
export const DEFAULT_TIMINGS: TaskTimings = {
  provisioning: 100,
  pending: 100,
  activating: 50,
  deactivating: 50,
  deprovisioning: 100,
  instanceStart: 500,
  instanceIdle: 2000,
  // As on AWS, where it is between 10 and 30 minutes.
  provisioningTimeout: 1_800_000,
};
