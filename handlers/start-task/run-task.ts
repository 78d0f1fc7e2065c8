import {
  ConflictException,
  type ECSClient,
  RunTaskCommand,
  type RunTaskCommandInput,
} from "@aws-sdk/client-ecs";
import { asRejection, placementError } from "./failures";

export type Started = {
  taskArn: string;
  /** The task is older than this call: the same event had launched it before. */
  duplicate: boolean;
};

// ECS knows the token from another request, say from before the route was changed: the event has its task.
const taskInConflict = (error: unknown): string | undefined =>
  error instanceof ConflictException ? error.resourceIds?.[0] : undefined;

/**
 * Runs the one task of a request.
 * @throws Rejection when no retry can help; RetryableError or the SDK's error when one may
 */
export const runTask = async (
  ecs: ECSClient,
  request: RunTaskCommandInput,
  now: () => number,
): Promise<Started> => {
  const began = now();
  try {
    const { tasks: [task] = [], failures = [] } = await ecs.send(new RunTaskCommand(request));
    if (task?.taskArn === undefined) throw placementError(failures);
    return {
      taskArn: task.taskArn,
      duplicate: task.createdAt !== undefined && task.createdAt.getTime() < began,
    };
  } catch (error) {
    const taskArn = taskInConflict(error);
    if (taskArn !== undefined) return { taskArn, duplicate: true };
    throw asRejection(error) ?? error;
  }
};
