import { Fn, Token } from "cdktf";
import type { Construct } from "constructs";
import { check } from "./validation";

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

/** The ARNs to which a right to read these secrets is bound: each once, without JSON key, version stage and version. */
export function readableArns(secretArns: readonly string[]): string[] {
  const literals = secretArns.map((arn) => (startsWithToken(arn) ? arn.split(":")[0]! : alone(arn)));
  return [...new Set(literals)].map((arn) => (startsWithToken(arn) ? Fn.regex(arnAlone, arn) : arn));
}

/** The token of `${secret.arn}:json-key::` is the ARN, and only Terraform will know it. */
const startsWithToken = (arn: string): boolean => arn.startsWith("${TfToken[");

const alone = (arn: string): string => new RegExp(arnAlone).exec(arn)![0];
