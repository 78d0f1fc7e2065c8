import { GetObjectCommand, PutObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import * as v from "valibot";

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

export type Claims = {
  claim(launchId: string, messageId: string): Promise<Claimed>;
  /** Shows that the worker is alive. */
  renew(launchId: string, messageId: string): Promise<void>;
};

const isStatus = (error: unknown, status: number): boolean =>
  (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode === status;

export const createClaims = (
  s3: S3Client,
  bucket: string,
  validMs: number,
  now: () => number = Date.now,
): Claims => {
  const place = (launchId: string) => ({ Bucket: bucket, Key: `claims/${launchId}.json` });
  const bodyOf = (messageId: string): string =>
    JSON.stringify({ messageId, validUntil: now() + validMs } satisfies Claim);

  const read = async (launchId: string): Promise<Claim> => {
    const { Body } = await s3.send(new GetObjectCommand(place(launchId)));
    return v.parse(claimShape, JSON.parse((await Body?.transformToString()) ?? ""));
  };

  return {
    async claim(launchId, messageId) {
      try {
        await s3.send(
          new PutObjectCommand({ ...place(launchId), Body: bodyOf(messageId), IfNoneMatch: "*" }),
        );
        return { is: "run" };
      } catch (error) {
        if (!isStatus(error, 412)) throw error;
      }
      const claim = await read(launchId);
      if (claim.messageId !== messageId) return { is: "duplicate" };
      const ms = claim.validUntil - now();
      return ms > 0 ? { is: "wait", ms } : { is: "abandoned" };
    },
    async renew(launchId, messageId) {
      await s3.send(new PutObjectCommand({ ...place(launchId), Body: bodyOf(messageId) }));
    },
  };
};
