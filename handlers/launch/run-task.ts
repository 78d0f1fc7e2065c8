import {
  ConflictException,
  type ECSClient,
  RunTaskCommand,
  type RunTaskCommandInput,
} from "@aws-sdk/client-ecs";
import { CapacityUnavailable, PlacementFailed, toLaunchError, toPlacementError } from "./run-task-errors";
import type { LaunchRequest } from "./run-task-request";

export type StartedTask = {
  taskArn: string;
  /** An earlier delivery of the event started the task. */
  duplicate: boolean;
};

// A guard against an endless loop: all deliveries of an event with sixteen subnets each need fewer.
const maxTokens = 200;

const runOnce = async (ecs: ECSClient, request: RunTaskCommandInput, began: number): Promise<StartedTask> => {
  const { tasks: [task] = [], failures = [] } = await ecs
    .send(new RunTaskCommand(request))
    .catch((error: unknown) => {
      throw toLaunchError(error, request);
    });
  if (task?.taskArn === undefined) throw toPlacementError(failures);
  return {
    taskArn: task.taskArn,
    // When the task of a reused token has stopped, ECS returns only its ARN and status.
    duplicate: task.createdAt === undefined || task.createdAt.getTime() < began,
  };
};

/**
 * Runs the task of a launch with the first placement that has capacity.
 *
 * All requests of a launch share one client token. If an earlier request started a task and its response was lost, or if
 * another delivery was faster, ECS answers `ConflictException` with the ARN of that task, which is returned. If the
 * conflict names no task, the token was used up by a failed placement, and the next token is used.
 * @throws PermanentError when no retry can succeed; TransientError or the SDK's error when a retry may succeed
 */
export const runTask = async (
  ecs: ECSClient,
  { requests, isRedelivered, createToken }: LaunchRequest,
  now: () => number,
): Promise<StartedTask> => {
  const began = now();
  let usedTokens = 0;

  const place = async (request: RunTaskCommandInput): Promise<StartedTask> => {
    for (;;) {
      try {
        return await runOnce(ecs, { ...request, clientToken: createToken(usedTokens) }, began);
      } catch (error) {
        if (!(error instanceof ConflictException) || usedTokens === maxTokens) throw error;
        const [taskArn] = error.resourceIds ?? [];
        if (taskArn !== undefined) return { taskArn, duplicate: true };
        usedTokens++;
      }
    }
  };

  let lastError: unknown;
  for (const [index, request] of requests.entries()) {
    try {
      return await place(request);
    } catch (error) {
      // ECS may only repeat the failure of an earlier delivery. The next request has another tag and is placed anew.
      const isMaybeRemembered = isRedelivered && index === 0 && error instanceof PlacementFailed;
      if (!(error instanceof CapacityUnavailable || isMaybeRemembered)) throw error;
      lastError = error;
    }
  }
  throw lastError;
};
