import { toErrorFields } from "../shared/log";
import { createScanCount } from "../shared/scan-metrics";
import type { ListObjectsContext } from "./context";
import type { SendObjects, SentObjects } from "./send-objects";
import type { WakeService } from "./wake-service";

/** Sends objects and, after the first message of the invocation, has a worker started. */
export const sendAndWake = async (
  { sendObjects, wakeService }: { sendObjects: SendObjects; wakeService: WakeService },
  context: ListObjectsContext,
  objectIds: readonly number[],
): Promise<SentObjects> => {
  const { log, emit } = context;
  const result = await sendObjects(objectIds);
  if (result.refused.length > 0) {
    log.warn("SQS refused messages, the next sweep sends them", {
      count: result.refused.length,
      codes: [...new Set(result.refused)],
    });
    emit([createScanCount("messagesNotSent", result.refused.length)]);
  }
  if (result.sent > 0 && !context.isAwake) {
    context.isAwake = true;
    try {
      if (await wakeService()) log.info("first worker started");
    } catch (error) {
      log.warn("workers not started, their scaling starts them later", toErrorFields(error));
      emit([createScanCount("wakeFailures")]);
    }
  }
  return result;
};
