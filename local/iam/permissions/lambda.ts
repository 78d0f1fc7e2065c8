import { functionIn } from "../../lambda/deployments";
import type { Call } from "../../routing";
import type { Permission } from "../authorization";
import { arn } from "./call";

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_awslambda.html */
export function lambdaPermissions(call: Call): Permission[] | undefined {
  const { action, request } = call;
  const { name, qualifier = request.query.get("Qualifier") } = functionIn(request.path);
  if (!name || !/^\w+$/.test(action)) return undefined;
  const resource = arn(call, "lambda", `function:${name}${qualifier ? `:${qualifier}` : ""}`);
  return [{ action: `lambda:${action === "Invoke" ? "InvokeFunction" : action}`, resource }];
}
