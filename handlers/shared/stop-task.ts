import { type ECSClient, StopTaskCommand } from "@aws-sdk/client-ecs";

// The limit of StopTask (its API reference).
const maxReasonLength = 255;

/** Stops a task. A long reason is truncated. */
export const stopTask = async (
  ecs: ECSClient,
  cluster: string,
  taskArn: string,
  reason: string,
): Promise<void> => {
  await ecs.send(new StopTaskCommand({ cluster, task: taskArn, reason: reason.slice(0, maxReasonLength) }));
};
