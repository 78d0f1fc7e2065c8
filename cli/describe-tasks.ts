import { DescribeTasksCommand, type ECSClient, type Task } from "@aws-sdk/client-ecs";
import { splitIntoChunks } from "../handlers/shared/chunks";

/** DescribeTasks takes 100 tasks (its API reference). */
const maxDescribed = 100;

/** Any number of tasks of one cluster, by ID or ARN, without those that ECS does not know any more. */
export async function describeTasks(
  ecs: ECSClient,
  cluster: string,
  tasks: readonly string[],
): Promise<Task[]> {
  const described: Task[] = [];
  for (const chunk of splitIntoChunks(tasks, maxDescribed))
    described.push(...((await ecs.send(new DescribeTasksCommand({ cluster, tasks: chunk }))).tasks ?? []));
  return described;
}
