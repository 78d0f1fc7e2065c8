import { readInput } from "../../cloudwatch/protocol";
import type { Call } from "../../routing";
import type { Permission } from "../authorization";
import { arn } from "./call";

interface Input {
  AlarmName?: string;
  AlarmNames?: string[];
  ResourceARN?: string;
}

const OF_ALARMS = [
  "DeleteAlarms",
  "DescribeAlarmHistory",
  "DescribeAlarms",
  "DisableAlarmActions",
  "EnableAlarmActions",
  "PutMetricAlarm",
  "SetAlarmState",
];

/**
 * Of calls on alarms; metrics have no permissions of their own.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatch.html
 */
export function cloudWatchPermissions(call: Call): Permission[] | undefined {
  const action = `cloudwatch:${call.action}`;
  const { AlarmName, AlarmNames, ResourceARN } = readInput<Input>(call.request);
  if (ResourceARN) return [{ action, resource: ResourceARN }];
  if (!OF_ALARMS.includes(call.action)) return undefined;
  const names = AlarmNames?.length ? AlarmNames : [AlarmName ?? "*"];
  return names.map((name) => ({ action, resource: arn(call, "cloudwatch", `alarm:${name}`) }));
}
