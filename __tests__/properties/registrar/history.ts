import fc from "fast-check";
import type { Fault } from "../../../local/faults";

export const services = ["auth", "pdf"] as const;
type Service = (typeof services)[number];

const second = 1000;

/** One action in the account. */
export type Step = {
  at: number;
} /** `legacy`: in the group that tasks had before they were called `route-<service>`. */ & (
  | { kind: "start"; service: Service; legacy: boolean }
  /** The task ends by itself or by somebody else's hand; the number says which, modulo how many there are. */
  | { kind: "end"; task: number }
  /** `services` absent: all. */
  | { kind: "stop"; services?: Service[] }
);

/** The delays of the deliveries of an event, in ms. Empty: the event is lost. */
export type DeliveryDelays = number[];

export type History = {
  steps: Step[];
  /** For each event. */
  deliveryDelays: DeliveryDelays[];
  /** Faults of the function's calls. */
  faults: Fault[];
  /** Pause before each call of the function, in ms. Other invocations run meanwhile. */
  pauses: number[];
};

// Within the time of a slow call, so that many steps overlap.
const at = fc.integer({ min: 0, max: 6 * second });
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ kind: fc.constant("end" as const), task: fc.nat(5), at }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant("stop" as const),
      services: fc.option(fc.subarray([...services], { minLength: 1 }), { nil: undefined }),
      at,
    }),
  },
);
const start: fc.Arbitrary<Step> = fc.record({
  kind: fc.constant("start" as const),
  service: fc.constantFrom(...services),
  legacy: fc.boolean(),
  at,
});

const delay = fc.oneof(
  { weight: 30, arbitrary: fc.integer({ min: 0, max: 500 }) },
  { weight: 10, arbitrary: fc.integer({ min: 0, max: 40 * second }) },
  // When ECS may have forgotten the task.
  { weight: 1, arbitrary: fc.integer({ min: 0, max: 70 * 60 * second }) },
);
const delivered = fc.oneof(
  { weight: 4, arbitrary: fc.tuple(delay) },
  { weight: 1, arbitrary: fc.tuple(delay, delay) },
);
const createDeliveryDelays = (fate: fc.Arbitrary<DeliveryDelays>) =>
  fc.array(fate, { minLength: 1, maxLength: 8 });

// The calls of the function.
const calls = [
  ["ecs", "ListTasks"],
  ["ecs", "DescribeTasks"],
  ["ecs", "StopTask"],
  ["ecs", "TagResource"],
  ["elasticloadbalancing", "DescribeTargetHealth"],
  ["elasticloadbalancing", "RegisterTargets"],
  ["elasticloadbalancing", "DeregisterTargets"],
  ["sqs", "SendMessage"],
] as const;
const brokenCalls = fc
  .record({
    call: fc.constantFrom(...calls),
    /** Number of calls before that succeed. */
    after: fc.nat(4),
    times: fc.constantFrom(1, 1, 2, 3, 9),
    kind: fc.constantFrom(
      { fault: "throttle" } as const,
      // More than all retries of the function.
      { fault: "throttle", times: 15 } as const,
      { fault: "error", code: "InternalFailure", status: 500 } as const,
      { fault: "reset", when: "before" } as const,
      { fault: "reset", when: "after" } as const,
      { fault: "crash", when: "before" } as const,
      { fault: "crash", when: "after" } as const,
      { fault: "missing" } as const,
    ),
  })
  .map(({ call: [service, action], after, times, kind }): Fault[] => [
    { service, action, fault: "none", times: after },
    { times: kind.fault === "crash" ? 1 : times, ...kind, service, action },
  ]);

// The critical moment: a change was made, and no second check follows.
const crashAfterChange = fc
  .record({ action: fc.constantFrom("RegisterTargets", "DeregisterTargets"), after: fc.nat(2) })
  .map(({ action, after }): Fault[] => [
    { service: "elasticloadbalancing", action, fault: "none", times: after },
    { service: "elasticloadbalancing", action, fault: "crash", when: "after", times: 1 },
  ]);

const wait = fc.oneof(
  { weight: 3, arbitrary: fc.constant(0) },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 300 }) },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 6 * second }) },
);

