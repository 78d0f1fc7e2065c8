import type { Call, Caller } from "../../routing";
import type { Permission } from "../authorization";
import { arn, input } from "./call";

interface Input {
  Name?: string;
  Names?: string[];
  Path?: string;
}

const PARAMETERS = [
  "GetParameter",
  "GetParameters",
  "GetParametersByPath",
  "PutParameter",
  "DeleteParameter",
];

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssystemsmanager.html */
export function ssmPermissions(call: Call): Permission[] | undefined {
  if (!PARAMETERS.includes(call.action)) return undefined;
  const { Name, Names, Path } = input<Input>(call);
  const names = Names ?? [Name ?? Path ?? ""];
  return names.map((name) => ({ action: `ssm:${call.action}`, resource: parameterArn(call, name) }));
}

export function parameterArn(caller: Caller, nameOrArn: string): string {
  if (nameOrArn.startsWith("arn:")) return nameOrArn;
  return arn(caller, "ssm", `parameter/${nameOrArn.replace(/^\//, "")}`);
}
