import type { Call } from "../../routing";
import type { Permission } from "../authorization";

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssecuritytokenservice.html */
export function stsPermissions({ action, request }: Call): Permission[] | undefined {
  // AWS allows it always, even if a policy denies it.
  if (action === "GetCallerIdentity") return [];
  if (action !== "AssumeRole") return undefined;
  const resource = new URLSearchParams(request.body.toString()).get("RoleArn") ?? "*";
  return [{ action: "sts:AssumeRole", resource }];
}
