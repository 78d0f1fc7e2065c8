import * as v from "valibot";
import { createAwsJsonCall } from "../../../handlers/shared/aws-json-call";
import type { Connection } from "../../../handlers/shared/signed-requests";

// The same message always gives the same key, so that equal values have equal hashes whichever worker finds them. It must
// never change: hashes of before could not be compared any more.
const message = Buffer.from("event-driven-ecs/scan-objects/value-hash/1").toString("base64");
const answer = v.object({ Mac: v.pipe(v.string(), v.nonEmpty()) });

/**
 * Derives the key of the hashes of values from an HMAC key in KMS, which never leaves KMS. One call for each worker.
 * @throws Error when KMS refuses
 */
export const deriveHashKey = async (connection: Connection, keyId: string): Promise<Buffer> => {
  const kms = createAwsJsonCall("kms", connection);
  try {
    const found = await kms("GenerateMac", { KeyId: keyId, MacAlgorithm: "HMAC_SHA_256", Message: message });
    return Buffer.from(v.parse(answer, found).Mac, "base64");
  } catch (error) {
    throw new Error(
      `HASH_KEY_ID: ${keyId}: expected an HMAC_256 key that this role may use: ${(error as Error).message}`,
    );
  }
};
