import * as v from "valibot";
import type { Bucket } from "./bucket";
import { timeOf } from "./event";
import { fetchEvent, isEventReference } from "./event-reference";
import { Rejection } from "./failures";
import { fromJson } from "./json";
import { sha256Of } from "./payload";
import { parseWith } from "./schema";

/** How often launches of an event have ended for each reason that leads to another one. */
export type EarlierEnds = { unstarted: number; failed: number; interrupted: number };

/** An event, out of whatever it came in. */
export type Delivery = {
  event: unknown;
  /** Stands in for the id of an event that has none: the same at every redelivery. */
  fallbackId: string;
  /** How often the event was handed over, this time included, as far as the sender says. */
  deliveries: number;
  /** 1, or the one after the last attempt that had ended when the event was sent to the dead-letter queue. */
  attempt: number;
  earlierEnds: EarlierEnds;
  /** When the record that the event comes in was written, in ms since 1970, if it comes in one that says so. */
  recordedAt?: number;
};

/** Before the first attempt, and after a redrive, which is a new beginning. */
export const noEarlierEnds: EarlierEnds = { unstarted: 0, failed: 0, interrupted: 0 };

/** An event as it comes, before anything is known of it. */
export const firstDelivery = (
  event: unknown,
  { fallbackId, deliveries = 1 }: { fallbackId: string; deliveries?: number },
): Delivery => ({ event, fallbackId, deliveries, attempt: 1, earlierEnds: noEarlierEnds });

// An event that fails again after a redrive is wrapped once more.
const maxLayers = 10;
/** Far more than a year of retries; a number beyond it is no count of attempts. */
const maxAttempts = 1_000;

const record = v.object({
  timestamp: v.optional(v.unknown()),
  requestContext: v.object({ requestId: v.string() }),
  requestPayload: v.unknown(),
  responsePayload: v.optional(v.unknown()),
});

const longestId = 256;
/** An id as a message of the dead-letter queue may repeat it, which has to fit the queue. Lambda's own ids are shorter by far. */
export const shortId = (id: string): string => (id.length <= longestId ? id : sha256Of(id));

const whole = (min: number) => v.pipe(v.number(), v.integer(), v.minValue(min), v.maxValue(maxAttempts));
const ended = v.object({
  attempt: v.pipe(
    v.number(),
    v.check(
      (attempt) => Number.isInteger(attempt) && attempt >= 1 && attempt < maxAttempts,
      `expected a whole number from 1 to ${maxAttempts - 1}`,
    ),
  ),
  earlierEnds: v.optional(
    v.object({ unstarted: whole(0), failed: whole(0), interrupted: whole(0) }),
    noEarlierEnds,
  ),
});
const hasEnded = v.object({ attempt: v.unknown() });

/**
 * Takes an event out of the record that Lambda (or a handler of ours) wrote when it sent the event to the dead-letter
 * queue, however often that happened, and out of the payload bucket if it lies there; any other input is the event
 * itself. The id of the first invocation stands in for a missing event id, so a redrive asks for the same launch.
 * @param bucket absent: the caller takes no references
 * @throws Rejection when the envelope is malformed; Error when S3 did not give the event
 */
export const openEnvelope = async (
  input: unknown,
  { bucket, ...from }: { fallbackId: string; deliveries?: number; bucket?: Bucket },
): Promise<Delivery> => {
  const delivery = firstDelivery(input, from);
  for (let layer = 0; layer < maxLayers; layer++) {
    if (v.is(record, delivery.event)) {
      const { timestamp, requestContext, requestPayload, responsePayload } = delivery.event;
      if (typeof timestamp === "string") delivery.recordedAt ??= timeOf(timestamp);
      if (v.is(hasEnded, responsePayload)) {
        const { attempt, earlierEnds } = parseWith(ended, responsePayload, "responsePayload");
        delivery.attempt = attempt + 1;
        delivery.earlierEnds = earlierEnds;
      }
      delivery.fallbackId = shortId(requestContext.requestId);
      // What could not be read as JSON in a queue is kept as the text that it is.
      delivery.event = typeof requestPayload === "string" ? fromJson(requestPayload) : requestPayload;
    } else if (bucket !== undefined && isEventReference(delivery.event)) {
      delivery.event = await fetchEvent(bucket, delivery.event);
    } else {
      return delivery;
    }
  }
  throw new Rejection(
    "MalformedEvent",
    `requestPayload: expected at most ${maxLayers} records within each other`,
  );
};
