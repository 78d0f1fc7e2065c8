import * as v from "valibot";
import type { Delivery } from "../shared/envelope";
import { parseTime, text } from "../shared/event";
import { boundedList, parseWith, plainObject } from "../shared/schema";
import { findPrivateIp } from "../shared/task-target";
import { maxHops, maxTasks } from "./reminder";

const object = <Entries extends v.ObjectEntries>(entries: Entries) => v.pipe(plainObject, v.object(entries));

// ECS fails the whole call when one of its ARNs is malformed.
const taskArn = v.pipe(
  v.string(),
  v.regex(
    /^arn:[\w-]{1,20}:ecs:[\w-]{1,30}:\d{12}:task\/(?:[\w-]{1,255}\/)?[0-9a-f-]{32,36}$/,
    "expected the ARN of a task",
  ),
);

// Optional: an event without a readable address is accepted.
const networkDetails = v.object({
  attachments: v.array(
    v.object({
      type: v.string(),
      details: v.array(v.object({ name: v.optional(v.string()), value: v.optional(v.string()) })),
    }),
  ),
});

// Bounded, because descriptions with a lower version are ignored.
const version = v.pipe(
  v.number(),
  v.check(
    (value) => Number.isInteger(value) && value >= 0 && value <= 1_000_000,
    "expected a whole number from 0 to 1000000",
  ),
);

const stateChange = object({
  time: v.optional(text),
  detail: object({
    clusterArn: text,
    taskArn,
    taskDefinitionArn: text,
    group: v.optional(v.string()),
    lastStatus: text,
    version: v.optional(version),
  }),
});

/** More than the number of launch routes that fit into the environment. */
const maxServices = 1_000;

const hop = v.optional(
  v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(maxHops, `expected at most ${maxHops}`)),
  0,
);

const stop = object({
  id: v.optional(text),
  time: v.optional(text),
  hop,
  detail: v.optional(
    object({
      services: v.optional(
        v.pipe(
          boundedList(text, maxServices, "services"),
          v.nonEmpty("expected at least one service, or no such field for all services"),
        ),
      ),
      // Start events have this field. If it were ignored here, the event would stop all services.
      service: v.optional(v.never()),
    }),
    {},
  ),
});

const recheck = object({
  recheck: text,
  tasks: v.optional(
    v.pipe(
      boundedList(taskArn, maxTasks, "tasks"),
      v.nonEmpty("expected at least one task, or no such field for all tasks"),
    ),
  ),
  hop,
});

/** The state of a task has changed. */
export type StateChange = {
  kind: "change";
  clusterArn: string;
  taskArn: string;
  taskDefinitionArn: string;
  group: string | undefined;
  lastStatus: string;
  /** ECS increments it with each change of a task: a description with a lower version is older than the event. */
  version: number | undefined;
  /** When it changed, in ms since 1970, if known. */
  time: number | undefined;
  /** Of the task, if the event has it. */
  privateIp: string | undefined;
};

/** A stop event. */
export type Stop = {
  kind: "stop";
  id: string;
  /** Absent: all services. */
  services: readonly string[] | undefined;
  /** Tasks created later are not stopped, even when the event is delivered late. In ms since 1970. */
  createdUntil: number;
  /** How often the function has sent the rest of the work to another invocation. */
  hop: number;
};

/** A reminder. */
export type Recheck = {
  kind: "recheck";
  service: string;
  /** ARNs of the tasks to check. Absent: check the whole service. */
  tasks: readonly string[] | undefined;
  /** How often the reminder has been renewed. */
  hop: number;
};

export type Input = StateChange | Stop | { kind: "sweep" } | Recheck;

/** The sender sets the time of an event. A time further in the future is not accepted. */
const maxSkewMs = 60_000;
// Event times are whole seconds, so a task created in the same second may be older than the event.
const roundUpToSecondEnd = (time: number): number => Math.floor(time / 1000) * 1000 + 999;

const readers: Record<string, (input: unknown, delivery: Delivery, now: number) => Input> = {
  "ECS Task State Change": (input) => {
    const { time, detail } = parseWith(stateChange, input, "event");
    const knownTypes = v.safeParse(v.object({ detail: networkDetails }), input, { abortEarly: true });
    return {
      kind: "change",
      clusterArn: detail.clusterArn,
      taskArn: detail.taskArn,
      taskDefinitionArn: detail.taskDefinitionArn,
      group: detail.group,
      lastStatus: detail.lastStatus,
      version: detail.version,
      time: parseTime(time),
      privateIp: knownTypes.success ? findPrivateIp(knownTypes.output.detail) : undefined,
    };
  },
  // From the schedule of a rule, and from the command `sync`.
  "Scheduled Event": () => ({ kind: "sweep" }),
  Sweep: () => ({ kind: "sweep" }),
  "Stop ECS Tasks": (input, { fallbackId }, now) => {
    const { id = fallbackId, time, detail, hop } = parseWith(stop, input, "event");
    const until = roundUpToSecondEnd(Math.min(parseTime(time) ?? now, now + maxSkewMs));
    return { kind: "stop", id, services: detail.services, createdUntil: until, hop };
  },
};
const known = Object.keys(readers).map((name) => JSON.stringify(name));

const typed = object({
  "detail-type": v.pipe(
    v.string(),
    v.check((name) => Object.hasOwn(readers, name), `expected one of ${known.join(", ")}`),
  ),
});

/**
 * Parses the input.
 * @param now in ms since 1970
 * @throws PermanentError that names each invalid field
 */
export const readInput = (delivery: Delivery, now: number): Input => {
  const { event } = delivery;
  if (v.is(v.object({ recheck: v.unknown() }), event)) {
    const { recheck: service, tasks, hop } = parseWith(recheck, event, "event");
    return { kind: "recheck", service, tasks, hop };
  }
  return readers[parseWith(typed, event, "event")["detail-type"]]!(event, delivery, now);
};
