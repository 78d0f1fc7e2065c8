import type { Task } from "@aws-sdk/client-ecs";
import type { Member } from "../shared/target-group";
import { holdsTarget, type Target, targetKey } from "../shared/task-target";
import type { TaskTarget } from "./actions";
import type { Route } from "./environment";
import { isRunning, isStopping } from "./service-tasks";

/** A task as ECS shows it; nothing when ECS does not know it, or knows it no more. */
export type Seen = {
  taskArn: string;
  task: Task | undefined;
  target: Target | undefined;
  /** Its private IP address, as an event says. */
  address: string | undefined;
};

/** What is to be done. ARNs but for `deregister`. */
export type Decision = {
  register: TaskTarget[];
  deregister: TaskTarget[];
  /** Marked tasks whose targets have drained. */
  stop: string[];
  /** Marked tasks whose targets have not. */
  draining: string[];
  /** Tasks that have ended, and a target of their address is left. It may be that of another task by now. */
  left: string[];
  /** Tasks that have ended, and nothing of them is left. */
  gone: string[];
};

/** Runs and is to go on running. */
export const isUp = (task: Task | undefined): boolean =>
  task !== undefined && isRunning(task) && !isStopping(task);

/** What makes the group right as far as these tasks go. @param members what the group holds of their targets */
export const decide = (seen: readonly Seen[], members: readonly Member[], route: Route): Decision => {
  const decision: Decision = { register: [], deregister: [], stop: [], draining: [], left: [], gone: [] };
  const inGroup = new Set(members.map(targetKey));
  const registered = members.filter(({ draining }) => !draining);
  const held = new Set(registered.map(targetKey));
  // An address whose new task is among these is not left over from an old one.
  const up = new Set(seen.flatMap(({ task, target }) => (target && isUp(task) ? targetKey(target) : [])));

  for (const { taskArn, task, target, address } of seen) {
    const key = target ? targetKey(target) : "";
    if (task && isRunning(task)) {
      if (!isStopping(task)) {
        if (target && !held.has(key)) decision.register.push({ taskArn, ...target });
      } else if (inGroup.has(key)) {
        decision.draining.push(taskArn);
        if (held.has(key)) decision.deregister.push({ taskArn, ...target! });
      } else {
        decision.stop.push(taskArn);
      }
    } else if (task && target && holdsTarget(task, route)) {
      if (held.has(key)) decision.deregister.push({ taskArn, ...target });
    } else {
      // Without a description nobody knows the port.
      const isLeft = target
        ? held.has(key) && !up.has(key)
        : registered.some((member) => member.id === address && !up.has(targetKey(member)));
      (isLeft ? decision.left : decision.gone).push(taskArn);
    }
  }
  return decision;
};
