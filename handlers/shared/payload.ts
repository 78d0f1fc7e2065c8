import { createHash } from "node:crypto";

/** A text that is too long for where it should go. Its key is made of its content: a retry writes the same object. */
export type Payload = { key: string; body: string; sha256: string };

export const sha256Of = (text: string): string => createHash("sha256").update(text).digest("hex");

export const payloadOf = (body: string): Payload => {
  const sha256 = sha256Of(body);
  return { key: `payloads/${sha256}.json`, body, sha256 };
};
