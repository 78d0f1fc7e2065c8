type Tag = { key?: string; value?: string };

/**
 * Begins the keys of our tags on tasks. ECS propagates the tags of the task definition to the same tasks, and what it does
 * with two of one key is not documented.
 */
const prefix = "event-driven-ecs:";

export type TaskTag = "event-id" | "service" | "try" | "earlier-ends" | "stopping";

export const taskTagKey = (name: TaskTag): string => `${prefix}${name}`;

export const createTaskTag = (name: TaskTag, value: string): { key: string; value: string } => ({
  key: taskTagKey(name),
  value,
});

/**
 * The value of one of our tags. On a task of an earlier release keys have no prefix. On a later one they are the user's, and
 * it has the tag `service` with the prefix since its launch.
 */
export const readTaskTag = (tags: readonly Tag[] = [], name: TaskTag): string | undefined => {
  const find = (key: string): string | undefined => {
    const tag = tags.find((each) => each.key === key);
    return tag && (tag.value ?? "");
  };
  const isOfEarlierRelease = find(taskTagKey("service")) === undefined;
  return find(taskTagKey(name)) ?? (isOfEarlierRelease ? find(name) : undefined);
};
