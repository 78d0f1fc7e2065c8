import { RetryableError } from "../shared/failures";

/** ECS does not show yet what it has told already; soon it will. */
export class StaleDescription extends RetryableError {
  constructor(service: string, what: string) {
    super("StaleDescription", `${service}: ECS does not show ${what}`);
  }
}
