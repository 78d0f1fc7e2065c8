import { DescribeTasksCommand, type ECSClient, type Task } from "@aws-sdk/client-ecs";
import { splitIntoChunks } from "./chunks";
import type { Sleep } from "./poll";

/** The limit of DescribeTasks (its API reference). */
const maxDescribed = 100;

/** The task, undefined while ECS does not show it, or the error of DescribeTasks. */
export type DescribeResult = { task: Task | undefined } | { error: unknown };
/** Describes a task after `delayMs`, or earlier together with another task of its cluster. */
export type DescribeTaskAfter = (
  cluster: string,
  taskArn: string,
  delayMs: number,
) => Promise<DescribeResult>;
type PendingDescribe = { taskArn: string; resolve: (result: DescribeResult) => void };

/**
 * Describes the tasks that the function waits for. When the first one is due, all tasks of its cluster are described
 * in one call, because ECS allows an account 20 such calls a second.
 */
export const createSharedDescribe = (ecs: ECSClient, sleep: Sleep): DescribeTaskAfter => {
  const pendingByCluster = new Map<string, PendingDescribe[]>();

  const describeAll = async (cluster: string): Promise<void> => {
    const pending = pendingByCluster.get(cluster) ?? [];
    pendingByCluster.delete(cluster);
    for (const chunk of splitIntoChunks(pending, maxDescribed)) {
      const arns = [...new Set(chunk.map(({ taskArn }) => taskArn))];
      const getResult = await ecs.send(new DescribeTasksCommand({ cluster, tasks: arns })).then(
        ({ tasks = [] }) =>
          (taskArn: string): DescribeResult => ({ task: tasks.find((task) => task.taskArn === taskArn) }),
        (error: unknown) => (): DescribeResult => ({ error }),
      );
      for (const { taskArn, resolve } of chunk) resolve(getResult(taskArn));
    }
  };

  return (cluster, taskArn, delayMs) =>
    new Promise<DescribeResult>((resolvePromise) => {
      let isResolved = false;
      const resolve = (result: DescribeResult) => {
        isResolved = true;
        resolvePromise(result);
      };
      pendingByCluster.set(cluster, [...(pendingByCluster.get(cluster) ?? []), { taskArn, resolve }]);
      void sleep(delayMs).then(() => (isResolved ? undefined : describeAll(cluster)));
    });
};
