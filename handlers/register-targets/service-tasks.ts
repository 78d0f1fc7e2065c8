import { type ECSClient, ListTasksCommand, TagResourceCommand, type Task } from "@aws-sdk/client-ecs";
import { isTaskGroupOf } from "../shared/task-group";
import { describeTasks } from "./describe-tasks";
import type { Route } from "./environment";
import { type AwsCalls, isThrottled } from "./rate-limited-calls";
import { StaleDescription } from "./stale-description";
import { createStoppingTag, isDesiredRunning } from "./task-state";

export type ServiceTasks = {
  /**
   * Every task of the service with the desired status RUNNING, with its tags.
   * @param described tasks that need not be described again, by ARN. Those that are no longer listed are left out.
   * @param also tasks to describe even when they are not listed yet
   * @throws StaleDescription when ECS does not describe a task that it lists, because that task would look stopped
   */
  list(described?: ReadonlyMap<string, Task>, also?: readonly string[]): Promise<Task[]>;
  /** Marks a task as stopping, unless it has stopped. */
  mark(taskArn: string, eventId: string): Promise<void>;
};

const callsWithoutRetry: Pick<AwsCalls, "read" | "tag"> = { read: (call) => call(), tag: (call) => call() };

/** @param calls how AWS calls are made. Default: without rate limit and retry */
export const createServiceTasks = (
  ecs: ECSClient,
  service: string,
  { cluster, family }: Pick<Route, "cluster" | "family">,
  calls: Pick<AwsCalls, "read" | "tag"> = callsWithoutRetry,
): ServiceTasks => {
  const describe = async (taskArns: readonly string[]): Promise<Task[]> => {
    const { tasks, errors } = await describeTasks(ecs, cluster, taskArns, calls.read);
    for (const error of errors.values()) throw error;
    return [...tasks.values()];
  };

  const listArns = async (): Promise<string[]> => {
    const arns: string[] = [];
    let nextToken: string | undefined;
    do {
      const request = { cluster, family, desiredStatus: "RUNNING", nextToken } as const;
      const response = await calls.read(() => ecs.send(new ListTasksCommand(request)));
      arns.push(...(response.taskArns ?? []));
      nextToken = response.nextToken;
    } while (nextToken !== undefined);
    return arns;
  };

  return {
    async list(described = new Map(), also = []) {
      const arns = await listArns();
      const undescribed = new Set([...arns, ...also].filter((arn) => !described.has(arn)));
      const tasks = [
        ...arns.flatMap((arn) => described.get(arn) ?? []),
        ...(await describe([...undescribed])),
      ];
      const found = new Set(tasks.map(({ taskArn }) => taskArn));
      const missing = arns.filter((arn) => !found.has(arn));
      if (missing.length > 0) {
        const others = missing.length - 1;
        const more = others > 0 ? ` and ${others} more` : "";
        throw new StaleDescription(service, `${missing[0]}${more}, which it lists`);
      }
      return tasks.filter((task) => isDesiredRunning(task) && isTaskGroupOf(service, task.group));
    },
    async mark(taskArn, eventId) {
      const tags = [createStoppingTag(eventId)];
      try {
        await calls.tag(() => ecs.send(new TagResourceCommand({ resourceArn: taskArn, tags })));
      } catch (error) {
        if (isThrottled(error)) throw error;
        // ECS refuses to tag a stopped task.
        const [task] = await describe([taskArn]);
        if (task?.desiredStatus !== "STOPPED") throw error;
      }
    },
  };
};
