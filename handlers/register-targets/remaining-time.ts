import { TransientError } from "../shared/failures";

/** Time for calls that time out in all their attempts (8 s each) and for the work after them, before Lambda stops the function. */
export const reserveMs = 15_000;

/** The rest of the work does not fit into this invocation. */
export class OutOfTime extends TransientError {
  constructor(what: string) {
    super("OutOfTime", `${what}: no time is left in this invocation`);
  }
}
