import type { Task } from "@aws-sdk/client-ecs";
import type { TargetDescription } from "../shared/target-group";
import { formatTarget, holdsTarget, type Target } from "../shared/task-target";
import type { Route } from "./environment";
import type { TaskTarget } from "./report";
import { isRunning, isStopping, shouldBeRegistered } from "./task-state";

export type ObservedTask = {
  taskArn: string;
  /** Undefined when ECS does not know the task (any more). */
  task: Task | undefined;
  target: Target | undefined;
  /** From an event. */
  privateIp: string | undefined;
};

/** The changes that bring the target group in sync. Lists of ARNs, except `register` and `deregister`. */
export type Decision = {
  register: TaskTarget[];
  deregister: TaskTarget[];
  /** Marked tasks whose targets have drained. */
  stop: string[];
  /** Marked tasks whose targets are still draining. */
  draining: string[];
  /** Ended tasks whose address is still registered. Another task may have that address now. */
  leftover: string[];
  /** Ended tasks whose address is not registered. */
  cleanedUp: string[];
};

/** Compares tasks with the target group. @param descriptions of the targets that the group has for these tasks */
export const decideChanges = (
  observed: readonly ObservedTask[],
  descriptions: readonly TargetDescription[],
  route: Route,
): Decision => {
  const decision: Decision = {
    register: [],
    deregister: [],
    stop: [],
    draining: [],
    leftover: [],
    cleanedUp: [],
  };
  const knownKeys = new Set(descriptions.map(formatTarget));
  const registered = descriptions.filter(({ isDraining }) => !isDraining);
  const registeredKeys = new Set(registered.map(formatTarget));
  // A running task among these tasks may have the address of an ended one.
  const keysInUse = new Set(
    observed.flatMap(({ task, target }) => (target && shouldBeRegistered(task) ? formatTarget(target) : [])),
  );

  for (const { taskArn, task, target, privateIp } of observed) {
    const key = target ? formatTarget(target) : "";
    if (task && isRunning(task)) {
      if (!isStopping(task)) {
        if (target && !registeredKeys.has(key)) decision.register.push({ taskArn, ...target });
      } else if (knownKeys.has(key)) {
        decision.draining.push(taskArn);
        if (registeredKeys.has(key)) decision.deregister.push({ taskArn, ...target! });
      } else {
        decision.stop.push(taskArn);
      }
    } else if (task && target && holdsTarget(task, route)) {
      if (registeredKeys.has(key)) decision.deregister.push({ taskArn, ...target });
    } else {
      // Without a description of the task its port is unknown, so the address alone is compared.
      const isLeftover = target
        ? registeredKeys.has(key) && !keysInUse.has(key)
        : registered.some(
            (description) => description.id === privateIp && !keysInUse.has(formatTarget(description)),
          );
      (isLeftover ? decision.leftover : decision.cleanedUp).push(taskArn);
    }
  }
  return decision;
};
