import * as v from "valibot";
import type { Delivery } from "./envelope";

/** A text field of an event. */
export const text = v.pipe(v.string(), v.nonEmpty("expected a text that is not empty"));

/** The time of an event in ms since 1970; undefined when it is missing or malformed. */
export const parseTime = (time = ""): number | undefined =>
  Number.isNaN(Date.parse(time)) ? undefined : Date.parse(time);

const withId = v.object({ id: text });
const withEventId = v.object({ event: withId });

/** The id for log lines: a malformed event may have one too. */
export const findEventId = ({ event: input, fallbackId }: Pick<Delivery, "event" | "fallbackId">): string => {
  if (v.is(withId, input)) return input.id;
  return v.is(withEventId, input) ? input.event.id : fallbackId;
};
