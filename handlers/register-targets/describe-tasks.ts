import { DescribeTasksCommand, type ECSClient, type Task } from "@aws-sdk/client-ecs";
import { splitIntoChunks } from "../shared/chunks";
import type { AwsCalls } from "./rate-limited-calls";

/** DescribeTasks takes 100 tasks (its API reference). */
const maxDescribed = 100;

// ECS refuses the whole call when it cannot read one of the ARNs.
const isMaybeForOneTask = ({ name }: Error): boolean => name === "InvalidParameterException";

export type DescribedTasks = {
  /** By ARN. A task that ECS does not know (any more) is neither here nor in `errors`. */
  tasks: Map<string, Task>;
  /** Why a task could not be described, by its ARN. */
  errors: Map<string, unknown>;
};

/** Describes tasks of one cluster, with their tags. A task that ECS refuses to describe does not fail the others. */
export const describeTasks = async (
  ecs: ECSClient,
  cluster: string,
  taskArns: readonly string[],
  call: AwsCalls["other"],
): Promise<DescribedTasks> => {
  const described: DescribedTasks = { tasks: new Map(), errors: new Map() };
  const describe = async (tasks: string[]): Promise<void> => {
    try {
      const response = await call(() =>
        ecs.send(new DescribeTasksCommand({ cluster, tasks, include: ["TAGS"] })),
      );
      for (const task of response.tasks ?? []) if (task.taskArn) described.tasks.set(task.taskArn, task);
    } catch (error) {
      if (tasks.length > 1 && error instanceof Error && isMaybeForOneTask(error)) {
        for (const half of splitIntoChunks(tasks, Math.ceil(tasks.length / 2))) await describe(half);
      } else {
        for (const task of tasks) described.errors.set(task, error);
      }
    }
  };
  for (const tasks of splitIntoChunks(taskArns, maxDescribed)) await describe(tasks);
  return described;
};
