import * as v from "valibot";
import type { Delivery } from "../shared/envelope";
import { text, timeOf } from "../shared/event";
import { Rejection } from "../shared/failures";
import { isDeeperThan, toJson } from "../shared/json";
import { parseWith, plainObject, shortList } from "../shared/schema";

// RunTask takes 16 subnets and 5 security groups, and 8,192 characters of overrides in all.
const maxTexts = 1_000;
const maxVariables = 500;
/** Readers in other languages give up at about as many levels (Python's limit on recursion is 1,000). */
const maxLevels = 500;

const texts = v.pipe(shortList(text, maxTexts), v.nonEmpty("expected at least one entry"));
const units = v.pipe(v.string(), v.regex(/^\d+$/, 'expected a whole number as a string, such as "512"'));
const port = v.pipe(
  v.number(),
  v.check(
    (value) => Number.isInteger(value) && value >= 1 && value <= 65535,
    "expected a port from 1 to 65535",
  ),
);

const reserved = /^(EVENT_PAYLOAD(_REF|_SHA256)?|LAUNCH_ATTEMPT|PORT)$/;
const variables = v.pipe(
  plainObject,
  v.check(
    (entries) => Object.keys(entries).length <= maxVariables,
    `expected at most ${maxVariables} variables`,
  ),
  v.record(
    v.pipe(
      v.string(),
      v.check((name) => !reserved.test(name), "expected a name that the launch does not set itself"),
    ),
    v.string(),
  ),
);

const detail = v.pipe(
  plainObject,
  // Loose: whatever else the detail holds is for the container.
  v.looseObject({
    service: v.optional(text),
    cluster: v.optional(text),
    taskDefinition: v.optional(text),
    targetGroupArn: v.optional(text),
    subnets: v.optional(texts),
    securityGroups: v.optional(texts),
    port: v.optional(port),
    command: v.optional(texts),
    environment: v.optional(variables),
    cpu: v.optional(units),
    memory: v.optional(units),
  }),
);

const id = v.optional(text);
const time = v.optional(v.string());

/** The event says itself what is to be started. */
const asking = v.pipe(plainObject, v.looseObject({ id, time, detail }));

/** A rule starts one service on whatever event it matches: the event's own detail asks for nothing. */
const assigned = v.object({
  service: text,
  event: v.pipe(plainObject, v.looseObject({ id, time })),
});

/** What is to be started: a service by its name, or a task in the explicit form. */
export type Detail = v.InferOutput<typeof detail>;

export type StartEvent = {
  id: string;
  /** When it happened, in ms since 1970, if the event says so. */
  time: number | undefined;
  detail: Detail;
  /** The whole event as JSON, for the container. */
  payload: string;
};

const assignedShape = v.object({ service: v.unknown(), event: v.unknown() });

const named = v.object({ id: text });
const namedWithin = v.object({ event: named });

/** The id of any input, for logs: an event too malformed to be read may have one all the same. */
export const idOf = ({ event: input, fallbackId }: Pick<Delivery, "event" | "fallbackId">): string => {
  if (v.is(named, input)) return input.id;
  return v.is(namedWithin, input) ? input.event.id : fallbackId;
};

const startEvent = (
  { id, time }: { id?: string | undefined; time?: string | undefined },
  detail: Detail,
  // As it came: a schema's copy has its keys in another order.
  original: unknown,
  { fallbackId }: Delivery,
): StartEvent => ({
  id: id ?? fallbackId,
  time: timeOf(time),
  detail,
  payload: toJson(original),
});

/** @throws Rejection with the path of everything that is wrong */
export const readEvent = (delivery: Delivery): StartEvent => {
  const input = delivery.event;
  if (isDeeperThan(input, maxLevels)) {
    throw new Rejection(
      "MalformedEvent",
      `event: expected at most ${maxLevels} levels of nesting, found more`,
    );
  }
  if (v.is(assignedShape, input)) {
    const { service, event } = parseWith(assigned, input, "event");
    return startEvent(event, { service }, input.event, delivery);
  }
  const event = parseWith(asking, input, "event");
  return startEvent(event, event.detail, input, delivery);
};
