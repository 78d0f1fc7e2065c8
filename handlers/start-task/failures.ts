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

const lackOfCapacity = /capacity is unavailable|no container instances/i;

/** The rejection that an error of a call of ECS amounts to; undefined for an error that may go away by itself. */
export const asRejection = (call: string, error: unknown): Rejection | undefined => {
  if (!(error instanceof Error)) return undefined;
  const permanent =
    permanentErrors.has(error.name) ||
    (error.name === "ClientException" && permanentClientError.test(error.message));
  return permanent ? new Rejection(error.name, `${call}: ${error.name}: ${error.message}`) : undefined;
};

/** ECS has no room for the task where it was asked to run. */
export class CapacityUnavailable extends RetryableError {
  constructor(message: string) {
    super("CapacityUnavailable", message);
  }
}

/** ECS will not place the task, for another reason than lack of room. */
export class PlacementFailed extends Rejection {
  constructor(message: string) {
    super("PlacementFailed", message);
  }
}

/** What an error of RunTask amounts to. */
export const launchError = (error: unknown): unknown =>
  error instanceof Error && lackOfCapacity.test(error.message)
    ? new CapacityUnavailable(`RunTask: ${error.name}: ${error.message}`)
    : (asRejection("RunTask", error) ?? error);

/** Whether the launch failed only because of ECS's limit on how fast tasks may be launched. */
export const isThrottled = (error: unknown): boolean =>
  error instanceof Error && error.name === "ThrottlingException";

const passingFailure = /capacity|limit|^RESOURCE:|^AGENT$/i;

/** RunTask answers 200 also when it placed no task, and says why in `failures`. */
export const placementError = ([failure]: readonly Failure[]): Error => {
  const { reason = "no reason given", arn, detail } = failure ?? {};
  const message = ["RunTask placed no task", reason, arn, detail].filter(Boolean).join(": ");
  return failure === undefined || passingFailure.test(reason)
    ? new CapacityUnavailable(message)
    : new PlacementFailed(message);
};
