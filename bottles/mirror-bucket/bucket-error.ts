import { PermanentError, TransientError } from "../../handlers/shared/failures";
import type { Response } from "../../handlers/shared/signed-requests";
import { textOf } from "../../handlers/shared/xml";

/** Expired credentials, clocks, throttling, bytes that changed on their way, and uploads that somebody else has ended. */
const transientCodes = new Set([
  "BadDigest",
  "ExpiredToken",
  "InvalidPart",
  "NoSuchKey",
  "NoSuchUpload",
  "OperationAborted",
  "RequestTimeTooSkewed",
  "RequestTimeout",
  "SlowDown",
]);

/** What an answer of S3 says: whether a retry may succeed, and what to do if not. */
export const toBucketError = (bucket: string, action: string, { status, text }: Response): Error => {
  const code = textOf(text, "Code") ?? `Status${status}`;
  const message = `s3://${bucket}: ${action}: S3 answered ${code}: ${textOf(text, "Message") ?? status}`;
  const isPermanent = status >= 300 && status < 500 && ![409, 412, 429].includes(status);
  if (!isPermanent || transientCodes.has(code)) return new TransientError(code, message);
  const missing =
    action === "s3:GetObject"
      ? ", or put the object: only a role with s3:ListBucket learns that one is missing"
      : "";
  const hint =
    status === 403
      ? `. Allow ${action} to this role, in its policy and in those of the bucket and its key${missing}`
      : "";
  return new PermanentError(code, `${message}${hint}`);
};
