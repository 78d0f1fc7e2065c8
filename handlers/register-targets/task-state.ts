import type { Task } from "@aws-sdk/client-ecs";
import { createTaskTag, readTaskTag } from "../shared/task-tags";

// ECS allows these characters in the value of a tag, 256 at most (API reference of Tag).
const toTagValue = (text: string): string => text.replaceAll(/[^A-Za-z0-9 _.:/=+\-@]/g, "-").slice(0, 256);

export const createStoppingTag = (eventId: string) => createTaskTag("stopping", toTagValue(eventId));

export const isStopping = ({ tags }: Task): boolean => readTaskTag(tags, "stopping") !== undefined;

/** Whether this event marked the task. */
export const isMarkedBy = ({ tags }: Task, eventId: string): boolean =>
  readTaskTag(tags, "stopping") === toTagValue(eventId);

export const isDesiredRunning = ({ desiredStatus }: Task): boolean => desiredStatus === "RUNNING";
export const isRunning = (task: Task): boolean => isDesiredRunning(task) && task.lastStatus === "RUNNING";

export const shouldBeRegistered = (task: Task | undefined): boolean =>
  task !== undefined && isRunning(task) && !isStopping(task);
