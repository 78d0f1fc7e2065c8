import { type IResolvable, Token } from "cdktf";
import type { Construct } from "constructs";
import type { Account } from "../core/account";
import { kmsKeyArn } from "../core/common-inputs";
import { expression } from "../core/expression";
import { sortedValues } from "../core/maps";
import type { PolicyStatement } from "../core/policy";
import { check, checkMatches, isToken } from "../core/validation";

/** ARN of a secret or parameter, or name of a parameter (AWS Systems Manager API Reference, PutParameter). */
const secret =
  /^(arn:[^:]+:(secretsmanager:[^:]+:[0-9]{12}:secret:[^:]+(:[^:]*:[^:]*:[^:]*)?|ssm:[^:]+:[0-9]{12}:parameter\/[^:]+)|\/[A-Za-z0-9_.-]+(\/[A-Za-z0-9_.-]+){0,14})$/;

/** @throws ValidationError when a value is neither the ARN of a secret or parameter nor the name of a parameter. */
export function checkSecretArns(
  scope: Construct,
  prop: string,
  secrets: Readonly<Record<string, string>>,
): void {
  if (isToken(secrets)) return;
  for (const [name, arn] of Object.entries(secrets)) {
    check(
      scope,
      isToken(arn) || secret.test(arn),
      `${prop} has ${name} = "${arn}"; it takes ARNs of Secrets Manager secrets (optionally with :json-key:version-stage:version-id) or of SSM parameters, or names of SSM parameters of the same account and region that begin with / (another word could be the secret itself).`,
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
      kmsKeyArn,
      'it takes ARNs of KMS keys, such as "arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab". IAM ignores aliases.',
    );
}

const arnAlone = "^arn:[^:]+:[^:]+:[^:]*:[^:]*:(?:secret:)?[^:]+";

/** Where a parameter is that has a name only. */
type Place = Pick<Account, "partition" | "region" | "accountId">;

/**
 * The resources of a permission to read these secrets: their ARNs without JSON key, version stage and version. A token
 * is a whole ARN or name, and contains no colon.
 */
const readableArns = (secrets: readonly string[], place: Place): string[] =>
  secrets.map((arn) => {
    const known = new RegExp(arnAlone).exec(arn)?.[0];
    if (known !== undefined) return known;
    const first = arn.split(":")[0]!;
    return isToken(first)
      ? Token.asString(
          expression`try(regex(${arnAlone}, ${first}), format("%s%s", ${parameterArn(place)}, trimprefix(${first}, "/")))`,
        )
      : `${parameterArn(place)}${first.replace(/^\//, "")}`;
  });

const parameterArn = ({ partition, region, accountId }: Place): string =>
  `arn:${partition}:ssm:${region}:${accountId}:parameter/`;

/** Permission to read the secrets of these maps, in turn; none if there are none. */
export function readSecrets(
  maps: readonly Readonly<Record<string, string>>[],
  place: Place,
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
          ? expression`[for arn in values(${map}) : try(regex(${arnAlone}, arn), format("%s%s", ${parameterArn(place)}, trimprefix(arn, "/")))]`
          : readableArns(sortedValues(map), place),
      )
      .reduce<unknown>(
        (before, part) => (before === undefined ? part : expression`concat(${before}, ${part})`),
        undefined,
      );
    return expression`[for arns in [${arns}] : ${statement(expression`arns`)} if length(arns) > 0]`;
  }
  const arns = maps.flatMap((map) => readableArns(sortedValues(map), place));
  return arns.length === 0 ? [] : [statement(arns)];
}
