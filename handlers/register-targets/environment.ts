import * as v from "valibot";
import { logLevel } from "../shared/log";
import { packedRoutes } from "../shared/routes";
import { setting } from "../shared/schema";

const route = v.pipe(
  v.strictObject({
    /** Name or ARN. */
    cluster: setting,
    /** Family of the task definition. */
    family: setting,
    /** The container that listens. */
    container: setting,
    /** The port it listens on. */
    port: v.optional(v.number()),
    /** ARN of the target group that holds the service's tasks. Absent: its tasks can only be stopped. */
    targetGroup: v.optional(setting),
    targetType: v.optional(v.picklist(["ip", "instance"]), "ip"),
    /** Needed for `host` alone, where ECS tells of no ports. */
    networkMode: v.optional(v.picklist(["awsvpc", "bridge", "host"])),
    /** The target group's deregistration delay. Default 300, which is that of AWS. */
    drainSeconds: v.optional(v.number(), 300),
  }),
  v.check(
    ({ targetGroup, port }) => targetGroup === undefined || port !== undefined,
    "expected a port beside the target group",
  ),
);
export type Route = v.InferOutput<typeof route>;
export type Routes = Readonly<Record<string, Route>>;

// Each service's reconciliation would take the other's targets out again, for ever.
const groupsOfTheirOwn = (routes: Routes): boolean => {
  const groups = Object.values(routes).flatMap(({ targetGroup }) => targetGroup ?? []);
  return new Set(groups).size === groups.length;
};

/** The environment of the function `register-targets`, beside what Lambda itself sets. */
export const registerTargetsEnvironment = v.object({
  ROUTES: v.pipe(
    packedRoutes(route),
    v.check(groupsOfTheirOwn, "expected a target group of its own for every service"),
  ),
  /** SQS queue for what can never be done. */
  DEAD_LETTER_QUEUE_URL: setting,
  /** SQS queue that hands back, after a delay, what this function is to look at again. */
  RECHECK_QUEUE_URL: setting,
  LOG_LEVEL: logLevel,
});

/** The variables as whoever deploys the function has to set them. */
export type RegisterTargetsEnvironment = v.InferInput<typeof registerTargetsEnvironment>;

/** The variables as the function reads them. */
export type RegisterTargetsSettings = v.InferOutput<typeof registerTargetsEnvironment>;
