import {
  DescribeTasksCommand,
  type ECSClient,
  ListTasksCommand,
  TagResourceCommand,
  type Task,
} from "@aws-sdk/client-ecs";
import { inChunks } from "../shared/chunks";
import { isGroupOf } from "../shared/routes";
import { type Calls, isThrottled } from "./calls";
import type { Route } from "./environment";
import { StaleDescription } from "./stale-description";
import { stoppingTag } from "./stopping-tag";

// What ECS allows in the value of a tag, as far as ids of events go (API reference of Tag).
const tagValue = (text: string): string => text.replaceAll(/[^A-Za-z0-9 _.:/=+\-@]/g, "-").slice(0, 256);

export const isStopping = ({ tags = [] }: Task): boolean => tags.some(({ key }) => key === stoppingTag);

/** Whether it was this event that had the task marked. */
export const isMarkedBy = ({ tags = [] }: Task, eventId: string): boolean =>
  tags.some(({ key, value }) => key === stoppingTag && value === tagValue(eventId));

export const isWanted = ({ desiredStatus }: Task): boolean => desiredStatus === "RUNNING";
export const isRunning = (task: Task): boolean => isWanted(task) && task.lastStatus === "RUNNING";

// DescribeTasks takes 100 of them (its API reference).
const maxDescribed = 100;

// ECS refuses a call as a whole for one name in it that it cannot read.
const mayBeForOne = ({ name }: Error): boolean => name === "InvalidParameterException";

export type Described = {
  /** By ARN. A task that ECS does not know, or knows no more, is in neither. */
  tasks: Map<string, Task>;
  /** Why a task could not be described, by its ARN. */
  errors: Map<string, unknown>;
};

type Call = Calls["make"];

/** What ECS shows of tasks of one cluster, with their tags. A task that it cannot answer for takes no other one along. */
export const describeTasks = async (
  ecs: ECSClient,
  cluster: string,
  taskArns: readonly string[],
  call: Call,
): Promise<Described> => {
  const found: Described = { tasks: new Map(), errors: new Map() };
  const describe = async (tasks: string[]): Promise<void> => {
    try {
      const answer = await call(() =>
        ecs.send(new DescribeTasksCommand({ cluster, tasks, include: ["TAGS"] })),
      );
      for (const task of answer.tasks ?? []) if (task.taskArn) found.tasks.set(task.taskArn, task);
    } catch (error) {
      if (tasks.length > 1 && error instanceof Error && mayBeForOne(error)) {
        for (const half of inChunks(tasks, Math.ceil(tasks.length / 2))) await describe(half);
      } else {
        for (const task of tasks) found.errors.set(task, error);
      }
    }
  };
  for (const tasks of inChunks(taskArns, maxDescribed)) await describe(tasks);
  return found;
};

export type ServiceTasks = {
  /**
   * Every task of the service that is wanted to run, with its tags.
   * @param known tasks that need not be described again, by ARN; those of them that are no longer listed are left out
   * @param also tasks to describe even if the list, which may be a moment old, does not have them
   * @throws StaleDescription when ECS does not describe what it lists: it would pass for gone
   */
  list(known?: ReadonlyMap<string, Task>, also?: readonly string[]): Promise<Task[]>;
  /** Marks a task as to be stopped, unless it has ended. */
  mark(taskArn: string, eventId: string): Promise<void>;
};

const unpaced: Pick<Calls, "read" | "mark"> = { read: (call) => call(), mark: (call) => call() };

/** @param calls how the calls are made; default: at once */
export const createServiceTasks = (
  ecs: ECSClient,
  service: string,
  { cluster, family }: Pick<Route, "cluster" | "family">,
  calls: Pick<Calls, "read" | "mark"> = unpaced,
): ServiceTasks => {
  const describe = async (taskArns: readonly string[]): Promise<Task[]> => {
    const { tasks, errors } = await describeTasks(ecs, cluster, taskArns, calls.read);
    for (const error of errors.values()) throw error;
    return [...tasks.values()];
  };

  const listed = async (): Promise<string[]> => {
    const arns: string[] = [];
    let nextToken: string | undefined;
    do {
      const page = { cluster, family, desiredStatus: "RUNNING", nextToken } as const;
      const answer = await calls.read(() => ecs.send(new ListTasksCommand(page)));
      arns.push(...(answer.taskArns ?? []));
      nextToken = answer.nextToken;
    } while (nextToken !== undefined);
    return arns;
  };

  return {
    async list(known = new Map(), also = []) {
      const arns = await listed();
      const unknown = new Set([...arns, ...also].filter((arn) => !known.has(arn)));
      const described = await describe([...unknown]);
      const tasks = [...arns.flatMap((arn) => known.get(arn) ?? []), ...described];
      const found = new Set(tasks.map(({ taskArn }) => taskArn));
      const unseen = arns.filter((arn) => !found.has(arn));
      if (unseen.length > 0) {
        const others = unseen.length - 1;
        const more = others > 0 ? ` and ${others} more` : "";
        throw new StaleDescription(service, `${unseen[0]}${more}, which it lists`);
      }
      return tasks.filter((task) => isWanted(task) && isGroupOf(service, task.group));
    },
    async mark(taskArn, eventId) {
      const tags = [{ key: stoppingTag, value: tagValue(eventId) }];
      try {
        await calls.mark(() => ecs.send(new TagResourceCommand({ resourceArn: taskArn, tags })));
      } catch (error) {
        if (isThrottled(error)) throw error;
        // ECS tags no task that is stopped.
        const [task] = await describe([taskArn]);
        if (task?.desiredStatus !== "STOPPED") throw error;
      }
    },
  };
};
