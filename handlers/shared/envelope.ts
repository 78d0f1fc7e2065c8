import * as v from "valibot";
import type { Bucket } from "./bucket";
import { parseTime } from "./event";
import { fetchEvent, isEventReference } from "./event-reference";
import { PermanentError } from "./failures";
import { fromJson } from "./json";
import { hashSha256 } from "./payload";
import { parseWith } from "./schema";

/** How many attempts of an event have ended, for each end that can lead to a retry. */
export type EarlierEnds = { unstarted: number; failed: number; interrupted: number };

/** An event without its envelope, and what the envelope says about it. */
export type Delivery = {
  event: unknown;
  /** Replaces a missing event id. It is the same for every delivery of the event. */
  fallbackId: string;
  /** How often the event was delivered, this time included. */
  deliveries: number;
  /** 1, or the attempt after the last one that the failure record names. */
  attempt: number;
  earlierEnds: EarlierEnds;
  /** When the failure record around the event was written, in ms since 1970. Absent: there is none. */
  recordedAt?: number;
};

/** For the first attempt, and for a redrive, which starts counting again. */
export const noEarlierEnds: EarlierEnds = { unstarted: 0, failed: 0, interrupted: 0 };

/** A delivery of an event without an envelope. */
export const createDelivery = (
  event: unknown,
  { fallbackId, deliveries = 1 }: { fallbackId: string; deliveries?: number },
): Delivery => ({ event, fallbackId, deliveries, attempt: 1, earlierEnds: noEarlierEnds });

// Each failed redrive adds a layer.
const maxLayers = 10;
/** More attempts than retries can make; a larger number is malformed. */
const maxAttempts = 1_000;

const record = v.object({
  timestamp: v.optional(v.unknown()),
  requestContext: v.object({ requestId: v.string() }),
  requestPayload: v.unknown(),
  responsePayload: v.optional(v.unknown()),
});

const maxIdLength = 256;
/** Replaces a long id by its hash, because DLQ messages repeat the id. Ids of Lambda are never that long. */
export const limitIdLength = (id: string): string => (id.length <= maxIdLength ? id : hashSha256(id));

const countFrom = (min: number) => v.pipe(v.number(), v.integer(), v.minValue(min), v.maxValue(maxAttempts));
const endedAttempt = v.object({
  attempt: v.pipe(
    v.number(),
    v.check(
      (attempt) => Number.isInteger(attempt) && attempt >= 1 && attempt < maxAttempts,
      `expected a whole number from 1 to ${maxAttempts - 1}`,
    ),
  ),
  earlierEnds: v.optional(
    v.object({ unstarted: countFrom(0), failed: countFrom(0), interrupted: countFrom(0) }),
    noEarlierEnds,
  ),
});
const endedAttemptShape = v.object({ attempt: v.unknown() });

/**
 * Takes an event out of failure records, which may be nested, and follows references into the payload bucket. Any other
 * input is the event itself. The id of the first invocation replaces a missing event id, so that a redrive is idempotent.
 * @param bucket absent: references are not followed
 * @throws PermanentError when the envelope is malformed; Error when S3 did not return the event
 */
export const openEnvelope = async (
  input: unknown,
  { bucket, ...from }: { fallbackId: string; deliveries?: number; bucket?: Bucket },
): Promise<Delivery> => {
  const delivery = createDelivery(input, from);
  for (let layer = 0; layer < maxLayers; layer++) {
    if (v.is(record, delivery.event)) {
      const { timestamp, requestContext, requestPayload, responsePayload } = delivery.event;
      if (typeof timestamp === "string") delivery.recordedAt ??= parseTime(timestamp);
      if (v.is(endedAttemptShape, responsePayload)) {
        const { attempt, earlierEnds } = parseWith(endedAttempt, responsePayload, "responsePayload");
        delivery.attempt = attempt + 1;
        delivery.earlierEnds = earlierEnds;
      }
      delivery.fallbackId = limitIdLength(requestContext.requestId);
      // A failure record keeps a body that is not JSON as text.
      delivery.event = typeof requestPayload === "string" ? fromJson(requestPayload) : requestPayload;
    } else if (bucket !== undefined && isEventReference(delivery.event)) {
      delivery.event = await fetchEvent(bucket, delivery.event);
    } else {
      return delivery;
    }
  }
  throw new PermanentError(
    "MalformedEvent",
    `requestPayload: expected at most ${maxLayers} nested failure records, found more`,
  );
};
