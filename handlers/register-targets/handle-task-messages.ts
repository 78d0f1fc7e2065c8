import { groupBy } from "./group-by";
import type { Recheck, StateChange } from "./input";
import type { InvocationContext } from "./invocation-context";
import type { ReadMessage } from "./messages";
import { decidingError, type Outcomes } from "./outcomes";
import { reconcileTasks } from "./reconcile-tasks";
import { maxHops, sendReminder } from "./reminder";
import { addStateChange, describableMs, type TaskToCheck, toTaskKey } from "./tasks-to-check";

type TaskMessage = ReadMessage<StateChange | Recheck>;

/** Whether a message names the tasks that it is about. */
export const isTaskMessage = (message: ReadMessage): message is TaskMessage =>
  message.input.kind === "change" || (message.input.kind === "recheck" && message.input.tasks !== undefined);

const listTaskArns = ({ input }: TaskMessage): readonly string[] =>
  input.kind === "change" ? [input.taskArn] : (input.tasks ?? []);

/**
 * Handles state changes and reminders, all together.
 * @param timeoutMs after which Lambda stops an invocation
 */
export const createHandleTaskMessages = (
  context: InvocationContext,
  outcomes: Outcomes,
  timeoutMs: number,
) => {
  const { calls, log, now, routes } = context;

  const collectTasks = (messages: readonly TaskMessage[]): TaskToCheck[] => {
    const tasks = new Map<string, TaskToCheck>();
    for (const taskMessage of messages) {
      const { message, delivery, input, services } = taskMessage;
      const [service] = services;
      if (service === undefined) continue;
      const endedBy = message.earlierAttemptEndedBy(timeoutMs, delivery);
      const recordRefusal = outcomes.createRecordRefusal(service, delivery);
      for (const taskArn of listTaskArns(taskMessage)) {
        const key = toTaskKey(service, taskArn);
        const task: TaskToCheck = tasks.get(key) ?? { service, taskArn, recordRefusal };
        tasks.set(key, task);
        if (endedBy !== undefined) {
          task.earlierAttemptEndedBy = Math.max(task.earlierAttemptEndedBy ?? 0, endedBy);
        }
        if (input.kind === "change") addStateChange(task, input, now());
        // The task ran when the reminder was sent.
        else task.isReportedRunning = now() - (message.sentAt ?? now()) < describableMs;
      }
    }
    return [...tasks.values()];
  };

  const renewReminder = async (
    { message, delivery, input }: ReadMessage<Recheck>,
    service: string,
    draining: readonly string[],
  ) => {
    const stillDraining = (input.tasks ?? []).filter((taskArn) => draining.includes(taskArn));
    if (stillDraining.length === 0) return;
    if (input.hop >= maxHops) {
      log.warn("targets still drain after the last reminder: a sweep will stop their tasks", {
        service,
        tasks: stillDraining,
      });
      return;
    }
    try {
      const { drainSeconds } = routes[service]!;
      await calls.other(() => sendReminder(context, service, drainSeconds, stillDraining, input.hop + 1));
    } catch (error) {
      outcomes.reportFailure(service, error, [message.messageId]);
      await outcomes.fail(message, delivery, error);
    }
  };

  return async (messages: readonly TaskMessage[]): Promise<void> => {
    const { reports, errors } = await reconcileTasks(collectTasks(messages), context);
    for (const [service, report] of reports) log.info("service reconciled", { service, ...report });
    const failures: { failed: TaskMessage; error: unknown }[] = [];
    for (const taskMessage of messages) {
      const { message, input, services } = taskMessage;
      const [service] = services;
      const report = service === undefined ? undefined : reports.get(service);
      outcomes.setReports(message, service && report ? { [service]: report } : {});
      const itsErrors = listTaskArns(taskMessage)
        .map((taskArn) => errors.get(toTaskKey(service ?? "", taskArn)))
        .filter((error) => error !== undefined);
      if (itsErrors.length > 0) {
        failures.push({ failed: taskMessage, error: decidingError(itsErrors) });
      } else if (input.kind === "recheck" && service !== undefined) {
        await renewReminder({ ...taskMessage, input }, service, report?.draining ?? []);
      }
    }
    for (const [error, together] of groupBy(failures, (each) => each.error)) {
      const ids = together.map(({ failed }) => failed.message.messageId);
      outcomes.reportFailure(together[0]?.failed.services[0] ?? "unknown", error, ids);
      for (const { failed } of together) await outcomes.fail(failed.message, failed.delivery, error);
    }
  };
};
