import {
  ConflictException,
  type ECSClient,
  RunTaskCommand,
  type RunTaskCommandInput,
} from "@aws-sdk/client-ecs";
import { CapacityUnavailable, launchError, PlacementFailed, placementError } from "./failures";
import type { Launch } from "./launch";

export type Started = {
  taskArn: string;
  /** The task is older than this call: the same event had launched it before. */
  duplicate: boolean;
};

// More than there can be after all deliveries of an event with sixteen subnets each: a guard, not a limit.
const maxTokens = 200;

const runOnce = async (ecs: ECSClient, request: RunTaskCommandInput, began: number): Promise<Started> => {
  const { tasks: [task] = [], failures = [] } = await ecs
    .send(new RunTaskCommand(request))
    .catch((error: unknown) => {
      throw launchError(error);
    });
  if (task?.taskArn === undefined) throw placementError(failures);
  return {
    taskArn: task.taskArn,
    // Of a task that has stopped, a repeated answer has the ARN and the status only.
    duplicate: task.createdAt === undefined || task.createdAt.getTime() < began,
  };
};

/**
 * Runs the one task of a launch, in the first place that has room for it.
 *
 * All requests of a launch share one token. So when the answer to an earlier one was lost, or another delivery of the
 * event was faster, ECS knows the token from another request and names the task: it is adopted. When it knows the token
 * but has no task, it took an answer without a task for final, and the next token is as good as the first.
 * @throws Rejection when no retry can help; RetryableError or the SDK's error when one may
 */
export const runTask = async (
  ecs: ECSClient,
  { requests, isRetry, token }: Launch,
  now: () => number,
): Promise<Started> => {
  const began = now();
  let usedUp = 0;

  const place = async (request: RunTaskCommandInput): Promise<Started> => {
    for (;;) {
      try {
        return await runOnce(ecs, { ...request, clientToken: token(usedUp) }, began);
      } catch (error) {
        if (!(error instanceof ConflictException) || usedUp === maxTokens) throw error;
        const [taskArn] = error.resourceIds ?? [];
        if (taskArn !== undefined) return { taskArn, duplicate: true };
        usedUp++;
      }
    }
  };

  let lackOfRoom: unknown;
  for (const [index, request] of requests.entries()) {
    try {
      return await place(request);
    } catch (error) {
      // It may be what ECS remembers of an earlier try: in other words, it looks again.
      const remembered = isRetry && index === 0 && error instanceof PlacementFailed;
      if (!(error instanceof CapacityUnavailable || remembered)) throw error;
      lackOfRoom = error;
    }
  }
  throw lackOfRoom;
};
