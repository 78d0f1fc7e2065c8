import * as v from "valibot";
import type { Delivery } from "../shared/envelope";
import { text, timeOf } from "../shared/event";
import { parseWith, plainObject, shortList } from "../shared/schema";
import { addressOf } from "../shared/task-target";
import { maxHops, maxTasks } from "./reminder";

const object = <Entries extends v.ObjectEntries>(entries: Entries) => v.pipe(plainObject, v.object(entries));

// One that ECS does not take would fail the call for all tasks that are named with it.
const taskArn = v.pipe(
  v.string(),
  v.regex(
    /^arn:[\w-]{1,20}:ecs:[\w-]{1,30}:\d{12}:task\/(?:[\w-]{1,255}\/)?[0-9a-f-]{32,36}$/,
    "expected the ARN of a task",
  ),
);

// What else ECS says of a task, as far as it tells where requests went. It is read if it can be, and never refused.
const whereabouts = v.object({
  attachments: v.array(
    v.object({
      type: v.string(),
      details: v.array(v.object({ name: v.optional(v.string()), value: v.optional(v.string()) })),
    }),
  ),
});

// A description with a lower number counts as old: nothing ever would be newer than a number without bound.
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

/** More than there can be routes. */
const maxServices = 1_000;

const hop = v.optional(
  v.pipe(
    v.number(),
    v.integer(),
    v.minValue(0),
    v.maxValue(maxHops, `expected at most ${maxHops}, for there are no more hops`),
  ),
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
          shortList(text, maxServices, "services"),
          v.nonEmpty("expected at least one service, or no such field for all services"),
        ),
      ),
      // As a start event has it: without this, an event that means one service would stop them all.
      service: v.optional(v.never()),
    }),
    {},
  ),
});

const recheck = object({
  recheck: text,
  tasks: v.optional(
    v.pipe(
      shortList(taskArn, maxTasks, "tasks"),
      v.nonEmpty("expected at least one task, or no such field for all tasks"),
    ),
  ),
  hop,
});

/** A task has changed. */
export type StateChange = {
  kind: "change";
  clusterArn: string;
  taskArn: string;
  taskDefinitionArn: string;
  group: string | undefined;
  lastStatus: string;
  /** ECS counts the changes of a task; a description with a lower number is older than the event. */
  version: number | undefined;
  /** When it changed, in ms since 1970, if the event says so. */
  time: number | undefined;
  /** The task's private IP address, if the event says so. */
  address: string | undefined;
};

/** Tasks are to be stopped. */
export type Stop = {
  kind: "stop";
  id: string;
  /** Absent: all services. */
  services: readonly string[] | undefined;
  /** Tasks made later, in ms since 1970, are none of this event's business, however late it is handed over. */
  until: number;
  /** How often the function has handed the rest of its work on to itself. */
  hop: number;
};

/** Look at a service again. */
export type Recheck = {
  kind: "recheck";
  service: string;
  /** ARNs of the tasks that it is about. Absent: look at the whole service. */
  tasks: readonly string[] | undefined;
  /** How often the reminder has been renewed. */
  hop: number;
};

export type Input = StateChange | Stop | { kind: "sweep" } | Recheck;

/** Whoever sends an event says when it happened: it has not happened yet when it says so. */
const maxSkewMs = 60_000;
// Times of events have no fractions of a second: a task of the same second may be the older one.
const endOfSecond = (time: number): number => Math.floor(time / 1000) * 1000 + 999;

const readers: Record<string, (input: unknown, delivery: Delivery, now: number) => Input> = {
  "ECS Task State Change": (input) => {
    const { time, detail } = parseWith(stateChange, input, "event");
    const known = v.safeParse(v.object({ detail: whereabouts }), input, { abortEarly: true });
    return {
      kind: "change",
      clusterArn: detail.clusterArn,
      taskArn: detail.taskArn,
      taskDefinitionArn: detail.taskDefinitionArn,
      group: detail.group,
      lastStatus: detail.lastStatus,
      version: detail.version,
      time: timeOf(time),
      address: known.success ? addressOf(known.output.detail) : undefined,
    };
  },
  // A rule's schedule, and a person at the command line.
  "Scheduled Event": () => ({ kind: "sweep" }),
  Sweep: () => ({ kind: "sweep" }),
  "Stop ECS Tasks": (input, { fallbackId }, now) => {
    const { id = fallbackId, time, detail, hop } = parseWith(stop, input, "event");
    const until = endOfSecond(Math.min(timeOf(time) ?? now, now + maxSkewMs));
    return { kind: "stop", id, services: detail.services, until, hop };
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
 * What the input asks for.
 * @param now in ms since 1970
 * @throws Rejection with the path of everything that is wrong
 */
export const readInput = (delivery: Delivery, now: number): Input => {
  const { event } = delivery;
  if (v.is(v.object({ recheck: v.unknown() }), event)) {
    const { recheck: service, tasks, hop } = parseWith(recheck, event, "event");
    return { kind: "recheck", service, tasks, hop };
  }
  return readers[parseWith(typed, event, "event")["detail-type"]]!(event, delivery, now);
};
