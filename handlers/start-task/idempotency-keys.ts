import * as v from "valibot";
import type { Bucket } from "../shared/bucket";
import { Rejection } from "../shared/failures";
import { fromJson } from "../shared/json";

const claim = v.object({ bodySha256: v.string(), claimedAt: v.pipe(v.string(), v.isoTimestamp()) });

/** Binds the `Idempotency-Key` of a request to the body of the request that used it first. */
export type IdempotencyKeys = {
  /** @throws Rejection when the key has been used with another body within the window */
  claim(key: { id: string; bodySha256: string }): Promise<void>;
};

/** A claim is no lock: whoever comes again with the same body goes on, whatever became of the first request. */
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
      throw new Rejection(
        "IdempotencyKeyReused",
        "Idempotency-Key: this key came with another body before; send a new key with a new request",
      );
    }
  },
});
