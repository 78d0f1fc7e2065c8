import type { Call, Caller } from "../../routing";
import type { Permission } from "../authorization";
import { arn, input } from "./call";

interface Input {
  logGroupName?: string;
  logStreamName?: string;
}

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatchlogs.html */
export function logsPermissions(call: Call): Permission[] | undefined {
  const { logGroupName, logStreamName } = input<Input>(call);
  return logGroupName ? [logPermission(call, call.action, logGroupName, logStreamName)] : undefined;
}

/** A permission on a log stream, or on the log group if no stream is given. */
export function logPermission(caller: Caller, action: string, group: string, stream = ""): Permission {
  return {
    action: `logs:${action}`,
    resource: arn(caller, "logs", `log-group:${group}:log-stream:${stream}`),
  };
}
