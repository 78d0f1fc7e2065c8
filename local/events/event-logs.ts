import { randomUUID } from "node:crypto";
import { AwsError } from "../aws-error";
import type { Clock } from "../clock";
import { logPermission } from "../iam/permissions/logs";
import { logTime } from "../logs";
import { allowsService, joinPolicies } from "../resource-policy";
import type { Caller } from "../routing";
import { askJson, type Upstream } from "../upstream";
import type { Target } from "./rules";

/** Log groups as targets of rules: each event is one log event in a stream of its own. */
export class EventLogs {
  constructor(
    private readonly upstream: Upstream,
    private readonly clock: Clock,
  ) {}

  /** Rejects with the error of CloudWatch Logs. */
  async write(arn: string, message: string, ruleArn: string): Promise<void> {
    const { caller, logGroupName } = parseArn(arn);
    const stream = { logGroupName, logStreamName: randomUUID() };
    await this.requirePermissions(caller, stream, ruleArn);
    await askJson(this.upstream, caller, "logs", "CreateLogStream", stream);
    const logEvents = [{ timestamp: logTime(this.clock), message }];
    await askJson(this.upstream, caller, "logs", "PutLogEvents", { ...stream, logEvents });
  }

  private async requirePermissions(
    caller: Caller,
    { logGroupName, logStreamName }: { logGroupName: string; logStreamName: string },
    ruleArn: string,
  ): Promise<void> {
    const { resourcePolicies } = await askJson<{ resourcePolicies: { policyDocument: string }[] }>(
      this.upstream,
      caller,
      "logs",
      "DescribeResourcePolicies",
      {},
    );
    const policy = joinPolicies(resourcePolicies.map(({ policyDocument }) => policyDocument));
    // EventBridge names its rule only when it writes an event.
    const contexts = { CreateLogStream: {}, PutLogEvents: { "aws:sourcearn": ruleArn } };
    for (const [name, context] of Object.entries(contexts)) {
      const { action, resource } = logPermission(caller, name, logGroupName, logStreamName);
      for (const service of ["events.amazonaws.com", "delivery.logs.amazonaws.com"])
        if (!allowsService(policy, { service, action, resource, context }))
          throw new AwsError(
            "AccessDeniedException",
            `No log resource policy allows ${service} ${action} on ${resource} for ${ruleArn}.`,
          );
    }
  }
}

/** The log group of a target. AWS takes an ARN that ends with `:*`, but delivers nothing to it. */
function parseArn(arn: string): { caller: Caller; logGroupName: string } {
  const [, region = "", account = "", logGroupName = ""] =
    /^arn:[^:]+:logs:([^:]+):([^:]+):log-group:([^:]+)$/.exec(arn) ?? [];
  if (logGroupName === "") throw new AwsError("ResourceNotFoundException", `There is no log group ${arn}.`);
  return { caller: { account, region }, logGroupName };
}

/** Log resource policies alone allow EventBridge to write to a log group. */
export function refuseRoles(targets: readonly Pick<Target, "Arn" | "RoleArn">[]): void {
  for (const { Arn, RoleArn } of targets)
    if (RoleArn !== undefined && Arn.split(":")[2] === "logs")
      throw new AwsError("ValidationException", `RoleArn is not supported for target ${Arn}.`);
}
