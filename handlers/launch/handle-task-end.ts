import { createDelivery, type Delivery } from "../shared/envelope";
import { PermanentError } from "../shared/failures";
import { type Log, type LogFields, toErrorFields } from "../shared/log";
import { truncateName, truncateReason } from "../shared/text";
import type { FailedEvents } from "./failed-events";
import { decideFollowUp, type FollowUp, type FollowUpParts } from "./follow-up";
import type { HandleEvent } from "./handle-event";
import { createCount, type InvocationContext } from "./invocation-context";
import type { TaskEnd } from "./launch-records";
import type { NoLaunch } from "./result";
import { describeReason, type StoppedTask } from "./task-outcome";

export type HandleTaskEndParts<Launched> = FollowUpParts & {
  failedEvents: FailedEvents;
  handleEvent: HandleEvent<Launched>;
  log: Log;
  /** What the log says of the event of a task that has ended, besides its id. */
  describeEvent?: (event: unknown) => LogFields;
};

/**
 * Counts the end of a task, and retries its event or sends it to the DLQ if its launch route says so. The launch record
 * keeps the outcome, so that handling the end again is idempotent.
 * @param delivery of the ECS event
 * @throws transient errors
 */
export type HandleTaskEnd<Launched> = (
  stopped: StoppedTask,
  delivery: Delivery,
  context: InvocationContext,
) => Promise<Launched | NoLaunch>;

const metricByEnd: Readonly<Record<Exclude<TaskEnd, "unstarted">, string>> = {
  succeeded: "TasksSucceeded",
  failed: "TasksFailed",
  interrupted: "TasksInterrupted",
  stopped: "TasksStopped",
};

export const createHandleTaskEnd = <Launched>(
  parts: HandleTaskEndParts<Launched>,
): HandleTaskEnd<Launched> => {
  const { failedEvents, handleEvent, records, log, describeEvent } = parts;

  const retryNow = async (retry: Delivery, context: InvocationContext): Promise<Launched | NoLaunch> => {
    try {
      return await handleEvent(retry, { ...context, waitsForTask: false });
    } catch (error) {
      if (!(error instanceof PermanentError)) throw error;
      failedEvents.reportFailure(error, context);
      return failedEvents.sendToDlq(retry, context, error);
    }
  };

  const followUp = async (
    { next, service }: FollowUp,
    taskArn: string,
    end: TaskEnd,
    context: InvocationContext,
  ): Promise<Launched | NoLaunch> => {
    switch (next.action) {
      case "none":
        return { service, taskArn, end };
      case "retryNow":
        log.warn("task is retried", { ...context.labels, taskArn, attempt: next.retry.attempt });
        return retryNow(next.retry, context);
      case "retryLater": {
        const { retry, delaySeconds, reason } = next;
        log.warn("task is retried after a delay", {
          ...context.labels,
          taskArn,
          attempt: retry.attempt,
          delaySeconds,
        });
        await failedEvents.scheduleRetry(retry, delaySeconds, reason, context);
        return { handedOn: "retry" };
      }
      case "sendToDlq": {
        const { event, eventId, attempt, reason } = next;
        // The other ends have their own metrics.
        if (end === "unstarted") failedEvents.reportFailure(reason, context);
        else
          log.error("event of an ended task is sent to the DLQ", {
            ...context.labels,
            taskArn,
            ...toErrorFields(reason),
          });
        // A redrive makes the next attempt.
        const redrive = { ...createDelivery(event, { fallbackId: eventId }), attempt: attempt + 1 };
        return failedEvents.sendToDlq(redrive, context, reason);
      }
    }
  };

  return async (stopped, delivery, context) => {
    const { taskArn } = stopped;
    context.labels.eventId = taskArn;
    const found = await decideFollowUp(parts, stopped, delivery, context.invocation.invokedFunctionArn);
    if ("ignored" in found) return found;
    const { service, outcome, launch } = found;
    const { end, cause } = outcome;
    Object.assign(context.labels, { service, eventId: truncateName(launch?.record.eventId ?? taskArn) });
    const result = await followUp(found, taskArn, end, context);
    const fields = {
      ...context.labels,
      taskArn,
      end,
      ...(launch && { attempt: launch.record.attempt, launchedAt: launch.record.launchedAt }),
      ...(launch && describeEvent?.(launch.record.event)),
    };
    if (end === "succeeded" || end === "stopped") log.info("task has ended", fields);
    else log.error("task has ended", { ...fields, cause, reason: truncateReason(describeReason(stopped)) });
    if (end !== "unstarted") context.emit([createCount(metricByEnd[end], service, cause)]);
    if (launch) await records.replace(launch.id, { ...launch.record, outcome: end });
    return result;
  };
};
