import type { Bucket } from "../../../handlers/shared/bucket";
import { hashSha256 } from "../../../handlers/shared/payload";
import { idOf } from "./events";

/** A message of the dead-letter queue, and what whoever reads it can find out. */
export type DlqMessage = {
  message: unknown;
  errorType: string | undefined;
  errorMessage: string | undefined;
  /** The attempt that has ended; undefined when the fate of a launch is unknown. */
  attempt: number | undefined;
  /** The event that it is about: one that was to be launched, or one that tells of the end of its task. */
  event: unknown;
  /** Id of the event that was to be launched. */
  eventId: string;
  /** Of the task whose end it tells of. */
  taskArn: string | undefined;
  /** Why the event cannot be had. */
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

/** Opens a message as whoever redrives it would, by hand. */
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
  const tells = event?.source === "aws.ecs" ? event.detail : undefined;
  return {
    message,
    errorType: message.responsePayload?.errorType,
    errorMessage: message.responsePayload?.errorMessage,
    attempt,
    event,
    eventId: tells ? (tells.startedBy?.split("/")[0] ?? "") : idOf(event),
    taskArn: tells?.taskArn,
    ...(missing !== undefined && { missing }),
  };
};
