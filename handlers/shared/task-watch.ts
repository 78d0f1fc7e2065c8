import { DescribeTasksCommand, type ECSClient, type Task } from "@aws-sdk/client-ecs";
import { inChunks } from "./chunks";
import type { Sleep } from "./poll";

/** DescribeTasks takes so many (its API reference). */
const maxDescribed = 100;

/** What ECS shows of a task (nothing, where it does not know it yet), or why it could not be asked. */
export type Look = { task: Task | undefined } | { error: unknown };
export type TaskWatch = (cluster: string, taskArn: string, waitMs: number) => Promise<Look>;
type Watcher = { taskArn: string; seen: (look: Look) => void };

/**
 * Looks at tasks that are waited for in one invocation: whoever is due first describes all of a cluster in one call,
 * because ECS allows an account 20 such calls a second.
 */
export const createTaskWatch = (ecs: ECSClient, sleep: Sleep): TaskWatch => {
  const watchers = new Map<string, Watcher[]>();

  const describe = async (cluster: string): Promise<void> => {
    const waiting = watchers.get(cluster) ?? [];
    watchers.delete(cluster);
    for (const some of inChunks(waiting, maxDescribed)) {
      const arns = [...new Set(some.map(({ taskArn }) => taskArn))];
      const lookAt = await ecs.send(new DescribeTasksCommand({ cluster, tasks: arns })).then(
        ({ tasks = [] }) =>
          (taskArn: string): Look => ({ task: tasks.find((task) => task.taskArn === taskArn) }),
        (error: unknown) => (): Look => ({ error }),
      );
      for (const { taskArn, seen } of some) seen(lookAt(taskArn));
    }
  };

  /** What ECS shows of a task after `waitMs`, or earlier when another task of its cluster is looked at. */
  return (cluster, taskArn, waitMs) =>
    new Promise<Look>((resolve) => {
      let looked = false;
      const seen = (look: Look) => {
        looked = true;
        resolve(look);
      };
      watchers.set(cluster, [...(watchers.get(cluster) ?? []), { taskArn, seen }]);
      void sleep(waitMs).then(() => (looked ? undefined : describe(cluster)));
    });
};
