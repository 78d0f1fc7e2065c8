import type { Directory } from "../../ecs/directory";
import type { Call } from "../../routing";
import type { Upstream } from "../../upstream";
import type { Right } from "../authorization";

/** What the rights for a call are derived from beside the call. */
export interface Lookups {
  directory: Pick<Directory, "taskDefinition">;
  upstream: Upstream;
  /** The key that encrypts a queue, by the queue's ARN. */
  queueKey(arn: string): string | undefined;
}

/** undefined: the action is not one that is known here. */
export type RightsOf = (call: Call, lookups: Lookups) => Promise<Right[] | undefined> | Right[] | undefined;
