import { type Delivery, firstDelivery } from "../shared/envelope";
import { Rejection } from "../shared/failures";
import { errorFields, type Log } from "../shared/log";
import { cutName, cutReason } from "../shared/text";
import { type Around, countOne } from "./around";
import type { FailedEvents } from "./failed-events";
import { type FollowUp, type FollowUpParts, followUpOf } from "./follow-up";
import type { TaskEnd } from "./launch-records";
import { reasonOf, type StoppedTask } from "./outcome";
import type { Result } from "./result";
import type { ServeEvent } from "./serve-event";

export type EndTaskParts = FollowUpParts & { failedEvents: FailedEvents; serve: ServeEvent; log: Log };

/**
 * Deals with the end of a task: counts it, and launches its event again or sends it to the dead-letter queue where that
 * follows. The launch record keeps how the task has ended, so that being told of it again changes nothing.
 * @param delivery of the event that tells of the end
 * @throws what a retry may cure
 */
export type EndTask = (stopped: StoppedTask, delivery: Delivery, around: Around) => Promise<Result>;

const metricOf: Readonly<Record<Exclude<TaskEnd, "unstarted">, string>> = {
  succeeded: "TasksSucceeded",
  failed: "TasksFailed",
  interrupted: "TasksInterrupted",
  stopped: "TasksStopped",
};

export const createEndTask = (parts: EndTaskParts): EndTask => {
  const { failedEvents, serve, records, log } = parts;

  const launchAgain = async (again: Delivery, around: Around): Promise<Result> => {
    try {
      return await serve(again, { ...around, waits: false });
    } catch (error) {
      if (!(error instanceof Rejection)) throw error;
      failedEvents.report(error, around);
      return failedEvents.reject(again, around, error);
    }
  };

  const act = async (
    { next, service }: FollowUp,
    taskArn: string,
    end: TaskEnd,
    around: Around,
  ): Promise<Result> => {
    switch (next.action) {
      case "none":
        return { service, taskArn, end };
      case "launch":
        log.warn("task is launched again", { ...around.about, taskArn, attempt: next.again.attempt });
        return launchAgain(next.again, around);
      case "delay": {
        const { again, delaySeconds, reason } = next;
        log.warn("task is launched again later", {
          ...around.about,
          taskArn,
          attempt: again.attempt,
          delaySeconds,
        });
        await failedEvents.retryLater(again, delaySeconds, reason, around);
        return { handedOn: "retry" };
      }
      case "dead_letter": {
        const { event, eventId, attempt, reason } = next;
        // Other ends have metrics of their own.
        if (end === "unstarted") failedEvents.report(reason, around);
        else
          log.error("event of a task goes to the DLQ", { ...around.about, taskArn, ...errorFields(reason) });
        // A redrive is the attempt after the one that has ended.
        const redrive = { ...firstDelivery(event, { fallbackId: eventId }), attempt: attempt + 1 };
        return failedEvents.reject(redrive, around, reason);
      }
    }
  };

  return async (stopped, delivery, around) => {
    const { taskArn } = stopped;
    around.about.eventId = taskArn;
    const found = await followUpOf(parts, stopped, delivery, around.invocation.invokedFunctionArn);
    if ("ignored" in found) return found;
    const { service, outcome, launch } = found;
    const { end, cause } = outcome;
    Object.assign(around.about, { service, eventId: cutName(launch?.record.eventId ?? taskArn) });
    const result = await act(found, taskArn, end, around);
    const fields = { ...around.about, taskArn, end };
    if (end === "succeeded" || end === "stopped") log.info("task has ended", fields);
    else log.error("task has ended", { ...fields, cause, reason: cutReason(reasonOf(stopped)) });
    if (end !== "unstarted") around.emit([countOne(metricOf[end], service, cause)]);
    if (launch) await records.replace(launch.id, { ...launch.record, outcome: end });
    return result;
  };
};
