import type { Call } from "../../routing";
import type { Permission } from "../authorization";
import { input } from "./call";

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsstepfunctions.html */
export function statesPermissions(call: Call): Permission[] | undefined {
  const { stateMachineArn, executionArn } = input<{ stateMachineArn?: string; executionArn?: string }>(call);
  const resource = stateMachineArn ?? executionArn;
  return resource ? [{ action: `states:${call.action}`, resource }] : undefined;
}
