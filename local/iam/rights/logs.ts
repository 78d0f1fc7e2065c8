import type { Call, Caller } from "../../routing";
import type { Right } from "../authorization";
import { arn, input } from "./call";

interface Input {
  logGroupName?: string;
  logStreamName?: string;
}

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatchlogs.html */
export function logsRights(call: Call): Right[] | undefined {
  const { logGroupName, logStreamName } = input<Input>(call);
  return logGroupName ? [logRight(call, call.action, logGroupName, logStreamName)] : undefined;
}

/** A right on a log stream; on the group itself when no stream is named. */
export function logRight(caller: Caller, action: string, group: string, stream = ""): Right {
  return {
    action: `logs:${action}`,
    resource: arn(caller, "logs", `log-group:${group}:log-stream:${stream}`),
  };
}
