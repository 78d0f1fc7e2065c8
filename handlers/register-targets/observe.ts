import type { ECSClient, Task } from "@aws-sdk/client-ecs";
import { Rejection } from "../shared/failures";
import type { Member, TargetGroup } from "../shared/target-group";
import { type Target, targetKey, targetsOf } from "../shared/task-target";
import type { Route } from "./environment";
import { isStopping, type ServiceTasks } from "./service-tasks";
import { StaleDescription } from "./stale-description";

export type TaskTarget = Target & { taskArn: string };

/** What the event that brought us here says of its task: what we see may not be older. */
export type Expected = {
  taskArn: string;
  version: number | undefined;
  /** The event says that the task runs, and is young enough for ECS still to know the task. */
  running: boolean;
};

export type Observation = {
  /** Targets of the tasks that run and are to go on running. */
  desired: TaskTarget[];
  /** Tasks marked to be stopped, with their targets as far as ECS knows them. */
  stopping: { taskArn: string; target: Target | undefined }[];
  members: Member[];
};

const lackingOf = (
  expected: Expected | undefined,
  tasks: readonly Task[],
  targets: ReadonlyMap<string, Target>,
): string | undefined => {
  if (expected === undefined) return undefined;
  const { taskArn, version = 0, running } = expected;
  const task = tasks.find((each) => each.taskArn === taskArn);
  if (task === undefined) return running ? taskArn : undefined;
  if ((task.version ?? version) < version) return `version ${version} of ${taskArn}, but ${task.version}`;
  if (isRunning(task) && !targets.has(taskArn)) return `address and port of ${taskArn}`;
  return undefined;
};

const isWanted = ({ desiredStatus }: Task): boolean => desiredStatus === "RUNNING";
const isRunning = (task: Task): boolean => isWanted(task) && task.lastStatus === "RUNNING";

// A group that does not exist has no members. Whoever wants to register one is told.
const membersOf = (group: TargetGroup): Promise<Member[]> =>
  group.members().catch((error) => {
    if (error instanceof Rejection) return [];
    throw error;
  });

/**
 * What there is of a service, in its cluster and in its target group.
 * @throws StaleDescription when ECS shows less than what it lists, or less than the event said
 */
export const observe = async (
  service: string,
  parts: { ecs: ECSClient; tasks: ServiceTasks; group: TargetGroup; route: Route },
  expected?: Expected,
): Promise<Observation> => {
  // Tasks first: a target that came between the two looks is of a task that we shall be told about.
  const tasks = await parts.tasks.list(expected?.taskArn);
  const targets = await targetsOf(parts.ecs, parts.route, tasks.filter(isRunning));
  const lacking = lackingOf(expected, tasks, targets);
  if (lacking !== undefined) throw new StaleDescription(service, lacking);
  const members = await membersOf(parts.group);
  return {
    desired: tasks.flatMap((task) => {
      const target = targets.get(task.taskArn ?? "");
      return target && !isStopping(task) ? { taskArn: task.taskArn ?? "", ...target } : [];
    }),
    stopping: tasks
      .filter((task) => isWanted(task) && isStopping(task))
      .map(({ taskArn = "" }) => ({ taskArn, target: targets.get(taskArn) })),
    members,
  };
};

/** What makes the group hold the desired targets and no others, and ends the marked tasks that are no longer in it. */
export type Changes = { register: TaskTarget[]; deregister: Target[]; stop: string[] };

export const changesFor = ({ desired, stopping, members }: Observation): Changes => {
  const registered = members.filter(({ draining }) => !draining);
  const wanted = new Set(desired.map(targetKey));
  const held = new Set(registered.map(targetKey));
  const inGroup = new Set(members.map(targetKey));
  return {
    register: desired.filter((target) => !held.has(targetKey(target))),
    deregister: registered.filter((target) => !wanted.has(targetKey(target))),
    stop: stopping
      .filter(({ target }) => target === undefined || !inGroup.has(targetKey(target)))
      .map(({ taskArn }) => taskArn),
  };
};
