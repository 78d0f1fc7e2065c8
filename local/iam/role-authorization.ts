import { AwsError } from "../aws-error";
import type { Clock } from "../clock";
import { accessDenied } from "../http";
import type { Call } from "../routing";
import type { Upstream } from "../upstream";
import type { Authorization, Context, Permission, RoleSession } from "./authorization";
import { denialReason, loadEvaluator } from "./evaluate";
import { Roles } from "./roles";
import { readSessionPolicy } from "./session-policy";
import type { Sessions } from "./sessions";

export interface RoleAuthorizationOptions {
  clock: Clock;
  upstream: Upstream;
  sessions: Sessions;
  /** The resource-based policy of a resource in local AWS. */
  resourcePolicy(arn: string): Promise<string | undefined>;
  log(line: string): void;
}

/**
 * Evaluates deployed policies as IAM does. Permissions on X-Ray are not checked, since local AWS writes no traces.
 * Permissions on KMS keys are checked for the keys of queues and buckets only.
 */
export class RoleAuthorization implements Authorization {
  private readonly evaluator = loadEvaluator();
  private readonly roles: Roles;

  constructor(private readonly options: RoleAuthorizationOptions) {
    this.roles = new Roles(options.upstream);
    if (!this.evaluator) {
      options.log("iam: permissions are not enforced. To enforce them, install @cloud-copilot/iam-simulate.");
    }
  }

  clearCache(): void {
    this.roles.clearCache();
  }

  recordAssumedRole(call: Call, reply: string): void {
    const { sessions } = this.options;
    const key = /<AccessKeyId>([^<]+)</.exec(reply)?.[1];
    const form = new URLSearchParams(call.request.body.toString());
    const roleArn = form.get("RoleArn");
    const policy = readSessionPolicy(form);
    // Stacks of tests assume roles that do not exist, for an account of their own. Who limits a session means its role.
    if (!(sessions.of(call.accessKey) || policy) || !key || !roleArn) return;
    sessions.begin(key, { roleArn, name: form.get("RoleSessionName") ?? "", ...(policy && { policy }) });
  }

  async check(call: Call, permissions: () => Promise<Permission[]>): Promise<void> {
    const session = this.options.sessions.of(call.accessKey);
    if (!session || !this.evaluator) return;
    for (const permission of await permissions()) {
      const denial = await this.denialOf({ ...session, region: call.region }, permission);
      if (denial) throw accessDenied(call.service, denial);
    }
  }

  async requirePermission(session: RoleSession, permission: Permission): Promise<void> {
    const denial = await this.denialOf(session, permission);
    if (denial) throw new AwsError("AccessDeniedException", denial);
  }

  async isAllowed(roleArn: string, action: string, resource: string, context?: Context): Promise<boolean> {
    const region = resource.split(":")[3] ?? "";
    return !(await this.denialOf({ roleArn, name: "service", region }, { action, resource, context }));
  }

  async trusts(roleArn: string, service: string, sourceArn: string): Promise<boolean> {
    if (!this.evaluator) return true;
    const role = await this.roles.find(roleArn);
    const [, , , , account = ""] = roleArn.split(":");
    const denial = await denialReason(this.evaluator, {
      principal: service,
      account,
      permission: { action: "sts:AssumeRole", resource: roleArn },
      context: {
        ...this.always(),
        "aws:SourceArn": sourceArn,
        "aws:SourceAccount": sourceArn.split(":")[4] ?? "",
        "aws:PrincipalServiceName": service,
        "aws:PrincipalIsAWSService": "true",
      },
      policies: [],
      resourcePolicy: role?.trust,
    });
    return denial === undefined;
  }

  /** The error message of AWS; undefined if the role has the permission. */
  private async denialOf(session: RoleSession, permission: Permission): Promise<string | undefined> {
    if (!this.evaluator) return undefined;
    const { roleArn, name, region } = session;
    const [, partition = "", , , account = ""] = roleArn.split(":");
    const role = await this.roles.find(roleArn);
    const principal = `arn:${partition}:sts::${account}:assumed-role/${roleArn.split("/").pop()}/${name}`;
    const reason = await denialReason(this.evaluator, {
      principal,
      account: permission.resource.split(":")[4] || account,
      permission,
      context: {
        ...this.always(),
        "aws:PrincipalArn": roleArn,
        "aws:PrincipalAccount": account,
        "aws:PrincipalType": "AssumedRole",
        ...(region ? { "aws:RequestedRegion": region } : {}),
      },
      policies: role?.policies ?? [],
      boundary: role?.boundary,
      sessionPolicy: session.policy,
      resourcePolicy: await this.policyOn(permission),
    });
    return (
      reason &&
      `User: ${principal} is not authorized to perform: ${permission.action} on resource: ${permission.resource} ${reason}`
    );
  }

  private always(): Context {
    const now = this.options.clock.now();
    return {
      "aws:SecureTransport": "true",
      "aws:CurrentTime": now.toISOString(),
      "aws:EpochTime": String(Math.floor(now.getTime() / 1000)),
    };
  }

  private async policyOn({ action, resource }: Permission): Promise<object | undefined> {
    if (action === "sts:AssumeRole") return (await this.roles.find(resource))?.trust;
    const policy = await this.options.resourcePolicy(resource);
    return policy ? (JSON.parse(policy) as object) : undefined;
  }
}
