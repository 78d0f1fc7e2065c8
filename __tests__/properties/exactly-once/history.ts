import fc from "fast-check";
import type { Route } from "../../../handlers/launch/route";
import type { Fault } from "../../../local/faults";
import { route } from "../../handlers/start-task/world";

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;

const failureModes: NonNullable<Route["onFailure"]>[] = [
  { action: "alarm" },
  { action: "dead_letter" },
  { action: "retry", maxAttempts: 2, backoffSeconds: 0 },
  { action: "retry", maxAttempts: 3, backoffSeconds: 60 },
  { action: "retry", maxAttempts: 3, backoffSeconds: 900 },
];
const modeName = (mode: (typeof failureModes)[number]): string =>
  mode.action === "retry" ? `retry-${mode.maxAttempts}-${mode.backoffSeconds}` : mode.action;

/** A launch route for each onFailure and each number of interruptionRetries. */
export const routes: Readonly<Record<string, Route>> = Object.fromEntries(
  failureModes.flatMap((onFailure) =>
    [0, 1, 2, 3].map((interruptionRetries) => [
      `${modeName(onFailure)}-${interruptionRetries}`,
      route("worker", {
        onFailure,
        interruptionRetries,
        ...(interruptionRetries === 3 && { capacity: "FARGATE_SPOT" }),
      }),
    ]),
  ),
);
const services = Object.keys(routes);

/** How a task ends, so many ms after it began to run (or after its launch, where it never runs). */
export type End = { after: number } & (
  | { kind: "exits"; exitCode: number; reason?: string }
  | { kind: "stops"; stopCode: string | undefined }
  | { kind: "stopsBeforeItRuns"; stopCode: string }
  | { kind: "failsToStart"; reason: string }
);

/** An event, the ends of its tasks, and when EventBridge delivers it. */
export type EventCase = {
  form: "asking" | "assigned" | "unknown" | "malformed";
  service: string;
  /** Approximate size of the event in bytes. */
  size: number;
  /** How each attempt ends. Further attempts succeed. */
  ends: End[];
  /** In ms since the beginning. */
  delivered: number[];
};

export type History = {
  buffer: boolean;
  /** Whether a failed placement uses up the client token, which AWS does not document. */
  failuresUseUpTokens: boolean;
  eventCases: EventCase[];
  /** For each event of a stopped task: the delays of its deliveries, in ms. */
  deliveryDelays: number[][];
  /** Faults of the function's calls. */
  faults: Fault[];
  /** Pause before each call of the function, in ms. Other invocations run meanwhile. */
  pauses: number[];
  /** Time between two redrives of a DLQ message, in ms. */
  secondRedriveAfterMs: number;
};

const after = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: 0, max: 10 * minute }) },
  { weight: 2, arbitrary: fc.integer({ min: 0, max: 3 * hour }) },
  { weight: 1, arbitrary: fc.integer({ min: 20 * hour, max: 26 * hour }) },
);
const soon = fc.integer({ min: 0, max: 2 * second });
const kinds = fc.oneof(
  { weight: 4, arbitrary: fc.constant({ kind: "exits", exitCode: 0 } as const) },
  { weight: 3, arbitrary: fc.constant({ kind: "exits", exitCode: 3 } as const) },
  {
    weight: 1,
    arbitrary: fc.constant({
      kind: "exits",
      exitCode: 137,
      reason: "OutOfMemoryError: Container killed due to memory usage",
    } as const),
  },
  {
    weight: 4,
    arbitrary: fc
      .constantFrom("SpotInterruption", "SpotInterruption", "TerminationNotice", "SomethingNew", undefined)
      .map((stopCode) => ({ kind: "stops", stopCode }) as const),
  },
  { weight: 1, arbitrary: fc.constant({ kind: "stops", stopCode: "UserInitiated" } as const) },
);
const unstarted = fc.constantFrom(
  { kind: "stopsBeforeItRuns", stopCode: "SpotInterruption" } as const,
  { kind: "stopsBeforeItRuns", stopCode: "UserInitiated" } as const,
  {
    kind: "failsToStart",
    reason: "Timeout waiting for network interface provisioning to complete.",
  } as const,
  { kind: "failsToStart", reason: "CannotPullContainerError: image not found" } as const,
);
const end: fc.Arbitrary<End> = fc.oneof(
  { weight: 5, arbitrary: fc.tuple(kinds, after).map(([kind, ms]) => ({ ...kind, after: ms })) },
  { weight: 1, arbitrary: unstarted.map((kind) => ({ ...kind, after: 0 })) },
);

// Concurrent, within minutes, or after ECS has forgotten the token.
const delivery = fc.oneof(
  { weight: 2, arbitrary: soon },
  { weight: 2, arbitrary: fc.integer({ min: 0, max: 10 * minute }) },
  { weight: 2, arbitrary: fc.integer({ min: 0, max: 48 * hour }) },
);

