import type { Call } from "../../routing";
import type { Permission } from "../authorization";
import { arn } from "./call";

/** Type of a resource in its ARN, by the prefix of its id. */
const TYPES: Record<string, string> = { i: "instance", sg: "security-group" };

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html */
export function ec2Permissions(call: Call): Permission[] | undefined {
  // The calls that describe instances and security groups have no resource-level permissions.
  if (call.action.startsWith("Describe")) return undefined;
  const ids = [...new URLSearchParams(call.request.body.toString())]
    .filter(([name]) => /^(InstanceId|GroupId|ResourceId)(\.\d+)?$/.test(name))
    .map(([, id]) => id);
  const types = ids.map((id) => TYPES[id.split("-")[0] ?? ""]);
  if (ids.length === 0 || types.includes(undefined)) return undefined;
  return ids.map((id, index) => ({
    action: `ec2:${call.action}`,
    resource: arn(call, "ec2", `${types[index]}/${id}`),
  }));
}
