import { createHash } from "node:crypto";

/** A text to store in S3. Its key is its hash, so that a retry writes the same object. */
export type Payload = { key: string; body: string; sha256: string };

/** In hex. */
export const hashSha256 = (content: string | Uint8Array): string =>
  createHash("sha256").update(content).digest("hex");

export const createPayload = (body: string): Payload => {
  const sha256 = hashSha256(body);
  return { key: `payloads/${sha256}.json`, body, sha256 };
};
