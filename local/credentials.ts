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

/** Which service assumes a role, and for which resource. */
export interface RoleAssumption {
  /** e.g. lambda.amazonaws.com */
  service: string;
  /** ARN of the function, the task, ... */
  sourceArn: string;
  /** shown in ARNs and error messages */
  sessionName: string;
}

/** Creates the role credentials of functions, tasks and services. */
export class Credentials {
  constructor(private readonly options: CredentialsOptions) {}

  /**
   * Returns the environment variables with which an SDK uses the role. Throws AccessDenied if the role's trust policy does
   * not allow the service to assume it.
   */
  async assumeRole(
    caller: Caller,
    roleArn: string,
    { service, sourceArn, sessionName }: RoleAssumption,
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
    accounts.recordAssumedRole(reply);
    const of = (name: string) => new RegExp(`<${name}>([^<]+)<`).exec(reply)?.[1] ?? "";
    sessions.begin(of("AccessKeyId"), { roleArn, name: sessionName });
    return {
      AWS_ACCESS_KEY_ID: of("AccessKeyId"),
      AWS_SECRET_ACCESS_KEY: of("SecretAccessKey"),
      AWS_SESSION_TOKEN: of("SessionToken"),
    };
  }
}
