import type { Construct } from "constructs";
import { checkKeys } from "./typed";
import { check, isToken } from "./validation";

/** Characters of all inline policies of a role, without spaces (IAM User Guide, IAM and AWS STS quotas). */
const MAX_CHARACTERS = 10_240;

/** @throws ValidationError when IAM would refuse inline policies of one role: their names, documents or size. */
export function checkInlinePolicies(
  scope: Construct,
  policies: Readonly<Record<string, string>> | undefined,
): void {
  checkKeys(scope, "policies", policies);
  const entries = Object.entries(policies ?? {});
  for (const [name, document] of entries) checkPolicy(scope, name, document);
  const characters = entries
    .filter(([, document]) => !isToken(document))
    .reduce((sum, [, document]) => sum + document.replace(/\s/g, "").length, 0);
  check(
    scope,
    characters <= MAX_CHARACTERS,
    `policies have ${characters} characters in all; IAM takes at most ${MAX_CHARACTERS} for the inline policies of a role. Attach a managed policy to the role instead.`,
  );
}

function checkPolicy(scope: Construct, name: string, document: string): void {
  check(
    scope,
    /^[A-Za-z0-9_+=,.@-]{1,128}$/.test(name),
    `policies names "${name}"; a policy name has 1 to 128 letters, digits and _ + = , . @ -.`,
  );
  check(
    scope,
    isToken(document) || isJsonObject(document),
    `policies has "${name}", which is not the JSON text of a policy document.`,
  );
}

function isJsonObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}
