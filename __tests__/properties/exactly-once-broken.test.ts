import type { Bucket } from "../../handlers/shared/bucket";
import type { StartTaskParts } from "../../handlers/start-task/start-task";
import type { Happening, History } from "./exactly-once/history";
import { createPlayer } from "./exactly-once/player";
import type { Tamper } from "./exactly-once/stage";

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;

const fails = { kind: "exits", exitCode: 3, after: 5 * second } as const;

/** One event that is delivered once, and nothing breaks. */
const historyOf = (happening: Partial<Happening>, more: Partial<History> = {}): History => ({
  buffer: false,
  failuresUseUpTokens: false,
  happenings: [{ form: "asking", service: "alarm-0", size: 300, ends: [], delivered: [0], ...happening }],
  fates: [[0]],
  faults: [],
  pauses: [0],
  redrivenAgain: minute,
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

/** Who finds no record writes one at once, as a lock. */
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

/** The function gets every input with a part of it changed. */
const changing = (pattern: RegExp, replacement: string): Tamper => ({
  handler: (handler) => (input, context) =>
    handler(JSON.parse(JSON.stringify(input).replace(pattern, replacement)), context),
});

const forgetOutcomes: Tamper = {
  handler: (handler) => async (input, context) =>
    JSON.stringify(input).includes('"exitCode":3') ? { ignored: "whatever ends" } : handler(input, context),
};

// The function reads the record, launches, and takes its time until the new record is written.
const slowRecord = { pauses: [0, 0, 50 * second, 0, 0, 0, 0, 0, 0], fates: [[0, 10 * minute]] };

describe("what is broken on purpose is found", () => {
  test.each<[string, Tamper, RegExp, History]>([
    ["no client token", forgetTokens, /twice/, historyOf({ delivered: [0, 0] }, { pauses: [100] })],
    ["no record of a launch", forgetRecords, /twice/, historyOf({ delivered: [0, 3 * hour] })],
    [
      "a record that is a lock before the launch",
      lockFirst,
      /lost/,
      historyOf(
        {},
        { faults: [{ service: "ecs", action: "RunTask", fault: "crash", when: "before", times: 1 }] },
      ),
    ],
    [
      "an end that is forgotten",
      forgetOutcomes,
      /nothing follows from attempt 1/,
      historyOf({ service: "retry-3-60-0", ends: [fails] }),
    ],
    [
      "attempts that a letter does not tell",
      changing(/"attempt":\d+/, '"was":0'),
      /no later attempt has succeeded/,
      historyOf({ service: "dead_letter-0", ends: [fails] }),
    ],
    [
      "earlier ends that a retry does not tell",
      changing(/\\"earlierEnds\\"/, '\\"was\\"'),
      /5 tasks failed, allowed are 2/,
      historyOf({ service: "retry-2-0-0", ends: [fails, fails, fails, fails, fails] }),
    ],
    [
      "records that are written over",
      overwrite,
      /is dealt with 2 times/,
      historyOf({ service: "dead_letter-0", ends: [fails] }, slowRecord),
    ],
    ["references that lead nowhere", losePayloads, /has not succeeded/, historyOf({ size: 300_000 })],
    [
      "references in the buffer that lead nowhere",
      losePayloads,
      /has not succeeded/,
      historyOf({ size: 300_000 }, { buffer: true }),
    ],
  ])("%s", async (_what, tamper, trouble, given) => {
    expect((await createPlayer()(given)).troubles).toEqual([]);
    expect((await createPlayer(tamper)(given)).troubles.join("\n")).toMatch(trouble);
  });
});
