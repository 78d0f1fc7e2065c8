import { randomBytes } from "node:crypto";
import type { Accounts, Caller } from "./routing";
import { askQuery, type Upstream } from "./upstream";

/** Hands out the credentials that functions and tasks get from their role. */
export class Credentials {
  constructor(
    private readonly upstream: Upstream,
    private readonly accounts: Accounts,
  ) {}

  /** The environment variables that make an SDK act as this role. */
  async ofRole(caller: Caller, roleArn: string): Promise<Record<string, string>> {
    const reply = await askQuery(this.upstream, caller, "sts", {
      Action: "AssumeRole",
      Version: "2011-06-15",
      RoleArn: roleArn,
      RoleSessionName: `local-${randomBytes(4).toString("hex")}`,
    });
    this.accounts.learn(reply);
    const of = (name: string) => new RegExp(`<${name}>([^<]+)<`).exec(reply)?.[1] ?? "";
    return {
      AWS_ACCESS_KEY_ID: of("AccessKeyId"),
      AWS_SECRET_ACCESS_KEY: of("SecretAccessKey"),
      AWS_SESSION_TOKEN: of("SessionToken"),
    };
  }
}
