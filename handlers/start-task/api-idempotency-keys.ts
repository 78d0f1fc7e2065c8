import * as v from "valibot";
import type { Bucket } from "../shared/bucket";
import { PermanentError } from "../shared/failures";
import { fromJson } from "../shared/json";

const claim = v.object({ bodySha256: v.string(), claimedAt: v.pipe(v.string(), v.isoTimestamp()) });

/** Remembers with which body an `Idempotency-Key` was used first. */
export type IdempotencyKeys = {
  /** @throws Rejection when the key has been used with another body within the deduplication window */
  claim(key: { id: string; bodySha256: string }): Promise<void>;
};

/** A claim is not a lock: a request with the same body continues, even when the first request failed. */
export const createIdempotencyKeys = (
  bucket: Bucket,
  windowMs: number,
  now: () => number,
): IdempotencyKeys => ({
  async claim({ id, bodySha256 }) {
    const object = `idempotency-keys/${id}.json`;
    const body = JSON.stringify({ bodySha256, claimedAt: new Date(now()).toISOString() });
    if (await bucket.putIfAbsent(object, body)) return;
    const earlier = v.safeParse(claim, fromJson((await bucket.get(object)) ?? ""));
    const isCurrent = earlier.success && now() - Date.parse(earlier.output.claimedAt) < windowMs;
    if (!isCurrent) await bucket.put(object, body);
    else if (earlier.output.bodySha256 !== bodySha256) {
      throw new PermanentError(
        "IdempotencyKeyReused",
        "Idempotency-Key: this key was used before with another body; send each new request with a new key",
      );
    }
  },
});
