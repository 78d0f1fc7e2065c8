import { Rejection } from "../shared/failures";
import { stopTask } from "../shared/stop-task";
import { createTargetGroup, type Member, type TargetGroup } from "../shared/target-group";
import type { Target } from "../shared/task-target";
import type { Route } from "./environment";
import { count } from "./metrics";
import type { Work } from "./work";

export type TaskTarget = Target & { taskArn: string };

/** What was found and done. */
export type Report = {
  /** Running tasks without a target, where the whole service was looked at. */
  missing: number;
  /** Targets without a task, where the whole service was looked at. */
  stale: number;
  registered: TaskTarget[];
  deregistered: Target[];
  /** ARNs of tasks. */
  stopped: string[];
  /** ARNs of tasks that are to be stopped once their targets have drained. */
  draining: string[];
};

export const emptyReport = (): Report => ({
  missing: 0,
  stale: 0,
  registered: [],
  deregistered: [],
  stopped: [],
  draining: [],
});

/** Records that a task cannot be registered, before it is stopped for it. */
export type Refuse = (taskArn: string, reason: Rejection) => Promise<void>;

/** What can be done about the targets and tasks of one service; all of it is noted in the report. */
export type Actions = {
  /** The targets that the group holds or that drain; of those given, or all. A group that does not exist has none. */
  members(only?: readonly Target[]): Promise<Member[]>;
  /** Registers what the group takes. A task that it never takes is stopped with the reason: nobody could reach it. */
  register(targets: readonly TaskTarget[]): Promise<void>;
  deregister(targets: readonly Target[]): Promise<void>;
  /** Takes targets out and puts others in. */
  change(register: readonly TaskTarget[], deregister: readonly Target[]): Promise<void>;
  stop(taskArn: string, reason: string): Promise<void>;
};

type Refused = { taskArn: string; reason: Rejection };

/** @param arn of the service's target group */
export const createActions = (
  service: string,
  route: Route,
  arn: string,
  { ecs, elb, emit, calls }: Work,
  report: Report,
  refuse: Refuse,
): Actions => {
  const group: TargetGroup = createTargetGroup(elb, arn);

  // One target that the group does not take fails all that are named with it.
  const registerPossible = async (targets: readonly TaskTarget[]): Promise<Refused[]> => {
    try {
      await calls.register(() => group.register(targets));
      return [];
    } catch (error) {
      if (!(error instanceof Rejection)) throw error;
      const [first, ...others] = targets;
      if (first === undefined) return [];
      if (others.length === 0) return [{ taskArn: first.taskArn, reason: error }];
      const refused: Refused[] = [];
      for (const target of targets) refused.push(...(await registerPossible([target])));
      return refused;
    }
  };

  const actions: Actions = {
    async members(only) {
      try {
        return await calls.make(() => group.members(only));
      } catch (error) {
        if (!(error instanceof Rejection)) throw error;
        // Whoever wants to register one is told. One that the group can never have is asked for among all others.
        return only === undefined || error.name.startsWith("TargetGroupNotFound") ? [] : actions.members();
      }
    },

    async register(targets) {
      const refused = await registerPossible(targets);
      const registered = targets.filter(({ taskArn }) => refused.every((each) => each.taskArn !== taskArn));
      report.registered.push(...registered);
      if (registered.length > 0) emit([count("registered", service, registered.length)]);
      for (const { taskArn, reason } of refused) {
        emit([count("refused", service, 1, reason.name)]);
        await refuse(taskArn, reason);
        await actions.stop(taskArn, `The target group does not take it: ${reason.message}`);
      }
    },

    async deregister(targets) {
      await calls.register(() => group.deregister(targets));
      report.deregistered.push(...targets);
      emit([count("deregistered", service, targets.length)]);
    },

    async change(register, deregister) {
      // Out before in: a full group may then have room.
      if (deregister.length > 0) await actions.deregister(deregister);
      if (register.length > 0) await actions.register(register);
    },

    async stop(taskArn, reason) {
      await calls.make(() => stopTask(ecs, route.cluster, taskArn, reason));
      report.stopped.push(taskArn);
      emit([count("stopped", service)]);
    },
  };
  return actions;
};
