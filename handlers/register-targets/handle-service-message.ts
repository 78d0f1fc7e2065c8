import { splitIntoChunks } from "../shared/chunks";
import type { InvocationContext } from "./invocation-context";
import type { ReadMessage } from "./messages";
import { createCount } from "./metrics";
import { decidingError, type Outcomes } from "./outcomes";
import { reconcileService } from "./reconcile-service";
import { OutOfTime, reserveMs } from "./remaining-time";
import { maxHops, sendToRecheckQueue } from "./reminder";
import type { Report } from "./report";
import { stopService } from "./stop-service";

/** A sweep checks so many services at once. Elastic Load Balancing allows 40 reads at once and then 10 a second. */
const maxConcurrentServices = 5;

/**
 * Handles a message about whole services: a sweep, a stop event, or a reminder that names no tasks. The work grows with
 * the running tasks, so what does not fit into this invocation is sent to another one.
 */
export const createHandleServiceMessage = (context: InvocationContext, outcomes: Outcomes) => {
  const { calls, emit, getRemainingMs, log } = context;

  const checkService = async (service: string, { input, delivery }: ReadMessage): Promise<Report> => {
    const isSweep = input.kind === "sweep";
    const recordRefusal = outcomes.createRecordRefusal(service, delivery);
    const report = await reconcileService(service, context, recordRefusal, { isSweep });
    if (isSweep) {
      emit([createCount("missing", service, report.missing), createCount("stale", service, report.stale)]);
    }
    return report;
  };

  const continueLater = async ({ input }: ReadMessage, services: readonly string[]) => {
    if (input.kind === "stop") {
      if (input.hop >= maxHops) throw new OutOfTime(`stop event ${input.id}`);
      const { id, createdUntil, hop } = input;
      const time = new Date(createdUntil).toISOString();
      const rest = { id, "detail-type": "Stop ECS Tasks", time, detail: { services }, hop: hop + 1 };
      await calls.other(() => sendToRecheckQueue(context, rest));
    } else {
      for (const service of services) {
        await calls.other(() => sendToRecheckQueue(context, { recheck: service }));
      }
    }
    log.info("no time left in this invocation: another one continues", { input: input.kind, services });
  };

  return async (readMessage: ReadMessage): Promise<void> => {
    const { message, delivery, input } = readMessage;
    const reports: Record<string, Report> = {};
    const errors: unknown[] = [];
    const rest: string[] = [];
    const handleService = async (service: string) => {
      try {
        if (input.kind === "stop") {
          const recordRefusal = outcomes.createRecordRefusal(service, delivery);
          const { report, isComplete } = await stopService(service, input, context, recordRefusal);
          reports[service] = report;
          if (!isComplete) rest.push(service);
        } else {
          reports[service] = await checkService(service, readMessage);
        }
        log.info("service reconciled", { service, input: input.kind, ...reports[service] });
      } catch (error) {
        if (error instanceof OutOfTime && input.kind === "sweep") return void rest.push(service);
        outcomes.reportFailure(service, error, [message.messageId]);
        errors.push(error);
      }
    };
    const isSweep = input.kind === "sweep";
    for (const some of splitIntoChunks(readMessage.services, isSweep ? maxConcurrentServices : 1)) {
      if (getRemainingMs() < reserveMs) rest.push(...some);
      else await Promise.all(some.map(handleService));
    }
    try {
      if (rest.length > 0) await continueLater(readMessage, rest);
    } catch (error) {
      outcomes.reportFailure("all", error, [message.messageId]);
      errors.push(error);
    }
    outcomes.setReports(message, reports);
    if (errors.length > 0) await outcomes.fail(message, delivery, decidingError(errors));
  };
};
