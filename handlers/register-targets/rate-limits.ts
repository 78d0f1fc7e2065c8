import type { Sleep } from "../shared/poll";
import { createRateLimiter } from "./rate-limiter";

/**
 * The rate limits of one execution environment. At most two environments work on the queue at once.
 * ECS: 20 reads and 10 TagResource a second (https://docs.aws.amazon.com/AmazonECS/latest/APIReference/request-throttling.html).
 * Elastic Load Balancing: 4 registrations and deregistrations a second after a burst of 20
 * (https://docs.aws.amazon.com/elasticloadbalancing/latest/userguide/elb-api-throttling.html).
 */
export const createRateLimiters = (now: () => number, sleep: Sleep) => ({
  read: createRateLimiter(now, sleep, { perSecond: 5, burst: 5 }),
  tag: createRateLimiter(now, sleep, { perSecond: 8, burst: 8 }),
  // Few accounts have enough services to reach this rate, and a delay would make every registration later.
  register: createRateLimiter(now, sleep, { perSecond: 1.8, burst: 10 }, { onlyAfterThrottling: true }),
});
export type RateLimiters = ReturnType<typeof createRateLimiters>;
