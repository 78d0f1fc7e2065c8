import * as v from "valibot";
import { toRunId } from "../../bottles/plan/plan-key";

const namedRun = v.object({ run: v.pipe(v.string(), v.nonEmpty()) });
const scheduledRun = v.object({ time: v.pipe(v.string(), v.nonEmpty()) });

/**
 * The id of a run: `run` of the event, or `time`, which Scheduler sets to the time of the schedule, or the id of the request.
 * A retry has the same one.
 */
export const readRunId = (event: unknown, requestId: string): string => {
  if (v.is(namedRun, event)) return toRunId(event.run);
  return toRunId(v.is(scheduledRun, event) ? event.time : requestId);
};
