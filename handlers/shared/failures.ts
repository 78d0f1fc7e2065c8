import { truncateReason } from "./text";

/** The name of an error in metrics and DLQ messages. */
export const nameOfError = (error: unknown): string => (error instanceof Error ? error.name : "Error");

/** No retry can succeed: the input is sent to the DLQ. */
export class PermanentError extends Error {
  /** @param name the reason in one word, for metrics and the DLQ message */
  constructor(
    override readonly name: string,
    message: string,
  ) {
    super(truncateReason(message));
  }
}

/** A retry may succeed: the error is thrown, so that Lambda or SQS retries. */
export class TransientError extends Error {
  constructor(
    override readonly name: string,
    message: string,
  ) {
    super(truncateReason(message));
  }
}
