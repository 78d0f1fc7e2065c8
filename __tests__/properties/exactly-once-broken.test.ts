import type { Bucket } from "../../handlers/shared/bucket";
import type { StartTaskParts } from "../../handlers/start-task/start-task";
import type { EventCase, History } from "./exactly-once/history";
import { createPlayer } from "./exactly-once/player";
import type { Tamper } from "./exactly-once/stage";

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;

const fails = { kind: "exits", exitCode: 3, after: 5 * second } as const;

/** One event that is delivered once, without faults. */
const historyOf = (eventCase: Partial<EventCase>, more: Partial<History> = {}): History => ({
  buffer: false,
  failuresUseUpTokens: false,
  eventCases: [{ form: "asking", service: "alarm-0", size: 300, ends: [], delivered: [0], ...eventCase }],
  deliveryDelays: [[0]],
  faults: [],
  pauses: [0],
  secondRedriveAfterMs: minute,
  ...more,
});

const withBucket = (change: (bucket: Bucket, parts: StartTaskParts) => Partial<Bucket>): Tamper => ({
  parts: (parts) => ({ ...parts, bucket: { ...parts.bucket, ...change(parts.bucket, parts) } }),
});

const forgetTokens: Tamper = {
  parts: (parts) => {
    parts.ecs.middlewareStack.add(
      (next) => (args) => next({ ...args, input: { ...args.input, clientToken: undefined } as never }),
      { step: "initialize", priority: "high" },
    );
    return parts;
  },
};

const isRecord = (key: string) => key.startsWith("launches/");
const forgetRecords = withBucket((bucket) => ({
  get: async (key) => (isRecord(key) ? undefined : bucket.get(key)),
}));

/** Writes a missing record before the launch, as a lock. */
const lockFirst = withBucket((bucket, { now }) => ({
  get: async (key) => {
    const found = await bucket.get(key);
    if (found !== undefined || !isRecord(key)) return found;
    const earlierEnds = { unstarted: 0, failed: 0, interrupted: 0 };
    const launchedAt = new Date(now()).toISOString();
    const lock = {
      taskArn: "soon",
      eventId: "",
      service: "",
      attempt: 1,
      earlierEnds,
      launchedAt,
      event: null,
    };
    await bucket.putIfAbsent(key, JSON.stringify(lock));
    return undefined;
  },
}));

const overwrite = withBucket((bucket) => ({
  putIfAbsent: async (key, body) => {
    await bucket.put(key, body);
    return true;
  },
}));

const losePayloads = withBucket((bucket) => ({
  get: async (key) => (key.startsWith("payloads/") ? undefined : bucket.get(key)),
}));

/** Replaces a part of every input of the function. */
const changing = (pattern: RegExp, replacement: string): Tamper => ({
  handler: (handler) => (input, context) =>
    handler(JSON.parse(JSON.stringify(input).replace(pattern, replacement)), context),
});

const forgetOutcomes: Tamper = {
  handler: (handler) => async (input, context) =>
    JSON.stringify(input).includes('"exitCode":3') ? { ignored: "every end" } : handler(input, context),
};

// The function reads the record, launches, and writes the new record only after a long pause.
const slowRecord = { pauses: [0, 0, 50 * second, 0, 0, 0, 0, 0, 0], deliveryDelays: [[0, 10 * minute]] };

describe("finds what is broken on purpose:", () => {
  test.each<[string, Tamper, RegExp, History]>([
    ["no client token", forgetTokens, /twice/, historyOf({ delivered: [0, 0] }, { pauses: [100] })],
    ["no launch record", forgetRecords, /twice/, historyOf({ delivered: [0, 3 * hour] })],
    [
      "a launch record as a lock",
      lockFirst,
      /lost/,
      historyOf(
        {},
        { faults: [{ service: "ecs", action: "RunTask", fault: "crash", when: "before", times: 1 }] },
      ),
    ],
    [
      "an ignored end of a task",
      forgetOutcomes,
      /no follow-up of attempt 1/,
      historyOf({ service: "retry-3-60-0", ends: [fails] }),
    ],
    [
      "DLQ messages without attempt",
      changing(/"attempt":\d+/, '"was":0'),
      /no later attempt has succeeded/,
      historyOf({ service: "dead_letter-0", ends: [fails] }),
    ],
    [
      "retries without earlierEnds",
      changing(/\\"earlierEnds\\"/, '\\"was\\"'),
      /5 tasks failed, allowed are 2/,
      historyOf({ service: "retry-2-0-0", ends: [fails, fails, fails, fails, fails] }),
    ],
    [
      "overwritten launch records",
      overwrite,
      /is handled 2 times/,
      historyOf({ service: "dead_letter-0", ends: [fails] }, slowRecord),
    ],
    ["missing payloads", losePayloads, /has not succeeded/, historyOf({ size: 300_000 })],
    [
      "missing payloads of buffered events",
      losePayloads,
      /has not succeeded/,
      historyOf({ size: 300_000 }, { buffer: true }),
    ],
  ])("%s", async (_what, tamper, violation, given) => {
    expect((await createPlayer()(given)).violations).toEqual([]);
    expect((await createPlayer(tamper)(given)).violations.join("\n")).toMatch(violation);
  });
});
