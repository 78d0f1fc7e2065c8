import * as v from "valibot";

/** A text field of an event. */
export const text = v.pipe(v.string(), v.nonEmpty("expected a text that is not empty"));

/** The time of an event in ms since 1970; undefined when it is missing or malformed. */
export const parseTime = (time = ""): number | undefined =>
  Number.isNaN(Date.parse(time)) ? undefined : Date.parse(time);
