import { AwsError } from "./aws-error";
import type { Authorization } from "./iam/authorization";
import type { Sessions } from "./iam/sessions";
import type { Accounts, Caller } from "./routing";
import { askQuery, type Upstream } from "./upstream";

export interface CredentialsOptions {
  upstream: Upstream;
  accounts: Accounts;
  sessions: Sessions;
  authorization: Authorization;
}

/** On whose behalf a service takes a role. */
export interface RoleUse {
  /** e.g. lambda.amazonaws.com */
  service: string;
  /** ARN of the function, the task, ... */
  sourceArn: string;
  /** what AWS shows as the user's name */
  sessionName: string;
}

/** Hands out the credentials that functions, tasks and services get from a role. */
export class Credentials {
  constructor(private readonly options: CredentialsOptions) {}

  /**
   * The environment variables that make an SDK act as this role. Throws AccessDenied when the trust policy of the role
   * does not let the service take it.
   */
  async ofRole(
    caller: Caller,
    roleArn: string,
    { service, sourceArn, sessionName }: RoleUse,
  ): Promise<Record<string, string>> {
    const { accounts, authorization, sessions, upstream } = this.options;
    if (!(await authorization.trusts(roleArn, service, sourceArn))) {
      throw new AwsError(
        "AccessDenied",
        `${service} is not authorized to perform: sts:AssumeRole on ${roleArn}`,
        403,
      );
    }
    const reply = await askQuery(upstream, caller, "sts", {
      Action: "AssumeRole",
      Version: "2011-06-15",
      RoleArn: roleArn,
      RoleSessionName: sessionName,
    });
    accounts.learn(reply);
    const of = (name: string) => new RegExp(`<${name}>([^<]+)<`).exec(reply)?.[1] ?? "";
    sessions.begin(of("AccessKeyId"), roleArn, sessionName);
    return {
      AWS_ACCESS_KEY_ID: of("AccessKeyId"),
      AWS_SECRET_ACCESS_KEY: of("SecretAccessKey"),
      AWS_SESSION_TOKEN: of("SessionToken"),
    };
  }
}
