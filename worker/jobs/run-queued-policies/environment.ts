import * as v from "valibot";
import { wholeNumber } from "../../../handlers/shared/environment-values";
import { requiredText } from "../../../handlers/shared/schema";

/** Environment variables of the job `run-queued-policies`, besides those of `run-policy`. */
export const runQueuedPoliciesEnvironment = v.object({
  /** URL of the queue with the runs. */
  RUN_QUEUE_URL: requiredText,
  /** After so many seconds without a sign of its worker, a run counts as interrupted. 43,200 is the limit of SQS. */
  VISIBILITY_TIMEOUT: v.optional(wholeNumber("seconds", 1, 43_200), "120"),
  /** Endpoint of the ECS agent, set by ECS. */
  ECS_AGENT_URI: v.optional(requiredText),
});
export type RunQueuedPoliciesSettings = v.InferOutput<typeof runQueuedPoliciesEnvironment>;
