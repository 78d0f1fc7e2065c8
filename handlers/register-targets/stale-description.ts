import { TransientError } from "../shared/failures";

/** ECS is eventually consistent: it does not show yet what an event or a list of it has told. */
export class StaleDescription extends TransientError {
  constructor(service: string, what: string) {
    super("StaleDescription", `${service}: ECS does not show ${what}`);
  }
}
