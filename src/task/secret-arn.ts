import { Fn, type IResolvable } from "cdktf";
import type { Construct } from "constructs";
import { expression } from "../core/expression";
import { sortedValues } from "../core/maps";
import type { PolicyStatement } from "../core/policy";
import { check, checkMatches, isToken } from "../core/validation";

const secretArn =
  /^arn:[^:]+:(secretsmanager:[^:]+:[0-9]{12}:secret:[^:]+(:[^:]*:[^:]*:[^:]*)?|ssm:[^:]+:[0-9]{12}:parameter\/[^:]+)$/;

/** @throws ValidationError when a value is not the ARN of a secret or parameter. */
export function checkSecretArns(
  scope: Construct,
  prop: string,
  secrets: Readonly<Record<string, string>>,
): void {
  if (isToken(secrets)) return;
  for (const [name, arn] of Object.entries(secrets)) {
    check(
      scope,
      isToken(arn) || secretArn.test(arn),
      `${prop} has ${name} = "${arn}"; it takes ARNs of Secrets Manager secrets (optionally with :json-key:version-stage:version-id) or of SSM parameters.`,
    );
  }
}

/** @throws ValidationError when a value is not the ARN of a KMS key. */
export function checkKeyArns(scope: Construct, prop: string, arns: readonly string[] = []): void {
  if (isToken(arns)) return;
  for (const arn of arns)
    checkMatches(
      scope,
      prop,
      arn,
      /^arn:[^:]+:kms:[^:]+:[0-9]{12}:key\/[A-Za-z0-9-]+$/,
      'it takes ARNs of KMS keys, such as "arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab". IAM ignores aliases.',
    );
}

const arnAlone = "^arn:[^:]+:[^:]+:[^:]*:[^:]*:(?:secret:)?[^:]+";

/**
 * The resources of a permission to read these secrets: their ARNs without JSON key, version stage and version. A token
 * is a whole ARN and contains no colon.
 */
const readableArns = (secretArns: readonly string[]): string[] =>
  secretArns.map((arn) => new RegExp(arnAlone).exec(arn)?.[0] ?? Fn.regex(arnAlone, arn.split(":")[0]!));

/** Permission to read the secrets of these maps, in turn; none if there are none. */
export function readSecrets(
  maps: readonly Readonly<Record<string, string>>[],
): PolicyStatement[] | IResolvable {
  const statement = (arns: unknown): PolicyStatement => ({
    Effect: "Allow",
    Action: ["secretsmanager:GetSecretValue", "ssm:GetParameters"],
    Resource: arns as string[],
  });
  if (maps.some(isToken)) {
    const arns = maps
      .map((map) =>
        isToken(map)
          ? expression`[for arn in values(${map}) : regex(${arnAlone}, arn)]`
          : readableArns(sortedValues(map)),
      )
      .reduce<unknown>(
        (before, part) => (before === undefined ? part : expression`concat(${before}, ${part})`),
        undefined,
      );
    return expression`[for arns in [${arns}] : ${statement(expression`arns`)} if length(arns) > 0]`;
  }
  const arns = maps.flatMap((map) => readableArns(sortedValues(map)));
  return arns.length === 0 ? [] : [statement(arns)];
}
