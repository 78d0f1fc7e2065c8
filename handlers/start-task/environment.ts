import * as v from "valibot";
import { launchVariables } from "../launch/environment";
import { launchRoute } from "../launch/route";
import { wholeNumber } from "../shared/environment-values";
import { packedRoutesSchema } from "../shared/packed-routes";

/** Environment variables of the function `start-task`, without those that Lambda sets. */
export const startTaskEnvironment = v.object({
  ROUTES: packedRoutesSchema(launchRoute),
  ...launchVariables,
  /** Seconds to wait until a task runs. Absent: the function does not wait. */
  TASK_WAIT_TIMEOUT: v.optional(wholeNumber("seconds")),
  /** Wait until the task runs, or until its target is healthy too. */
  WAIT_FOR: v.optional(v.picklist(["running", "healthy"]), "running"),
});

/** The variables as they are deployed. */
export type StartTaskEnvironment = v.InferInput<typeof startTaskEnvironment>;

/** The variables as the function reads them. */
export type StartTaskSettings = v.InferOutput<typeof startTaskEnvironment>;
