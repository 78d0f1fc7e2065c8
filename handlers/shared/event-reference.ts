import * as v from "valibot";
import type { Bucket } from "./bucket";
import { PermanentError } from "./failures";
import { toJson } from "./json";
import { createPayload, hashSha256 } from "./payload";
import { parseWith } from "./schema";

/**
 * Size limit of messages, in bytes; longer events are sent by reference. SQS and asynchronous invocations accept 1 MB, but
 * a queue that version 5 of the Terraform provider creates accepts 262,144 bytes.
 */
export const maxMessageBytes = 262_144;

/** Replaces an event that is too long for a message: its place in the payload bucket. */
export type EventReference = { eventReference: { key: string; sha256: string; bytes: number } };

const reference = v.object({
  eventReference: v.object({
    // Only stored events and payloads may be referenced, no other objects of the bucket.
    key: v.pipe(v.string(), v.regex(/^payloads\/[0-9a-f]{64}\.json$/, "expected payloads/<sha256>.json")),
    sha256: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/, "expected a SHA-256 in hex")),
  }),
});
const referenceShape = v.object({ eventReference: v.unknown() });

export const isEventReference = (input: unknown): boolean => v.is(referenceShape, input);

/** @throws Error when S3 did not store the event */
export const storeEvent = async (bucket: Bucket, event: unknown): Promise<EventReference> => {
  const { key, body, sha256 } = createPayload(toJson(event));
  await bucket.put(key, body);
  return { eventReference: { key, sha256, bytes: Buffer.byteLength(body) } };
};

/** @throws PermanentError when the referenced event does not exist; Error when S3 did not return it */
export const fetchEvent = async (bucket: Bucket, input: unknown): Promise<unknown> => {
  const { key, sha256 } = parseWith(reference, input, "event").eventReference;
  const text = await bucket.get(key);
  if (text === undefined) {
    throw new PermanentError(
      "EventMissing",
      `eventReference.key: s3://${bucket.name}/${key} does not exist (any more)`,
    );
  }
  if (hashSha256(text) !== sha256) {
    throw new PermanentError(
      "MalformedEvent",
      `eventReference.sha256: s3://${bucket.name}/${key} has another SHA-256`,
    );
  }
  return JSON.parse(text);
};
