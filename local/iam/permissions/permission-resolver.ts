import type { Directory } from "../../ecs/directory";
import type { Call } from "../../routing";
import type { Upstream } from "../../upstream";
import type { Permission } from "../authorization";

/** What a resolver looks up, beside the call. */
export interface Lookups {
  directory: Pick<Directory, "taskDefinition">;
  upstream: Upstream;
  /** The key that encrypts a queue, by the queue's ARN. */
  queueKey(arn: string): string | undefined;
}

/** Finds the permissions that a call requires; undefined: the action is unknown. */
export type PermissionResolver = (
  call: Call,
  lookups: Lookups,
) => Promise<Permission[] | undefined> | Permission[] | undefined;
