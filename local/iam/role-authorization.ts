import { AwsError } from "../aws-error";
import type { Clock } from "../clock";
import { accessDenied } from "../http";
import type { Call } from "../routing";
import type { Upstream } from "../upstream";
import type { Authorization, Context, Right, RoleSession } from "./authorization";
import { loadEvaluator, refusal } from "./evaluate";
import { Roles } from "./roles";
import type { Sessions } from "./sessions";

export interface RoleAuthorizationOptions {
  clock: Clock;
  upstream: Upstream;
  sessions: Sessions;
  /** The policy on a resource that local AWS has, by the resource's ARN. */
  resourcePolicy(arn: string): Promise<string | undefined>;
  log(line: string): void;
}

/**
 * Evaluates deployed policies as IAM does. Rights to write X-Ray traces are not asked for, as local AWS traces nothing;
 * rights to use KMS keys only for the keys of queues and buckets.
 */
export class RoleAuthorization implements Authorization {
  private readonly evaluator = loadEvaluator();
  private readonly roles: Roles;

  constructor(private readonly options: RoleAuthorizationOptions) {
    this.roles = new Roles(options.upstream);
    if (!this.evaluator) {
      options.log(
        "iam: rights are not enforced: install @cloud-copilot/iam-simulate, and local AWS refuses what AWS would.",
      );
    }
  }

  forget(): void {
    this.roles.forget();
  }

  learn(call: Call, reply: string): void {
    const { sessions } = this.options;
    const key = /<AccessKeyId>([^<]+)</.exec(reply)?.[1];
    const form = new URLSearchParams(call.request.body.toString());
    const roleArn = form.get("RoleArn");
    if (sessions.of(call.accessKey) && key && roleArn)
      sessions.begin(key, roleArn, form.get("RoleSessionName") ?? "");
  }

  async check(call: Call, rights: () => Promise<Right[]>): Promise<void> {
    const session = this.options.sessions.of(call.accessKey);
    if (!session || !this.evaluator) return;
    for (const right of await rights()) {
      const refused = await this.refused({ ...session, region: call.region }, right);
      if (refused) throw accessDenied(call.service, refused);
    }
  }

  async demand(session: RoleSession, right: Right): Promise<void> {
    const refused = await this.refused(session, right);
    if (refused) throw new AwsError("AccessDeniedException", refused);
  }

  async allowed(roleArn: string, action: string, resource: string, context?: Context): Promise<boolean> {
    const region = resource.split(":")[3] ?? "";
    return !(await this.refused({ roleArn, name: "service", region }, { action, resource, context }));
  }

  async trusts(roleArn: string, service: string, sourceArn: string): Promise<boolean> {
    if (!this.evaluator) return true;
    const role = await this.roles.find(roleArn);
    const [, , , , account = ""] = roleArn.split(":");
    const refused = await refusal(this.evaluator, {
      principal: service,
      account,
      right: { action: "sts:AssumeRole", resource: roleArn },
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
    return refused === undefined;
  }

  /** What AWS answers; undefined when the role has the right. */
  private async refused(session: RoleSession, right: Right): Promise<string | undefined> {
    if (!this.evaluator) return undefined;
    const { roleArn, name, region } = session;
    const [, partition = "", , , account = ""] = roleArn.split(":");
    const role = await this.roles.find(roleArn);
    const principal = `arn:${partition}:sts::${account}:assumed-role/${roleArn.split("/").pop()}/${name}`;
    const reason = await refusal(this.evaluator, {
      principal,
      account: right.resource.split(":")[4] || account,
      right,
      context: {
        ...this.always(),
        "aws:PrincipalArn": roleArn,
        "aws:PrincipalAccount": account,
        "aws:PrincipalType": "AssumedRole",
        ...(region ? { "aws:RequestedRegion": region } : {}),
      },
      policies: role?.policies ?? [],
      boundary: role?.boundary,
      resourcePolicy: await this.policyOn(right),
    });
    return (
      reason &&
      `User: ${principal} is not authorized to perform: ${right.action} on resource: ${right.resource} ${reason}`
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

  private async policyOn({ action, resource }: Right): Promise<object | undefined> {
    if (action === "sts:AssumeRole") return (await this.roles.find(resource))?.trust;
    const policy = await this.options.resourcePolicy(resource);
    return policy ? (JSON.parse(policy) as object) : undefined;
  }
}
