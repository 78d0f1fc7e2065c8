import { PermanentError } from "../shared/failures";
import { stopTask } from "../shared/stop-task";
import { createTargetGroup, type TargetDescription } from "../shared/target-group";
import type { Target } from "../shared/task-target";
import type { Route } from "./environment";
import type { InvocationContext } from "./invocation-context";
import { createCount } from "./metrics";
import type { Report, TaskTarget } from "./report";

/** `stoppedReason` of a task that a stop event stopped and that had a target. */
export const stoppedAfterDraining = "Stopped by an event after its target had drained";

/** Sends the reason why a task cannot be registered to the DLQ, before the task is stopped. */
export type RecordRefusal = (taskArn: string, reason: PermanentError) => Promise<void>;

/** Registers, deregisters and stops for one service, and adds each change to the report. */
export type ServiceChanges = {
  /**
   * The targets that are registered or draining. A target group that does not exist has none.
   * @param filter only these targets
   */
  describeTargets(filter?: readonly Target[]): Promise<TargetDescription[]>;
  /** Registers the targets. A task that the target group permanently refuses is stopped, for no request could reach it. */
  register(targets: readonly TaskTarget[]): Promise<void>;
  deregister(targets: readonly Target[]): Promise<void>;
  /** Deregisters, then registers. */
  apply(register: readonly TaskTarget[], deregister: readonly Target[]): Promise<void>;
  stop(taskArn: string, reason: string): Promise<void>;
};

type Refusal = { taskArn: string; reason: PermanentError };

/** @param targetGroupArn of the service */
export const createServiceChanges = (
  service: string,
  route: Route,
  targetGroupArn: string,
  { ecs, elb, emit, calls }: InvocationContext,
  report: Report,
  recordRefusal: RecordRefusal,
): ServiceChanges => {
  const targetGroup = createTargetGroup(elb, targetGroupArn);

  // Elastic Load Balancing refuses the whole call for one bad target, so each target is then tried alone.
  const tryRegister = async (targets: readonly TaskTarget[]): Promise<Refusal[]> => {
    try {
      await calls.register(() => targetGroup.register(targets));
      return [];
    } catch (error) {
      if (!(error instanceof PermanentError)) throw error;
      const [first, ...others] = targets;
      if (first === undefined) return [];
      if (others.length === 0) return [{ taskArn: first.taskArn, reason: error }];
      const refusals: Refusal[] = [];
      for (const target of targets) refusals.push(...(await tryRegister([target])));
      return refusals;
    }
  };

  const changes: ServiceChanges = {
    async describeTargets(filter) {
      try {
        return await calls.other(() => targetGroup.describe(filter));
      } catch (error) {
        if (!(error instanceof PermanentError)) throw error;
        // A missing target group is reported by `register`. A target that is invalid for the group is left out of the
        // list of all targets.
        return filter === undefined || error.name.startsWith("TargetGroupNotFound")
          ? []
          : changes.describeTargets();
      }
    },

    async register(targets) {
      const refusals = await tryRegister(targets);
      const registered = targets.filter(({ taskArn }) =>
        refusals.every((refusal) => refusal.taskArn !== taskArn),
      );
      report.registered.push(...registered);
      if (registered.length > 0) emit([createCount("registered", service, registered.length)]);
      for (const { taskArn, reason } of refusals) {
        emit([createCount("refused", service, 1, reason.name)]);
        await recordRefusal(taskArn, reason);
        await changes.stop(taskArn, `The target group refuses it: ${reason.message}`);
      }
    },

    async deregister(targets) {
      await calls.register(() => targetGroup.deregister(targets));
      report.deregistered.push(...targets);
      emit([createCount("deregistered", service, targets.length)]);
    },

    async apply(register, deregister) {
      // Deregistering first makes room in a target group that is full.
      if (deregister.length > 0) await changes.deregister(deregister);
      if (register.length > 0) await changes.register(register);
    },

    async stop(taskArn, reason) {
      await calls.other(() => stopTask(ecs, route.cluster, taskArn, reason));
      report.stopped.push(taskArn);
      emit([createCount("stopped", service)]);
    },
  };
  return changes;
};
