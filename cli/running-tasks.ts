import { type ECSClient, paginateListTasks, type Task } from "@aws-sdk/client-ecs";
import { describeTasks } from "./describe-tasks";

/** The tasks of clusters that have not stopped, those that are stopping included. */
export async function listRunningTasks(ecs: ECSClient, clusters: Iterable<string>): Promise<Task[]> {
  const running: Task[] = [];
  for (const cluster of new Set(clusters)) {
    const arns = new Set<string>();
    for (const desiredStatus of ["RUNNING", "STOPPED"] as const)
      for await (const { taskArns = [] } of paginateListTasks({ client: ecs }, { cluster, desiredStatus }))
        for (const arn of taskArns) arns.add(arn);
    running.push(...(await describeTasks(ecs, cluster, [...arns])));
  }
  return running.filter(({ lastStatus }) => lastStatus !== "STOPPED");
}
