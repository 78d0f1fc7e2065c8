import * as v from "valibot";
import type { Delivery } from "../shared/envelope";
import { parseTime, text } from "../shared/event";
import { PermanentError } from "../shared/failures";
import { isDeeperThan } from "../shared/json";
import { parseWith, plainObject } from "../shared/schema";
import { truncateName } from "../shared/text";

const run = v.object({
  /** Id of the finding. */
  finding: text,
  /** Id of the resource. Absent: the run is not for a resource of the finding. */
  resource: v.optional(text),
  /** Id of the mapping. Absent: no mapping took the finding. */
  mapping: v.optional(text),
});
/** One of the policy runs of an event. */
export type Run = v.InferOutput<typeof run>;

/** An event of which only one run is to be made: what launch records, retries and DLQ messages of a run hold. */
export type RunEvent = { event: Record<string, unknown>; run: Run };

const runEventShape = v.object({ event: v.unknown(), run: v.unknown() });
const runEvent = v.object({ event: plainObject, run });

/** As in other events: JSON parsers in other languages have similar limits. */
const maxLevels = 500;

export type ReceivedEvent = {
  id: string;
  /** In ms since 1970, if the event has a valid time. */
  time: number | undefined;
  /** As it was received, with an id. */
  event: Record<string, unknown>;
  /** Absent: all runs of the event. */
  run?: Run;
};

/** @throws PermanentError that names each invalid field */
export const readRunEvent = ({ event: input, fallbackId }: Delivery): ReceivedEvent => {
  if (isDeeperThan(input, maxLevels)) {
    throw new PermanentError(
      "MalformedEvent",
      `event: expected at most ${maxLevels} levels of nesting, found more`,
    );
  }
  const of: { event: Record<string, unknown>; run?: Run } = v.is(runEventShape, input)
    ? parseWith(runEvent, input, "event")
    : { event: parseWith(plainObject, input, "event") };
  // A test event has no id. Everything that is stored has one, so that all later deliveries are the same event.
  const event = { id: fallbackId, ...of.event };
  const { time } = event as { time?: unknown };
  return {
    ...of,
    event,
    id: parseWith(v.object({ id: text }), event, "event").id,
    time: typeof time === "string" ? parseTime(time) : undefined,
  };
};

/** What the log says of the run that the event of a launch was for. */
export const describeRunEvent = (event: unknown): Partial<Run> => {
  const result = v.safeParse(v.object({ run }), event);
  if (!result.success) return {};
  const { finding, resource, mapping } = result.output.run;
  return {
    finding: truncateName(finding),
    ...(resource !== undefined && { resource: truncateName(resource) }),
    ...(mapping !== undefined && { mapping }),
  };
};
