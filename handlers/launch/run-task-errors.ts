import type { Failure, RunTaskCommandInput } from "@aws-sdk/client-ecs";
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

// Such as "You've reached the limit on the number of vCPUs you can run concurrently": Fargate and Fargate Spot have a quota
// each, and a cluster one of tasks that wait for a container instance.
const quotaPattern = /limit|quota/i;

const isCapacityError = ({ name, message }: Error): boolean =>
  capacityErrorPattern.test(message) ||
  (name === "ClientException" && !permanentClientErrorPattern.test(message) && quotaPattern.test(message));

const missingProviderPattern = /capacity provider.* not (associated|found)/i;

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

/** The cluster does not have the capacity provider of the launch route. */
export class CapacityProviderMissing extends PermanentError {
  constructor(name: string, cluster: string, error: string) {
    super(
      "CapacityProviderMissing",
      `RunTask: the cluster "${cluster}" has no capacity provider "${name}"; associate it with the cluster (aws_ecs_cluster_capacity_providers), or give the service another capacity. ${error}`,
    );
  }
}

export const toLaunchError = (
  error: unknown,
  { capacityProviderStrategy, cluster = "default", launchType }: RunTaskCommandInput,
): unknown => {
  if (!(error instanceof Error)) return error;
  const message = `${error.name}: ${error.message}`;
  const provider = capacityProviderStrategy?.[0]?.capacityProvider;
  if (provider !== undefined && missingProviderPattern.test(error.message))
    return new CapacityProviderMissing(provider, cluster, message);
  if (!isCapacityError(error)) return toPermanentError("RunTask", error) ?? error;
  const isByDefault = provider === undefined && launchType === undefined;
  return new CapacityUnavailable(
    `RunTask: ${message}${isByDefault ? ` The default capacity provider strategy of the cluster "${cluster}" decides where the task runs; without one it needs container instances.` : ""}`,
  );
};

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
