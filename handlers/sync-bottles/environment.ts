import * as v from "valibot";
import { syncVariables } from "../../bottles/sync/environment";
import { requiredText } from "../shared/schema";

/** Environment variables of the function `sync-bottles`, without those that Lambda sets. */
export const syncBottlesEnvironment = v.object({
  ...syncVariables,
  /** Name or ARN of the launcher's function, which starts a task for what is left. */
  LAUNCH_FUNCTION_ARN: requiredText,
});

/** The variables as they are deployed. */
export type SyncBottlesEnvironment = v.InferInput<typeof syncBottlesEnvironment>;

/** The variables as the function reads them. */
export type SyncBottlesSettings = v.InferOutput<typeof syncBottlesEnvironment>;
