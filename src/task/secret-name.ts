import type { Construct } from "constructs";
import { expression } from "../core/expression";
import { check, checkAtPlan, isToken } from "../core/validation";

/** Names of variables that end with the word for a secret. The module has the same pattern. */
export const secretName =
  /(password|secret|token|api_?key|private_key|secret_?(access_?)?key(_base)?)(_?(pem|base64|value|[0-9]+))?$/i;

/** @throws ValidationError when a name looks like that of a secret and is not in `plain`. */
export function checkNoSecrets(
  scope: Construct,
  prop: string,
  environment: Readonly<Record<string, string>>,
  plain: readonly string[] = [],
): void {
  const instead =
    "anyone who can read the task definition can read it. Give the ARN of a Secrets Manager secret or SSM parameter in secrets instead; a name that is none of a secret goes into plainEnvironmentNames as well.";
  const names = isToken(environment) ? [] : Object.keys(environment).sort();
  const found = names.filter((name) => secretName.test(name));
  if (!isToken(environment) && !isToken(plain)) {
    const secrets = found.filter((name) => !plain.includes(name));
    check(scope, secrets.length === 0, `${prop} has ${secrets.join(", ")}; ${instead}`);
  } else if (isToken(environment) || found.length > 0) {
    const given = isToken(environment) ? expression`keys(${environment})` : found;
    checkAtPlan(
      scope,
      [environment, plain],
      expression`alltrue([for name in ${given} : !can(regex(${`(?i)${secretName.source}`}, name)) || contains(${plain}, name)])`,
      `${prop} has the name of a secret; ${instead}`,
    );
  }
}

/** @throws ValidationError when a name is in both maps. `path` ends before `environment`. */
export function checkNamedOnce(
  scope: Construct,
  path: string,
  environment: Readonly<Record<string, string>>,
  secrets: Readonly<Record<string, string>>,
): void {
  const once = "is in both environment and secrets; give each name once.";
  if (isToken(environment) || isToken(secrets)) {
    checkAtPlan(
      scope,
      [environment, secrets],
      expression`length(setintersection(keys(${environment}), keys(${secrets}))) == 0`,
      `${path}A name ${once}`,
    );
    return;
  }
  const inBoth = Object.keys(environment)
    .sort()
    .filter((name) => name in secrets);
  check(scope, inBoth.length === 0, `${path}${inBoth.join(", ")} ${once}`);
}
