import {
  DescribeTasksCommand,
  type ECSClient,
  paginateListTasks,
  TagResourceCommand,
  type Task,
} from "@aws-sdk/client-ecs";
import { inChunks } from "../shared/chunks";
import { groupOf } from "../shared/routes";
import { stopTask } from "../shared/stop-task";
import type { Route } from "./environment";
import { StaleDescription } from "./stale-description";

/** The mark of a task that is to be stopped once its target has drained; its value is the id of the event that asked. */
const stoppingTag = "stopping";

export const isStopping = ({ tags = [] }: Task): boolean => tags.some(({ key }) => key === stoppingTag);

// What ECS allows in the value of a tag, as far as ids of events go (API reference of Tag).
const tagValue = (text: string): string => text.replaceAll(/[^A-Za-z0-9 _.:/=+\-@]/g, "-").slice(0, 256);

// DescribeTasks takes 100 of them (its API reference).
const mostTasks = 100;

export type ServiceTasks = {
  /**
   * Every task of the service that is wanted to run, with its tags.
   * @param also a task to describe even if the list, which may be a moment old, does not have it
   * @throws StaleDescription when ECS does not describe what it lists: it would pass for gone
   */
  list(also?: string): Promise<Task[]>;
  /** Marks a task as to be stopped, unless it has ended. */
  mark(taskArn: string, eventId: string): Promise<void>;
  stop(taskArn: string, reason: string): Promise<void>;
};

export const createServiceTasks = (
  ecs: ECSClient,
  service: string,
  { cluster, family }: Pick<Route, "cluster" | "family">,
): ServiceTasks => {
  const describe = async (taskArns: readonly string[]): Promise<Task[]> => {
    const found: Task[] = [];
    for (const tasks of inChunks(taskArns, mostTasks)) {
      const answer = await ecs.send(new DescribeTasksCommand({ cluster, tasks, include: ["TAGS"] }));
      found.push(...(answer.tasks ?? []));
    }
    return found;
  };

  const listed = async (): Promise<string[]> => {
    const arns: string[] = [];
    for await (const { taskArns = [] } of paginateListTasks(
      { client: ecs },
      { cluster, family, desiredStatus: "RUNNING" },
    )) {
      arns.push(...taskArns);
    }
    return arns;
  };

  return {
    async list(also) {
      const arns = await listed();
      const tasks = await describe([...new Set(also === undefined ? arns : [...arns, also])]);
      const found = new Set(tasks.map(({ taskArn }) => taskArn));
      const unseen = arns.filter((arn) => !found.has(arn));
      if (unseen.length > 0) {
        throw new StaleDescription(service, `${unseen.join(", ")}, which it lists`);
      }
      return tasks.filter(({ group }) => group === groupOf(service));
    },
    async mark(taskArn, eventId) {
      const tags = [{ key: stoppingTag, value: tagValue(eventId) }];
      try {
        await ecs.send(new TagResourceCommand({ resourceArn: taskArn, tags }));
      } catch (error) {
        // ECS tags no task that is stopped.
        const [task] = await describe([taskArn]);
        if (task?.desiredStatus !== "STOPPED") throw error;
      }
    },
    stop: (taskArn, reason) => stopTask(ecs, cluster, taskArn, reason),
  };
};
