import * as v from "valibot";
import type { Delivery } from "../shared/envelope";
import { complaints, plainObject } from "../shared/schema";
import { Rejection } from "./failures";

const text = v.pipe(v.string(), v.nonEmpty("expected a text that is not empty"));
const texts = v.pipe(v.array(text), v.nonEmpty("expected at least one entry"));
const units = v.pipe(v.string(), v.regex(/^\d+$/, 'expected a whole number as a string, such as "512"'));
const port = v.pipe(
  v.number(),
  v.check(
    (value) => Number.isInteger(value) && value >= 1 && value <= 65535,
    "expected a port from 1 to 65535",
  ),
);

const reserved = /^(EVENT_PAYLOAD(_REF|_SHA256)?|PORT)$/;
const variables = v.pipe(
  plainObject,
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

const event = v.pipe(
  plainObject,
  v.looseObject({ id: v.optional(text), time: v.optional(v.string()), detail }),
);

/** What an event asks for: a service by its name, or a task in the explicit form. */
export type Detail = v.InferOutput<typeof detail>;

export type StartEvent = {
  id: string;
  /** When it happened, in ms since 1970, if the event says so. */
  time: number | undefined;
  detail: Detail;
  /** The whole event as JSON, for the container. */
  payload: string;
};

/** The id of any input, for logs: an event too malformed to be read may have one all the same. */
export const idOf = ({ event: input, fallbackId }: Delivery): string => {
  const named = v.safeParse(v.object({ id: text }), input);
  return named.success ? named.output.id : fallbackId;
};

/** @throws Rejection with the path of everything that is wrong */
export const readEvent = (delivery: Delivery): StartEvent => {
  const result = v.safeParse(event, delivery.event);
  if (!result.success) throw new Rejection("MalformedEvent", complaints(result.issues, "event"));
  const time = Date.parse(result.output.time ?? "");
  return {
    id: idOf(delivery),
    time: Number.isNaN(time) ? undefined : time,
    detail: result.output.detail,
    payload: JSON.stringify(delivery.event),
  };
};
