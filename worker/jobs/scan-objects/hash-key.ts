import * as v from "valibot";
import { fromJson } from "../../../handlers/shared/json";
import {
  type Connection,
  createSignedRequests,
  readErrorCode,
  toServiceUrl,
} from "../../../handlers/shared/signed-requests";

// The same message always gives the same key, so that equal values have equal hashes whichever worker finds them. It must
// never change: hashes of before could not be compared any more.
const message = Buffer.from("event-driven-ecs/scan-objects/value-hash/1").toString("base64");
const answer = v.object({ Mac: v.pipe(v.string(), v.nonEmpty()) });

/**
 * Derives the key of the hashes of values from an HMAC key in KMS, which never leaves KMS. One call for each worker.
 * @throws Error when KMS refuses
 */
export const deriveHashKey = async (connection: Connection, keyId: string): Promise<Buffer> => {
  const send = createSignedRequests("kms", connection);
  const { status, text } = await send({
    method: "POST",
    url: toServiceUrl("kms", connection),
    headers: {
      "content-type": "application/x-amz-json-1.1",
      "x-amz-target": "TrentService.GenerateMac",
    },
    body: JSON.stringify({ KeyId: keyId, MacAlgorithm: "HMAC_SHA_256", Message: message }),
  });
  const result = v.safeParse(answer, fromJson(text));
  if (status >= 300 || !result.success)
    throw new Error(
      `HASH_KEY_ID: ${keyId}: KMS answered ${status} ${readErrorCode(text) ?? "without a code"} to GenerateMac; expected an HMAC_256 key that this role may use`,
    );
  return Buffer.from(result.output.Mac, "base64");
};
