import type { Sleep } from "../shared/poll";
import { createPace, type Pace, reserveMs } from "./pace";

/** How the calls of one invocation keep within what AWS allows the whole account, others included. */
export type Calls = {
  /** The lists and descriptions of a full look at a service, which grow with what runs. */
  read<T>(call: () => Promise<T>): Promise<T>;
  /** TagResource. */
  mark<T>(call: () => Promise<T>): Promise<T>;
  /** RegisterTargets and DeregisterTargets. */
  register<T>(call: () => Promise<T>): Promise<T>;
  /** All others: few, however much runs. */
  make<T>(call: () => Promise<T>): Promise<T>;
};

/** Milliseconds before each further try of a call that the SDK has tried three times and AWS has throttled each time. */
const waits = [1000, 2000, 4000];

// ThrottlingException of ECS, SQS and Elastic Load Balancing; Throttling is its older name.
export const isThrottled = (error: unknown): boolean => error instanceof Error && /throttl/i.test(error.name);

/**
 * The rates of an execution environment, of which at most two work on the queue at once.
 * ECS: 20 reads and 10 TagResource a second (https://docs.aws.amazon.com/AmazonECS/latest/APIReference/request-throttling.html).
 * Elastic Load Balancing: 4 registrations and deregistrations a second after a burst of 20
 * (https://docs.aws.amazon.com/elasticloadbalancing/latest/userguide/elb-api-throttling.html).
 */
export const createPaces = (now: () => number, sleep: Sleep) => ({
  read: createPace(now, sleep, { perSecond: 5, burst: 5 }),
  mark: createPace(now, sleep, { perSecond: 8, burst: 8 }),
  // Eager: hardly anybody has that many services that change in the same second, and registration is what is waited for.
  register: createPace(now, sleep, { perSecond: 1.8, burst: 10 }, { eager: true }),
});
export type Paces = ReturnType<typeof createPaces>;

/** @param remaining milliseconds until Lambda ends the invocation */
export const createCalls = (paces: Paces, sleep: Sleep, remaining: () => number): Calls => {
  const patiently =
    (pace?: Pace) =>
    async <T>(call: () => Promise<T>): Promise<T> => {
      for (let tries = 0; ; tries++) {
        await pace?.wait(remaining);
        try {
          return await call();
        } catch (error) {
          if (!isThrottled(error)) throw error;
          pace?.throttled();
          const wait = waits[tries];
          if (wait === undefined || remaining() - wait < reserveMs) throw error;
          await sleep(wait);
        }
      }
    };
  return {
    read: patiently(paces.read),
    mark: patiently(paces.mark),
    register: patiently(paces.register),
    make: patiently(),
  };
};
