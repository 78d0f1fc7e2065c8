import * as v from "valibot";
import { Rejection } from "./failures";
import { complaints } from "./schema";

/** A text field of an event. */
export const text = v.pipe(v.string(), v.nonEmpty("expected a text that is not empty"));

/** @throws Rejection with the path of everything that is wrong */
export const parseEvent = <Schema extends v.GenericSchema>(
  schema: Schema,
  input: unknown,
): v.InferOutput<Schema> => {
  const result = v.safeParse(schema, input);
  if (!result.success) throw new Rejection("MalformedEvent", complaints(result.issues, "event"));
  return result.output;
};

/** When an event happened, in ms since 1970, if it says so. */
export const timeOf = (time = ""): number | undefined =>
  Number.isNaN(Date.parse(time)) ? undefined : Date.parse(time);
