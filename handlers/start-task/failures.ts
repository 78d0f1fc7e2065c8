import type { Failure } from "@aws-sdk/client-ecs";
import { Rejection, RetryableError } from "../shared/failures";

const permanentErrors = new Set([
  "AccessDeniedException",
  "BlockedException",
  "ClusterNotFoundException",
  "InvalidParameterException",
  "PlatformTaskDefinitionIncompatibilityException",
  "PlatformUnknownException",
  "UnsupportedFeatureException",
]);

// ECS says ClientException both for a definition that does not exist and for a quota that is used up at the moment.
const permanentClientError = /task ?definition|no fargate configuration/i;

/** The rejection that an error of RunTask amounts to; undefined for an error that may go away by itself. */
export const asRejection = (error: unknown): Rejection | undefined => {
  if (!(error instanceof Error)) return undefined;
  const permanent =
    permanentErrors.has(error.name) ||
    (error.name === "ClientException" && permanentClientError.test(error.message));
  return permanent ? new Rejection(error.name, `RunTask: ${error.name}: ${error.message}`) : undefined;
};

const passingFailure = /capacity|limit|^RESOURCE:|^AGENT$/i;

/** RunTask answers 200 also when it placed no task, and says why in `failures`. */
export const placementError = ([failure]: readonly Failure[]): Error => {
  const { reason = "no reason given", arn, detail } = failure ?? {};
  const message = ["RunTask placed no task", reason, arn, detail].filter(Boolean).join(": ");
  if (failure === undefined) return new RetryableError("NoPlacement", message);
  return passingFailure.test(reason)
    ? new RetryableError("CapacityUnavailable", message)
    : new Rejection("PlacementFailed", message);
};
