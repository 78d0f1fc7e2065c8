import type { Call } from "../../routing";
import type { Right } from "../authorization";

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssecuritytokenservice.html */
export function stsRights({ action, request }: Call): Right[] | undefined {
  // AWS answers it to everybody, even against a policy that denies it.
  if (action === "GetCallerIdentity") return [];
  if (action !== "AssumeRole") return undefined;
  const resource = new URLSearchParams(request.body.toString()).get("RoleArn") ?? "*";
  return [{ action: "sts:AssumeRole", resource }];
}
