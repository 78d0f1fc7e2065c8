import { ECSClient, ListTasksCommand, StopTaskCommand } from "@aws-sdk/client-ecs";
import type { Connection } from "./account";

/** Stops every task of the cluster, without which it cannot be deleted. A cluster that does not exist has none. */
export async function stopTasks(connection: Connection, cluster: string): Promise<void> {
  const ecs = new ECSClient(connection);
  const { taskArns = [] } = await ecs.send(new ListTasksCommand({ cluster })).catch((error: Error) => {
    if (error.name === "ClusterNotFoundException") return { taskArns: [] };
    throw error;
  });
  for (const task of taskArns) await ecs.send(new StopTaskCommand({ cluster, task }));
}
