import * as v from "valibot";
import { logLevel } from "../shared/log";
import { packedRoutesSchema } from "../shared/packed-routes";
import { requiredText } from "../shared/schema";

const route = v.pipe(
  v.strictObject({
    /** Name or ARN. */
    cluster: requiredText,
    /** Family of the task definition. */
    family: requiredText,
    /** The container that listens. */
    container: requiredText,
    /** The port that it listens on. */
    port: v.optional(v.number()),
    /** ARN of the service's target group. Absent: its tasks are only stopped. */
    targetGroup: v.optional(requiredText),
    targetType: v.optional(v.picklist(["ip", "instance"]), "ip"),
    /** Needed for `host`, where ECS reports no ports. */
    networkMode: v.optional(v.picklist(["awsvpc", "bridge", "host"])),
    /** Deregistration delay of the target group. Default 300, as in AWS. */
    drainSeconds: v.optional(v.number(), 300),
  }),
  v.check(
    ({ targetGroup, port }) => targetGroup === undefined || port !== undefined,
    "expected a port beside the target group",
  ),
);
export type Route = v.InferOutput<typeof route>;
export type Routes = Readonly<Record<string, Route>>;

// Two services with one target group would deregister each other's targets.
const areTargetGroupsUnique = (routes: Routes): boolean => {
  const groups = Object.values(routes).flatMap(({ targetGroup }) => targetGroup ?? []);
  return new Set(groups).size === groups.length;
};

/** Environment variables of the function `register-targets`, without those that Lambda sets. */
export const registerTargetsEnvironment = v.object({
  ROUTES: v.pipe(
    packedRoutesSchema(route),
    v.check(areTargetGroupsUnique, "expected a target group of its own for every service"),
  ),
  /** SQS queue for inputs that failed with a permanent error. */
  DEAD_LETTER_QUEUE_URL: requiredText,
  /** SQS queue from which this function receives reminders, after a delay. */
  RECHECK_QUEUE_URL: requiredText,
  LOG_LEVEL: logLevel,
});

/** The variables as they are deployed. */
export type RegisterTargetsEnvironment = v.InferInput<typeof registerTargetsEnvironment>;

/** The variables as the function reads them. */
export type RegisterTargetsSettings = v.InferOutput<typeof registerTargetsEnvironment>;