/** One to six tasks of two services in one subnet, whose addresses are used again as soon as they are free. */
const mixed: fc.Arbitrary<History> = fc
  .record({
    // Mostly few, because most errors need two tasks and short histories run faster.
    starts: fc.oneof(
      { weight: 6, arbitrary: fc.array(start, { minLength: 1, maxLength: 2 }) },
      { weight: 1, arbitrary: fc.array(start, { minLength: 3, maxLength: 6 }) },
    ),
    others: fc.array(step, { maxLength: 3 }),
    deliveryDelays: fc.oneof(
      createDeliveryDelays(delivered),
      createDeliveryDelays(
        fc.oneof(
          { weight: 3, arbitrary: delivered },
          { weight: 1, arbitrary: fc.constant<DeliveryDelays>([]) },
        ),
      ),
    ),
    faults: fc.array(brokenCalls, { maxLength: 4 }),
    pauses: fc.array(wait, { minLength: 1, maxLength: 8 }),
  })
  .map(({ starts, others, faults, ...rest }) => ({
    ...rest,
    steps: [...starts, ...others].sort((a, b) => a.at - b.at),
    faults: faults.flat(),
  }));

/** Two or three tasks of one service, each with the address of the last, while the function is slow. */
export const reuse: fc.Arbitrary<History> = fc
  .record({
    lives: fc.array(
      fc.record({
        runs: fc.integer({ min: 400, max: 4 * second }),
        pause: fc.integer({ min: 600, max: second }),
      }),
      { minLength: 1, maxLength: 2 },
    ),
    deliveryDelays: createDeliveryDelays(fc.tuple(fc.integer({ min: 0, max: 4 * second }))),
    faults: fc.array(fc.oneof(brokenCalls, crashAfterChange), { maxLength: 2 }),
    pauses: fc.array(
      fc.oneof(
        { weight: 2, arbitrary: fc.constant(0) },
        { weight: 1, arbitrary: fc.integer({ min: second, max: 6 * second }) },
      ),
      { minLength: 2, maxLength: 12 },
    ),
  })
  .map(({ lives, faults, ...rest }) => {
    const steps: Step[] = [{ kind: "start", service: "auth", legacy: false, at: 0 }];
    let at = 0;
    for (const { runs, pause } of lives) {
      steps.push({ kind: "end", task: 0, at: at + runs });
      at += runs + pause;
      steps.push({ kind: "start", service: "auth", legacy: false, at });
    }
    return { ...rest, steps, faults: faults.flat() };
  });

/** The same, and the function crashes after a deregistration. */
export const reuseAndCrash: fc.Arbitrary<History> = fc.tuple(reuse, fc.nat(1)).map(([given, times]) => ({
  ...given,
  faults: [
    { service: "elasticloadbalancing", action: "DeregisterTargets", fault: "none", times },
    { service: "elasticloadbalancing", action: "DeregisterTargets", fault: "crash", when: "after", times: 1 },
  ],
}));

export const history: fc.Arbitrary<History> = fc.oneof(
  { weight: 8, arbitrary: mixed },
  { weight: 1, arbitrary: reuse },
  { weight: 1, arbitrary: reuseAndCrash },
);

/** Tasks start and are stopped repeatedly, each time before the earlier targets have drained. */
export const overlappingStops: fc.Arbitrary<History> = fc
  .record({
    everyMs: fc.integer({ min: 5 * second, max: 25 * second }),
    forMs: fc.integer({ min: 120 * second, max: 600 * second }),
    deliveryDelays: createDeliveryDelays(delivered),
  })
  .map(({ everyMs, forMs, deliveryDelays }) => ({
    steps: Array.from({ length: Math.floor(forMs / everyMs) }, (_, n): Step[] => [
      { kind: "start", service: "auth", legacy: false, at: n * everyMs },
      { kind: "stop", services: ["auth"], at: n * everyMs + 4 * second },
    ]).flat(),
    deliveryDelays,
    faults: [],
    pauses: [0],
  }));

/** Without faults, lost events and stops: only order and number of the events vary. */
export const calmHistory: fc.Arbitrary<History> = fc
  .tuple(mixed, createDeliveryDelays(delivered))
  .map(([{ steps, pauses }, deliveryDelays]) => ({
    steps: steps.filter(({ kind }) => kind !== "stop"),
    deliveryDelays,
    faults: [],
    pauses,
  }));
