import { type ECSClient, StopTaskCommand } from "@aws-sdk/client-ecs";

// What StopTask takes as a reason.
const longestReason = 255;

/** Stops a task; a reason that is too long for ECS is cut. */
export const stopTask = async (
  ecs: ECSClient,
  cluster: string,
  taskArn: string,
  reason: string,
): Promise<void> => {
  await ecs.send(new StopTaskCommand({ cluster, task: taskArn, reason: reason.slice(0, longestReason) }));
};
