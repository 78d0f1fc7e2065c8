import type { Call } from "../../routing";
import type { Permission } from "../authorization";

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_awselasticloadbalancingv2.html */
export function elasticLoadBalancingPermissions({ action, request }: Call): Permission[] | undefined {
  if (action !== "RegisterTargets" && action !== "DeregisterTargets") return undefined;
  const resource = new URLSearchParams(request.body.toString()).get("TargetGroupArn") ?? "*";
  return [{ action: `elasticloadbalancing:${action}`, resource }];
}
