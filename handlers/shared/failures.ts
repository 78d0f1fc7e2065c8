import { cutReason } from "./text";

/** What an error is called in metrics and reasons. */
export const errorName = (error: unknown): string => (error instanceof Error ? error.name : "Error");

/** The input can never be served as it is: it goes to the dead-letter queue at once. */
export class Rejection extends Error {
  /** @param name the reason in one word, as metrics and the dead-letter queue carry it */
  constructor(
    override readonly name: string,
    message: string,
  ) {
    super(cutReason(message));
  }
}

/** A retry may succeed: thrown, so that whoever sent the input sends it again. */
export class RetryableError extends Error {
  constructor(
    override readonly name: string,
    message: string,
  ) {
    super(cutReason(message));
  }
}
