import type { Bucket } from "../../../handlers/shared/bucket";
import { hashSha256 } from "../../../handlers/shared/payload";
import { idOf } from "./events";

/** A DLQ message, with what an operator can find out from it. */
export type DlqMessage = {
  message: unknown;
  errorType: string | undefined;
  errorMessage: string | undefined;
  /** The attempt that has ended; undefined when it is unknown whether there was a launch. */
  attempt: number | undefined;
  /** The start event, or the ECS event about the end of its task. */
  event: unknown;
  /** Id of the start event. */
  eventId: string;
  /** From an ECS event about the end of a task. */
  taskArn: string | undefined;
  /** Why the event could not be read. */
  missing?: string;
};

type Record = {
  requestContext?: unknown;
  requestPayload?: unknown;
  responsePayload?: { errorType?: string; errorMessage?: string; attempt?: number };
  eventReference?: { key: string; sha256: string };
  source?: string;
  detail?: { startedBy?: string; taskArn?: string };
};

/** Opens a message independently of the code under test. */
export const openDlqMessage = async (bucket: Bucket, body: string): Promise<DlqMessage> => {
  const message = JSON.parse(body) as Record;
  let attempt: number | undefined;
  let missing: string | undefined;
  let event: Record | undefined = message;
  while (event?.requestContext ?? event?.eventReference) {
    if (event?.eventReference) {
      const { key, sha256 }: { key: string; sha256: string } = event.eventReference;
      const text = await bucket.get(key);
      if (text === undefined || hashSha256(text) !== sha256) missing = `${key} is missing or has changed`;
      event = JSON.parse(text ?? "{}") as Record;
    } else {
      attempt = event?.responsePayload?.attempt ?? attempt;
      event = event?.requestPayload as Record | undefined;
    }
  }
  const taskDetail = event?.source === "aws.ecs" ? event.detail : undefined;
  return {
    message,
    errorType: message.responsePayload?.errorType,
    errorMessage: message.responsePayload?.errorMessage,
    attempt,
    event,
    eventId: taskDetail ? (taskDetail.startedBy?.split("/")[0] ?? "") : idOf(event),
    taskArn: taskDetail?.taskArn,
    ...(missing !== undefined && { missing }),
  };
};
