import { GetObjectCommand, PutObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import * as v from "valibot";
import { httpStatusOf } from "../../http-status";

/** Who makes a run. Written before it begins and while it lasts, so that a run of which there are two messages is made once. */
const claimShape = v.object({
  messageId: v.string(),
  /** In ms since 1970. Later, its worker is dead. */
  validUntil: v.number(),
});
type Claim = v.InferOutput<typeof claimShape>;

/**
 * What a worker has to do with a message. `run`: the run is its own. `duplicate`: another message has the run. `wait`: its
 * earlier worker may still be alive, for so many ms. `abandoned`: its earlier worker has died.
 */
export type Claimed = { is: "run" | "duplicate" | "abandoned" } | { is: "wait"; ms: number };

/** A launch, and the message that it came in. */
export type ClaimKey = { bucket: string; launch: string; messageId: string };

export type Claims = {
  claim(key: ClaimKey): Promise<Claimed>;
  /** Shows that the worker is alive. */
  renew(key: ClaimKey): Promise<void>;
};

export const createClaims = (s3: S3Client, validMs: number, now: () => number = Date.now): Claims => {
  const placeOf = ({ bucket, launch }: ClaimKey) => ({ Bucket: bucket, Key: `claims/${launch}.json` });
  const bodyOf = ({ messageId }: ClaimKey): string =>
    JSON.stringify({ messageId, validUntil: now() + validMs } satisfies Claim);

  const read = async (key: ClaimKey): Promise<Claim> => {
    const { Body } = await s3.send(new GetObjectCommand(placeOf(key)));
    return v.parse(claimShape, JSON.parse((await Body?.transformToString()) ?? ""));
  };

  return {
    async claim(key) {
      try {
        await s3.send(new PutObjectCommand({ ...placeOf(key), Body: bodyOf(key), IfNoneMatch: "*" }));
        return { is: "run" };
      } catch (error) {
        if (httpStatusOf(error) !== 412) throw error;
      }
      const claim = await read(key);
      if (claim.messageId !== key.messageId) return { is: "duplicate" };
      const ms = claim.validUntil - now();
      return ms > 0 ? { is: "wait", ms } : { is: "abandoned" };
    },
    async renew(key) {
      await s3.send(new PutObjectCommand({ ...placeOf(key), Body: bodyOf(key) }));
    },
  };
};
