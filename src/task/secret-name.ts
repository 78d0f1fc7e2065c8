import type { Construct } from "constructs";
import { check } from "../core/validation";

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
  const names = Object.keys(environment)
    .sort()
    .filter((name) => secretName.test(name) && !plain.includes(name));
  check(
    scope,
    names.length === 0,
    `${prop} has ${names.join(", ")}; anyone who can read the task definition can read it. Give the ARN of a Secrets Manager secret or SSM parameter in secrets instead; a name that is none of a secret goes into plainEnvironmentNames as well.`,
  );
}
