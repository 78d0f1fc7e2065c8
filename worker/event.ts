import * as v from "valibot";
import { describeIssues, plainObject } from "../handlers/shared/schema";

const event = v.pipe(
  plainObject,
  v.object({
    id: v.optional(v.string()),
    detail: v.pipe(plainObject, v.looseObject({ service: v.optional(v.string()) })),
  }),
);
export type StartEvent = v.InferOutput<typeof event>;

/** @throws Error that names each invalid field */
export const readEvent = (input: unknown): StartEvent => {
  const result = v.safeParse(event, input);
  if (!result.success) throw new Error(describeIssues(result.issues, "event"));
  return result.output;
};
