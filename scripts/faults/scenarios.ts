import type { Script } from "../../local/ecs/task-runner";
import type { TaskTimings } from "../../local/ecs/types";
import type { Fault } from "../../local/faults";
import type { Actor } from "./actor";
import { type ServiceSettings, service } from "./deploy";
import type { ExpectedOutcome } from "./verdict";

/** One fault between an event and the end of its task. */
export type Scenario = {
  name: string;
  settings: ServiceSettings;
  /** The expected outcome of every event's task. */
  expected: ExpectedOutcome;
  /** The fault script of the whole scenario. */
  faults?: Fault[];
  /** Milliseconds that tasks stay in each state. */
  timings?: Partial<TaskTimings>;
  /** The script of a container. Default: an engine runs until it is stopped, a job exits with 0 after a minute. */
  container?: (sinceMs: number) => Script;
  /** Plays the actions of the scenario. */
  play: (actor: Actor) => Promise<void>;
  /** Whether the number of calls differs from run to run. */
  varies?: boolean;
};

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;

const engine: ServiceSettings = { kind: "engine" };
const job: ServiceSettings = { kind: "job" };
const start = { service };
// Names no service.
const malformed = { engine: service };
const large = { ...malformed, notes: "n".repeat(300_000) };
/** Longer than all retries of Lambda and than a job. */
const untilRetried = 10 * minute;

const once =
  (detail: object) =>
  async (actor: Actor): Promise<void> => {
    await actor.put(detail);
    await actor.pass(untilRetried);
  };

/** A fault that ends the first task half a minute after RUNNING. */
const firstEnds = (end: { exitCode: number; reason?: string } | { stopCode: string }): Fault => ({
  service: "ecs",
  action: "RunTask",
  times: 1,
  afterMs: minute / 2,
  ...("stopCode" in end ? { fault: "ends", ...end } : { fault: "exits", ...end }),
});

const manyTasks = 100;
/** All begin to run this long after the first event, or `minStart` after their launch if that is later. */
const manyUpAfter = 40 * second;
const minStart = 20 * second;

const stops = 30;
const betweenStops = 2 * minute;

/** Deeper than a recursive parser can read. */
const nestedLevels = 20_000;

export const scenarios: readonly Scenario[] = [
  {
    name: "the same event twice at once",
    settings: engine,
    expected: "serving",
    varies: true,
    faults: [{ service: "events", action: "Deliver", fault: "duplicate", detailType: "Start ECS Task" }],
    play: once(start),
  },
  {
    name: "`DescribeTasks` does not find the new task once",
    settings: engine,
    expected: "serving",
    faults: [{ service: "ecs", action: "DescribeTasks", fault: "missing", times: 1 }],
    play: once(start),
  },
  {
    name: "`RegisterTargets` does not find the target group",
    settings: engine,
    expected: "serving",
    faults: [
      {
        service: "elasticloadbalancing",
        action: "RegisterTargets",
        fault: "error",
        code: "TargetGroupNotFound",
        message: "One or more target groups not found",
      },
    ],
    play: once(start),
  },
  {
    name: "`RunTask` answers with `failures[]`: no capacity",
    settings: engine,
    expected: "serving",
    faults: [
      {
        service: "ecs",
        action: "RunTask",
        fault: "failures",
        reason: "Capacity is unavailable at this time.",
      },
    ],
    play: once(start),
  },
  {
    name: "`RunTask` is throttled at every attempt",
    settings: engine,
    expected: "serving",
    faults: [{ service: "ecs", action: "RunTask", fault: "throttle" }],
    play: once(start),
  },
  {
    name: "the task is `PENDING` for longer than the wait timeout",
    settings: engine,
    expected: "serving",
    timings: { pending: 25 * second },
    play: once(start),
  },
  { name: "a malformed event", settings: engine, expected: "serving", play: once(malformed) },
  {
    name: "a malformed event of 300 KB",
    settings: job,
    expected: "succeeded",
    play: once(large),
  },
  {
    name: "a malformed event of 300 KB, with a buffer queue",
    settings: { ...job, buffer: true },
    expected: "succeeded",
    play: once(large),
  },
  {
    name: "the same event again after 20 hours, when ECS has forgotten its client token",
    settings: job,
    expected: "succeeded",
    play: async (actor) => {
      const id = await actor.put(start);
      await actor.pass(20 * hour);
      await actor.redeliver(id);
      await actor.pass(untilRetried);
    },
  },
  {
    name: "the task exits with 3",
    settings: job,
    expected: "succeeded",
    faults: [firstEnds({ exitCode: 3 })],
    play: once(start),
  },
  {
    name: "the task is out of memory",
    settings: job,
    expected: "succeeded",
    faults: [firstEnds({ exitCode: 137, reason: "OutOfMemoryError: Container killed due to memory usage" })],
    play: once(start),
  },
  {
    name: "the task exits with 3, and the DLQ is redriven an hour later",
    settings: { ...job, onFailure: { action: "dead_letter" } },
    expected: "succeeded",
    faults: [firstEnds({ exitCode: 3 })],
    play: async (actor) => {
      await actor.put(start);
      await actor.pass(hour);
      await actor.redrive();
      await actor.pass(untilRetried);
    },
  },
  {
    name: "Spot interrupts the running task",
    settings: job,
    expected: "succeeded",
    faults: [firstEnds({ stopCode: "SpotInterruption" })],
    play: once(start),
  },
  {
    name: "the running task ends with an unknown stop code",
    settings: job,
    expected: "succeeded",
    faults: [firstEnds({ stopCode: "HostMaintenance" })],
    play: once(start),
  },
  {
    name: `${manyTasks} tasks start at once (ECS quota: 100 reads, then 20 a second)`,
    settings: { kind: "engine", buffer: true, registrar: true, waitSeconds: 60 },
    expected: "serving",
    varies: true,
    container: (sinceMs) => ({ startsAfterMs: Math.max(minStart, manyUpAfter - sinceMs) }),
    play: async (actor) => {
      await actor.startAtOnce(Array.from({ length: manyTasks }, () => start));
      await actor.pass(untilRetried);
    },
  },
  {
    name: `every ${betweenStops / minute} minutes for an hour an engine is started and the earlier ones are stopped; draining takes 5 minutes`,
    settings: { kind: "engine", registrar: true, stops: true },
    expected: "stopped",
    varies: true,
    play: async (actor) => {
      for (let stop = 0; stop < stops; stop++) {
        await actor.put(start);
        await actor.pass(minute);
        await actor.stop([service]);
        await actor.pass(betweenStops - minute);
      }
      await actor.pass(hour);
    },
  },
  {
    name: `a message nested ${nestedLevels.toLocaleString("en")} levels deep in a batch with nine valid messages`,
    settings: { ...job, buffer: true },
    expected: "succeeded",
    varies: true,
    play: async (actor) => {
      const notes = `${"[".repeat(nestedLevels)}${"]".repeat(nestedLevels)}`;
      const nested = `{"service":"${service}","notes":${notes}}`;
      const good = Array.from({ length: 9 }, () => JSON.stringify(start));
      await actor.queue([...good.slice(0, 4), nested, ...good.slice(4)]);
      await actor.pass(2 * hour);
    },
  },
];
