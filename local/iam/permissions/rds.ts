import type { Call } from "../../routing";
import type { Permission } from "../authorization";
import { arn } from "./call";

/** Of calls on an instance. https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonrds.html */
export function rdsPermissions(call: Call): Permission[] | undefined {
  const instance = new URLSearchParams(call.request.body.toString()).get("DBInstanceIdentifier");
  if (!instance) return undefined;
  return [{ action: `rds:${call.action}`, resource: arn(call, "rds", `db:${instance}`) }];
}
