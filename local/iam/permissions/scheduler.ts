import type { Call } from "../../routing";
import type { Permission } from "../authorization";
import { arn } from "./call";

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoneventbridgescheduler.html */
export function schedulerPermissions(call: Call): Permission[] | undefined {
  if (call.action !== "GetSchedule") return undefined;
  const name = call.request.path.slice(call.request.path.lastIndexOf("/") + 1);
  const group = call.request.query.get("groupName") ?? "default";
  return [
    {
      action: `scheduler:${call.action}`,
      resource: arn(call, "scheduler", `schedule/${group}/${decodeURIComponent(name)}`),
    },
  ];
}
