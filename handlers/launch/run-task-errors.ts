import type { Failure } from "@aws-sdk/client-ecs";
import { PermanentError, TransientError } from "../shared/failures";

const permanentErrorNames = new Set([
  "AccessDeniedException",
  "BlockedException",
  "ClusterNotFoundException",
  "InvalidParameterException",
  "PlatformTaskDefinitionIncompatibilityException",
  "PlatformUnknownException",
  "UnsupportedFeatureException",
]);

// ECS answers ClientException for a missing task definition, and also for a quota that is used up at the moment.
const permanentClientErrorPattern = /task ?definition|no fargate configuration/i;

const capacityErrorPattern = /capacity is unavailable|no container instances/i;

/** The permanent error for an error of an ECS call; undefined for a transient error. */
export const toPermanentError = (call: string, error: unknown): PermanentError | undefined => {
  if (!(error instanceof Error)) return undefined;
  const permanent =
    permanentErrorNames.has(error.name) ||
    (error.name === "ClientException" && permanentClientErrorPattern.test(error.message));
  return permanent ? new PermanentError(error.name, `${call}: ${error.name}: ${error.message}`) : undefined;
};

/** ECS has no capacity for the task with the requested placement. */
export class CapacityUnavailable extends TransientError {
  constructor(message: string) {
    super("CapacityUnavailable", message);
  }
}

/** ECS refuses to place the task, and not for lack of capacity. */
export class PlacementFailed extends PermanentError {
  constructor(message: string) {
    super("PlacementFailed", message);
  }
}

export const toLaunchError = (error: unknown): unknown =>
  error instanceof Error && capacityErrorPattern.test(error.message)
    ? new CapacityUnavailable(`RunTask: ${error.name}: ${error.message}`)
    : (toPermanentError("RunTask", error) ?? error);

/** Whether the rate limit of ECS for launches was reached. */
export const isThrottled = (error: unknown): boolean =>
  error instanceof Error && error.name === "ThrottlingException";

const transientFailurePattern = /capacity|limit|^RESOURCE:|^AGENT$/i;

/** RunTask also answers 200 when it placed no task. The reason is then in `failures[]`. */
export const toPlacementError = ([failure]: readonly Failure[]): Error => {
  const { reason = "no reason given", arn, detail } = failure ?? {};
  const message = ["RunTask placed no task", reason, arn, detail].filter(Boolean).join(": ");
  return failure === undefined || transientFailurePattern.test(reason)
    ? new CapacityUnavailable(message)
    : new PlacementFailed(message);
};
