import type { Call } from "../../routing";
import type { Permission } from "../authorization";

/**
 * Of calls on a user, as if its path were `/`.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentityandaccessmanagementiam.html
 */
export function iamPermissions({ account, action, request }: Call): Permission[] | undefined {
  const user = new URLSearchParams(request.body.toString()).get("UserName");
  if (!user) return undefined;
  return [{ action: `iam:${action}`, resource: `arn:aws:iam::${account}:user/${user}` }];
}
