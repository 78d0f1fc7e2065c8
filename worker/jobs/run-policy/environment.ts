import * as v from "valibot";
import { policyRunEnvironment } from "../../../container-contract/policy-run";
import { requiredText } from "../../../handlers/shared/schema";

/** Environment variables of the job `run-policy`. */
export const runPolicyEnvironment = v.object({
  ...policyRunEnvironment,
  /** Number of the attempt. */
  LAUNCH_ATTEMPT: v.optional(v.pipe(v.string(), v.digits("expected a count")), "1"),
  /** Id of a run that a worker has taken from a queue. Absent: the run has a task of its own, which names its log. */
  QUEUED_RUN: v.optional(requiredText),
  /** Region of findings of services without a region of their own. */
  AWS_REGION: requiredText,
  /** Bucket that gets the output files of Cloud Custodian. Absent: they are not kept. */
  OUTPUT_BUCKET: v.optional(requiredText),
  /** URL of the queue that gets a message with the result. Absent: no message. */
  NOTIFICATION_QUEUE_URL: v.optional(requiredText),
  /** Name of the role to assume in another account. Absent: findings of other accounts are refused. */
  MEMBER_ROLE_NAME: v.optional(requiredText),
  /** External id that this role asks for. */
  MEMBER_EXTERNAL_ID: v.optional(requiredText),
  /** The program `custodian`. Default: the one on PATH. */
  CUSTODIAN: v.optional(requiredText, "custodian"),
});
export type RunPolicyEnvironment = v.InferInput<typeof runPolicyEnvironment>;
export type RunPolicySettings = v.InferOutput<typeof runPolicyEnvironment>;
