import * as v from "valibot";
import type { Delivery } from "../shared/envelope";
import { parseTime, text } from "../shared/event";
import { PermanentError } from "../shared/failures";
import { isDeeperThan, toJson } from "../shared/json";
import { boundedList, parseWith, plainObject } from "../shared/schema";

// RunTask takes 16 subnets and 5 security groups, and 8,192 characters of overrides in all.
const maxTexts = 1_000;
const maxVariables = 500;
/** JSON parsers in other languages have similar limits (the recursion limit of Python is 1,000). */
const maxLevels = 500;

const texts = v.pipe(boundedList(text, maxTexts), v.nonEmpty("expected at least one entry"));
const fargateUnits = v.pipe(
  v.string(),
  v.regex(/^\d+$/, 'expected a whole number as a string, such as "512"'),
);
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
      v.check((name) => !reserved.test(name), "expected another name, because the launch sets this variable"),
    ),
    v.string(),
  ),
);

const detail = v.pipe(
  plainObject,
  // Other fields of the detail are for the container.
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
    cpu: v.optional(fargateUnits),
    memory: v.optional(fargateUnits),
  }),
);

const id = v.optional(text);
const time = v.optional(v.string());

/** The event names what to start. */
const startEventSchema = v.pipe(plainObject, v.looseObject({ id, time, detail }));

/** A rule starts one service on whatever event it matches: the event's own detail asks for nothing. */
const ruleInput = v.object({
  service: text,
  event: v.pipe(plainObject, v.looseObject({ id, time })),
});

/** What to start: a service by its name, or a task in the explicit form. */
export type Detail = v.InferOutput<typeof detail>;

export type StartEvent = {
  id: string;
  /** In ms since 1970, if the event has a valid time. */
  time: number | undefined;
  detail: Detail;
  /** The whole event as JSON, for the container. */
  payload: string;
};

const ruleInputShape = v.object({ service: v.unknown(), event: v.unknown() });

const createStartEvent = (
  { id, time }: { id?: string | undefined; time?: string | undefined },
  detail: Detail,
  // Not the copy that the schema makes, which has its keys in another order.
  original: unknown,
  { fallbackId }: Delivery,
): StartEvent => ({
  id: id ?? fallbackId,
  time: parseTime(time),
  detail,
  payload: toJson(original),
});

/** @throws PermanentError that names each invalid field */
export const readEvent = (delivery: Delivery): StartEvent => {
  const input = delivery.event;
  if (isDeeperThan(input, maxLevels)) {
    throw new PermanentError(
      "MalformedEvent",
      `event: expected at most ${maxLevels} levels of nesting, found more`,
    );
  }
  if (v.is(ruleInputShape, input)) {
    const { service, event } = parseWith(ruleInput, input, "event");
    return createStartEvent(event, { service }, input.event, delivery);
  }
  const event = parseWith(startEventSchema, input, "event");
  return createStartEvent(event, event.detail, input, delivery);
};
