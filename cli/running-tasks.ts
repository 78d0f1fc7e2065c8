import { DescribeTasksCommand, type ECSClient, paginateListTasks, type Task } from "@aws-sdk/client-ecs";
import { splitIntoChunks } from "../handlers/shared/chunks";

/** DescribeTasks takes 100 tasks (its API reference). */
const maxDescribed = 100;

/** The tasks of clusters that have not stopped, those that are stopping included. */
export async function listRunningTasks(ecs: ECSClient, clusters: Iterable<string>): Promise<Task[]> {
  const running: Task[] = [];
  for (const cluster of new Set(clusters)) {
    const arns = new Set<string>();
    for (const desiredStatus of ["RUNNING", "STOPPED"] as const)
      for await (const { taskArns = [] } of paginateListTasks({ client: ecs }, { cluster, desiredStatus }))
        for (const arn of taskArns) arns.add(arn);
    for (const tasks of splitIntoChunks([...arns], maxDescribed))
      running.push(...((await ecs.send(new DescribeTasksCommand({ cluster, tasks }))).tasks ?? []));
  }
  return running.filter(({ lastStatus }) => lastStatus !== "STOPPED");
}
