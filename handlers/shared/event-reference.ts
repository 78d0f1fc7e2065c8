import * as v from "valibot";
import type { Bucket } from "./bucket";
import { Rejection } from "./failures";
import { toJson } from "./json";
import { payloadOf, sha256Of } from "./payload";
import { parseWith } from "./schema";

/**
 * The most that a message or a record may hold, in bytes. SQS and asynchronous invocations take 1 MB, but a queue of the
 * Terraform provider's version 5 takes 262,144 bytes and cannot be told otherwise; what is longer goes by reference.
 */
export const maxMessageBytes = 262_144;

/** Stands for an event that is too long for a message: where it lies in the payload bucket. */
export type EventReference = { eventReference: { key: string; sha256: string; bytes: number } };

const reference = v.object({
  eventReference: v.object({
    // Only what an event or a payload was stored as: not any object of the bucket.
    key: v.pipe(v.string(), v.regex(/^payloads\/[0-9a-f]{64}\.json$/, "expected payloads/<sha256>.json")),
    sha256: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/, "expected a SHA-256 in hex")),
  }),
});
const referenceShape = v.object({ eventReference: v.unknown() });

export const isEventReference = (input: unknown): boolean => v.is(referenceShape, input);

/** Stores an event and returns the reference to it. @throws Error when S3 did not take it */
export const storeEvent = async (bucket: Bucket, event: unknown): Promise<EventReference> => {
  const { key, body, sha256 } = payloadOf(toJson(event));
  await bucket.put(key, body);
  return { eventReference: { key, sha256, bytes: Buffer.byteLength(body) } };
};

/** @throws Rejection when it refers to no event that was stored; Error when S3 did not give it */
export const fetchEvent = async (bucket: Bucket, input: unknown): Promise<unknown> => {
  const { key, sha256 } = parseWith(reference, input, "event").eventReference;
  const text = await bucket.get(key);
  if (text === undefined) {
    throw new Rejection(
      "EventMissing",
      `eventReference.key: s3://${bucket.name}/${key} does not exist (any more)`,
    );
  }
  if (sha256Of(text) !== sha256) {
    throw new Rejection(
      "MalformedEvent",
      `eventReference.sha256: s3://${bucket.name}/${key} has another content`,
    );
  }
  return JSON.parse(text);
};
