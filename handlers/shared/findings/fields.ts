import * as v from "valibot";
import { parseTime } from "../event";
import { boundedList, parseWith } from "../schema";
import { quote, truncateName } from "../text";
import type { Ignored, IgnoredReason } from "./finding";

// Longer than any ARN, and than any id in the documented events.
const maxTextLength = 2_048;
const maxEntries = 1_000;

/** A text that names something. Values of a finding come from whoever caused it: they are limited, never shortened. */
export const text = v.pipe(
  v.string(),
  v.nonEmpty("expected a text that is not empty"),
  v.check(({ length }) => length <= maxTextLength, `expected at most ${maxTextLength} characters`),
  v.check((value) => !/\p{C}/u.test(value), "expected no control characters"),
);

/** A text for people. */
export const title = v.pipe(v.string(), v.transform(truncateName));

export const accountId = v.pipe(v.string(), v.regex(/^\d{12}$/, "expected an account id of 12 digits"));
export const regionName = v.pipe(v.string(), v.regex(/^[a-z0-9-]{1,32}$/, "expected the name of a region"));

/** A time in any of the formats that the services use, as ISO 8601. An unreadable one is left out. */
export const time = v.pipe(
  v.string(),
  v.transform((value) => {
    // Amazon Inspector: "Dec 3, 2021, 6:02:30 PM", in UTC.
    const inspectors = /^(\w{3} \d{1,2}, \d{4}), (\d{1,2}:\d{2}:\d{2})\s([AP]M)$/.exec(value);
    const ms = parseTime(inspectors ? `${inspectors[1]} ${inspectors[2]} ${inspectors[3]} UTC` : value);
    return ms === undefined ? undefined : new Date(ms).toISOString();
  }),
);

/** Services write null for what a finding does not have, or leave it out. */
export const optional = <Schema extends v.GenericSchema>(schema: Schema) => v.nullish(schema);

export const list = <Item extends v.GenericSchema>(item: Item) => boundedList(item, maxEntries);

/** A list that may be missing or null. */
export const optionalList = <Item extends v.GenericSchema>(item: Item) => v.nullish(list(item), () => []);

/**
 * An ignored finding.
 * @param field where the finding says so
 */
export const ignore = (
  id: string,
  reason: IgnoredReason,
  field: string,
  value: string | boolean,
): Ignored => ({
  id,
  reason,
  found: `${field} is ${typeof value === "string" ? quote(value) : value}`,
});

/**
 * Parses a part of an event.
 * @param where its path, with which the paths in messages begin
 * @throws PermanentError("MalformedEvent") that names each invalid field
 */
export const parseAt = <Schema extends v.GenericSchema>(
  where: string,
  schema: Schema,
  input: unknown,
): v.InferOutput<Schema> => parseWith(v.object({ [where]: schema }), { [where]: input }, "event")[where]!;
