import type { Script } from "../../local/ecs/task-runner";
import type { TaskTimings } from "../../local/ecs/types";
import type { Fault } from "../../local/faults";
import type { Actor } from "./actor";
import { type Setting, service } from "./deploy";
import type { Wanted } from "./verdict";

/** One thing that goes wrong on the way from an event to the end of its task. */
export type Scenario = {
  name: string;
  setting: Setting;
  /** What becomes of the task of every event, if all goes well. */
  wanted: Wanted;
  /** What happens to calls, from the beginning to the end. */
  faults?: Fault[];
  /** How long tasks stay in each state. */
  timings?: Partial<TaskTimings>;
  /** What a container does. Default: an engine runs until it is stopped, a job exits with 0 after a minute. */
  container?: (sinceMs: number) => Script;
  /** What happens, one after the other. */
  play: (actor: Actor) => Promise<void>;
  /** How often calls are repeated differs from one time to the next. */
  varies?: boolean;
};

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;

const engine: Setting = { kind: "engine" };
const job: Setting = { kind: "job" };
const start = { service };
// Names no service.
const malformed = { engine: service };
const large = { ...malformed, notes: "n".repeat(300_000) };
/** Longer than every retry of Lambda, and than a job. */
const untilRetried = 10 * minute;

const once =
  (detail: object) =>
  async (actor: Actor): Promise<void> => {
    await actor.put(detail);
    await actor.pass(untilRetried);
  };

/** The first task ends so, half a minute after it has begun to run. */
const firstEnds = (end: { exitCode: number; reason?: string } | { stopCode: string }): Fault => ({
  service: "ecs",
  action: "RunTask",
  times: 1,
  afterMs: minute / 2,
  ...("stopCode" in end ? { fault: "ends", ...end } : { fault: "exits", ...end }),
});

const manyTasks = 100;
/** When they all begin to run, so long after the beginning; one that is launched late needs its time all the same. */
const manyUpAfter = 40 * second;
const shortestStart = 20 * second;

const stops = 30;
const betweenStops = 2 * minute;

/** Deeper than any parser that calls itself for each level can read. */
const nestedLevels = 20_000;

export const scenarios: readonly Scenario[] = [
  {
    name: "the same event twice, at the same moment",
    setting: engine,
    wanted: "serving",
    varies: true,
    faults: [{ service: "events", action: "Deliver", fault: "duplicate", detailType: "Start ECS Task" }],
    play: once(start),
  },
  {
    name: "`DescribeTasks` does not know the task yet, once",
    setting: engine,
    wanted: "serving",
    faults: [{ service: "ecs", action: "DescribeTasks", fault: "missing", times: 1 }],
    play: once(start),
  },
  {
    name: "`RegisterTargets`: no such target group",
    setting: engine,
    wanted: "serving",
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
    setting: engine,
    wanted: "serving",
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
    setting: engine,
    wanted: "serving",
    faults: [{ service: "ecs", action: "RunTask", fault: "throttle" }],
    play: once(start),
  },
  {
    name: "the task stays `PENDING` beyond the wait limit",
    setting: engine,
    wanted: "serving",
    timings: { pending: 25 * second },
    play: once(start),
  },
  { name: "a malformed event", setting: engine, wanted: "serving", play: once(malformed) },
  {
    name: "a malformed event of 300 KB",
    setting: job,
    wanted: "succeeded",
    play: once(large),
  },
  {
    name: "a malformed event of 300 KB, with a buffer queue",
    setting: { ...job, buffer: true },
    wanted: "succeeded",
    play: once(large),
  },
  {
    name: "the same event again after 20 hours, when ECS has forgotten its client token",
    setting: job,
    wanted: "succeeded",
    play: async (actor) => {
      const id = await actor.put(start);
      await actor.pass(20 * hour);
      await actor.deliverAgain(id);
      await actor.pass(untilRetried);
    },
  },
  {
    name: "the task exits with 3",
    setting: job,
    wanted: "succeeded",
    faults: [firstEnds({ exitCode: 3 })],
    play: once(start),
  },
  {
    name: "the task is out of memory",
    setting: job,
    wanted: "succeeded",
    faults: [firstEnds({ exitCode: 137, reason: "OutOfMemoryError: Container killed due to memory usage" })],
    play: once(start),
  },
  {
    name: "the task exits with 3, and an hour later the dead-letter queue is redriven",
    setting: { ...job, onFailure: { action: "dead_letter" } },
    wanted: "succeeded",
    faults: [firstEnds({ exitCode: 3 })],
    play: async (actor) => {
      await actor.put(start);
      await actor.pass(hour);
      await actor.redrive();
      await actor.pass(untilRetried);
    },
  },
  {
    name: "Spot takes the running task",
    setting: job,
    wanted: "succeeded",
    faults: [firstEnds({ stopCode: "SpotInterruption" })],
    play: once(start),
  },
  {
    name: "the running task ends with a stop code that nobody knows",
    setting: job,
    wanted: "succeeded",
    faults: [firstEnds({ stopCode: "HostMaintenance" })],
    play: once(start),
  },
  {
    name: `${manyTasks} tasks come up at once (ECS: 100 reads, then 20 a second)`,
    setting: { kind: "engine", buffer: true, registrar: true, waitSeconds: 60 },
    wanted: "serving",
    varies: true,
    container: (sinceMs) => ({ startsAfterMs: Math.max(shortestStart, manyUpAfter - sinceMs) }),
    play: async (actor) => {
      await actor.startAtOnce(Array.from({ length: manyTasks }, () => start));
      await actor.pass(untilRetried);
    },
  },
  {
    name: `for an hour, every ${betweenStops / minute} minutes an engine is started and those before it are stopped; draining takes 5`,
    setting: { kind: "engine", registrar: true, stops: true },
    wanted: "stopped",
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
    name: `a message nested ${nestedLevels.toLocaleString("en")} levels deep, amid nine good ones in a batch of the queue`,
    setting: { ...job, buffer: true },
    wanted: "succeeded",
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