const eventCase: fc.Arbitrary<EventCase> = fc.record({
  form: fc.oneof(
    { weight: 12, arbitrary: fc.constant("asking" as const) },
    { weight: 3, arbitrary: fc.constant("assigned" as const) },
    { weight: 1, arbitrary: fc.constantFrom("unknown" as const, "malformed" as const) },
  ),
  service: fc.constantFrom(...services),
  // Inline; stored for the task; around the limit of a DLQ message and of forwarding; too long for any message.
  size: fc.oneof(
    { weight: 24, arbitrary: fc.constant(300) },
    { weight: 2, arbitrary: fc.constant(9_000) },
    { weight: 1, arbitrary: fc.integer({ min: 250_000, max: 265_000 }) },
    { weight: 1, arbitrary: fc.constant(300_000) },
  ),
  ends: fc.array(end, { maxLength: 5 }),
  delivered: fc.oneof(
    { weight: 2, arbitrary: fc.tuple(soon) },
    { weight: 3, arbitrary: fc.array(delivery, { minLength: 1, maxLength: 4 }) },
  ),
});

const fateDelay = fc.oneof(
  { weight: 5, arbitrary: soon },
  { weight: 1, arbitrary: fc.integer({ min: 0, max: 55 * minute }) },
);
const fate = fc.oneof(
  { weight: 3, arbitrary: fc.tuple(fateDelay) },
  { weight: 1, arbitrary: fc.tuple(fateDelay, fateDelay) },
);

const calls = [
  ["ecs", "RunTask"],
  ["ecs", "RunTask"],
  ["ecs", "DescribeTasks"],
  ["sqs", "SendMessage"],
  ["s3", "GetObject"],
  ["s3", "PutObject"],
  ["lambda", "Invoke"],
] as const;
const noCapacity = { fault: "failures", reason: "Capacity is unavailable at this time." } as const;
const slowDown = { fault: "error", code: "SlowDown", status: 503 } as const;
const brokenCalls = fc
  .record({
    call: fc.constantFrom(...calls),
    /** Number of calls before that succeed. */
    after: fc.nat(6),
    times: fc.constantFrom(1, 1, 2, 3, 9),
    kind: fc.constantFrom(
      { fault: "throttle" } as const,
      { fault: "error", code: "InternalFailure", status: 500 } as const,
      { fault: "reset", when: "before" } as const,
      { fault: "reset", when: "after" } as const,
      { fault: "crash", when: "before" } as const,
      { fault: "crash", when: "after" } as const,
    ),
  })
  .map(({ call: [service, action], after, times, kind }): Fault[] => [
    { service, action, fault: "none", times: after },
    {
      // S3 says so in its own way.
      ...(service === "s3" && kind.fault === "throttle" ? slowDown : kind),
      service,
      action,
      times: kind.fault === "crash" ? Math.min(times, 2) : times,
    },
  ]);
const unplaced = fc
  .record({
    after: fc.nat(4),
    times: fc.integer({ min: 1, max: 12 }),
    kind: fc.constantFrom(
      noCapacity,
      { ...noCapacity, where: { capacityProvider: "FARGATE_SPOT" } } as const,
      { fault: "failures", reason: "InvalidParameter" } as const,
    ),
  })
  .map(({ after, times, kind }): Fault[] => [
    { service: "ecs", action: "RunTask", fault: "none", times: after },
    { ...kind, service: "ecs", action: "RunTask", times },
  ]);
const faults = fc
  .array(fc.oneof({ weight: 5, arbitrary: brokenCalls }, { weight: 1, arbitrary: unplaced }), {
    maxLength: 5,
  })
  .map((each) => each.flat());

const pause = fc.oneof(
  { weight: 5, arbitrary: fc.constant(0) },
  { weight: 2, arbitrary: fc.integer({ min: 1, max: 300 }) },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 3 * second }) },
);

/** One to four events with their tasks, deliveries and faults. */
export const history: fc.Arbitrary<History> = fc.record({
  buffer: fc.boolean(),
  failuresUseUpTokens: fc.boolean(),
  // Mostly few, because most errors need one event and short histories run faster.
  eventCases: fc.oneof(
    { weight: 4, arbitrary: fc.array(eventCase, { minLength: 1, maxLength: 2 }) },
    { weight: 1, arbitrary: fc.array(eventCase, { minLength: 3, maxLength: 4 }) },
  ),
  deliveryDelays: fc.array(fate, { minLength: 1, maxLength: 6 }),
  faults,
  pauses: fc.array(pause, { minLength: 1, maxLength: 8 }),
  secondRedriveAfterMs: fc.oneof(fc.constantFrom(0, minute), fc.integer({ min: 0, max: 12 * hour })),
});
