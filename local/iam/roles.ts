import { AnswerCache } from "../answer-cache";
import type { Caller } from "../routing";
import { askQuery, type Upstream } from "../upstream";

export interface Policy {
  name: string;
  policy: object;
}

/** A deployed role. */
export interface Role {
  trust: object;
  /** inline and attached */
  policies: Policy[];
  boundary?: Policy;
}

/** Reads roles from IAM, and caches them until something in IAM changes. */
export class Roles {
  private readonly cache = new AnswerCache();

  constructor(private readonly upstream: Upstream) {}

  /** Must be called after a write to IAM. */
  clearCache(): void {
    this.cache.clear();
  }

  /** Returns undefined if the role does not exist. */
  find(roleArn: string): Promise<Role | undefined> {
    return this.cache.get(callerOf(roleArn), roleArn, () => this.read(roleArn));
  }

  private async read(roleArn: string): Promise<Role | undefined> {
    const RoleName = roleArn.split("/").pop() ?? "";
    const role = await this.ask(roleArn, "GetRole", { RoleName });
    if (role.includes("<Code>NoSuchEntity</Code>")) return undefined;
    const [inline, attached] = await Promise.all([
      this.ask(roleArn, "ListRolePolicies", { RoleName }),
      this.ask(roleArn, "ListAttachedRolePolicies", { RoleName }),
    ]);
    const boundary = textOf(role, "PermissionsBoundaryArn");
    return {
      trust: documentOf(role, "AssumeRolePolicyDocument"),
      policies: await Promise.all([
        ...textsOf(inline, "member").map(async (PolicyName) => {
          const found = await this.ask(roleArn, "GetRolePolicy", { RoleName, PolicyName });
          return { name: PolicyName, policy: documentOf(found, "PolicyDocument") };
        }),
        ...textsOf(attached, "PolicyArn").map((arn) => this.managed(roleArn, arn)),
      ]),
      boundary: boundary ? await this.managed(roleArn, boundary) : undefined,
    };
  }

  private async managed(roleArn: string, PolicyArn: string): Promise<Policy> {
    const VersionId = textOf(await this.ask(roleArn, "GetPolicy", { PolicyArn }), "DefaultVersionId") ?? "";
    const version = await this.ask(roleArn, "GetPolicyVersion", { PolicyArn, VersionId });
    return { name: PolicyArn, policy: documentOf(version, "Document") };
  }

  private ask(roleArn: string, Action: string, parameters: Record<string, string>): Promise<string> {
    return askQuery(this.upstream, callerOf(roleArn), "iam", {
      Action,
      Version: "2010-05-08",
      ...parameters,
    });
  }
}

// IAM is the same in all regions of an account.
function callerOf(roleArn: string): Caller {
  return { account: roleArn.split(":")[4] ?? "", region: "us-east-1" };
}

function textsOf(xml: string, element: string): string[] {
  return [...xml.matchAll(new RegExp(`<${element}>([^<]+)</${element}>`, "g"))].map(([, text]) => text ?? "");
}

function textOf(xml: string, element: string): string | undefined {
  return textsOf(xml, element)[0];
}

function documentOf(xml: string, element: string): object {
  const text = textOf(xml, element);
  if (!text) throw new Error(`The response of IAM has no ${element}: ${xml.slice(0, 500)}`);
  return JSON.parse(decodeURIComponent(text)) as object;
}
