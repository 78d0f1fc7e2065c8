import * as v from "valibot";
import type { Delivery } from "../shared/envelope";
import { parseEvent, text, timeOf } from "../shared/event";
import { plainObject } from "../shared/schema";

const object = <Entries extends v.ObjectEntries>(entries: Entries) => v.pipe(plainObject, v.object(entries));

const stateChange = object({
  time: v.optional(text),
  detail: object({
    clusterArn: text,
    taskArn: text,
    taskDefinitionArn: text,
    group: v.optional(v.string()),
    lastStatus: text,
    version: v.optional(v.number()),
  }),
});

const stop = object({
  id: v.optional(text),
  time: v.optional(text),
  detail: v.optional(
    object({
      services: v.optional(
        v.pipe(v.array(text), v.nonEmpty("expected at least one service, or no such field for all services")),
      ),
      // As a start event has it: without this, an event that means one service would stop them all.
      service: v.optional(v.never()),
    }),
    {},
  ),
});

const recheck = object({ recheck: text });

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
};

/** Tasks are to be stopped. */
export type Stop = {
  kind: "stop";
  id: string;
  /** Absent: all services. */
  services: readonly string[] | undefined;
  /** Tasks made later, in ms since 1970, are none of this event's business, however late it is handed over. */
  until: number;
};

export type Input = StateChange | Stop | { kind: "sweep" } | { kind: "recheck"; service: string };

// Times of events have no fractions of a second: a task of the same second may be the older one.
const endOfSecond = (time: number): number => Math.floor(time / 1000) * 1000 + 999;

const readers: Record<string, (input: unknown, delivery: Delivery, now: number) => Input> = {
  "ECS Task State Change": (input) => {
    const { time, detail } = parseEvent(stateChange, input);
    return {
      kind: "change",
      clusterArn: detail.clusterArn,
      taskArn: detail.taskArn,
      taskDefinitionArn: detail.taskDefinitionArn,
      group: detail.group,
      lastStatus: detail.lastStatus,
      version: detail.version,
      time: timeOf(time),
    };
  },
  // A rule's schedule, and a person at the command line.
  "Scheduled Event": () => ({ kind: "sweep" }),
  Sweep: () => ({ kind: "sweep" }),
  "Stop ECS Tasks": (input, { fallbackId }, now) => {
    const { id = fallbackId, time, detail } = parseEvent(stop, input);
    return { kind: "stop", id, services: detail.services, until: endOfSecond(timeOf(time) ?? now) };
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
    return { kind: "recheck", service: parseEvent(recheck, event).recheck };
  }
  return readers[parseEvent(typed, event)["detail-type"]]!(event, delivery, now);
};
