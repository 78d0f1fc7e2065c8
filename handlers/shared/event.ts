import * as v from "valibot";

/** A text field of an event. */
export const text = v.pipe(v.string(), v.nonEmpty("expected a text that is not empty"));

/** When an event happened, in ms since 1970, if it says so. */
export const timeOf = (time = ""): number | undefined =>
  Number.isNaN(Date.parse(time)) ? undefined : Date.parse(time);
