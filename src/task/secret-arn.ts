import { Fn, Token } from "cdktf";
import type { Construct } from "constructs";
import { check } from "../core/validation";

const legal =
  /^arn:[^:]+:(secretsmanager:[^:]+:[0-9]{12}:secret:[^:]+(:[^:]*:[^:]*:[^:]*)?|ssm:[^:]+:[0-9]{12}:parameter\/[^:]+)$/;

export function checkSecretArns(
  scope: Construct,
  prop: string,
  secrets: Readonly<Record<string, string>>,
): void {
  for (const [name, arn] of Object.entries(secrets)) {
    check(
      scope,
      Token.isUnresolved(arn) || legal.test(arn),
      `${prop} has ${name} = "${arn}"; it takes ARNs of Secrets Manager secrets (with :json-key:version-stage:version-id or without) or of SSM parameters.`,
    );
  }
}

const arnAlone = "^arn:[^:]+:[^:]+:[^:]*:[^:]*:(?:secret:)?[^:]+";

/**
 * The ARNs to which a right to read these secrets is bound: without JSON key, version stage and version. A token stands
 * for a whole ARN and holds no colon itself.
 */
export const readableArns = (secretArns: readonly string[]): string[] =>
  secretArns.map((arn) => new RegExp(arnAlone).exec(arn)?.[0] ?? Fn.regex(arnAlone, arn.split(":")[0]!));
