import { readdirSync, readFileSync, statSync } from "node:fs";
import { join, sep } from "node:path";
import { Annotations } from "cdktf";
import type { Construct } from "constructs";
import { type LintMessage, lintMappings } from "../../../handlers/run-policy/mappings/lint-mappings";
import { ValidationError } from "../../core/errors";
import { check, checkLiteral, isKnown } from "../../core/validation";
import type { PolicyRunnerProps } from "./props";

/** Where the policies and the mapping file are in the policy bucket. */
export const policiesPrefix = "policies/";
export const mappingKey = "config/policy-mappings.json";

/**
 * The objects of the policy bucket, by key.
 *
 * @throws ValidationError when there are no policies, or the linter finds an error in the mapping file.
 */
export function policyObjects(scope: Construct, props: PolicyRunnerProps): Record<string, string> {
  checkLiteral(scope, "policiesFolder", props.policiesFolder, "is read at synthesis");
  checkLiteral(scope, "mappingsFile", props.mappingsFile, "is read at synthesis");
  const policies = readPolicies(scope, props.policiesFolder);
  const mappings = readText(scope, "mappingsFile", props.mappingsFile);
  checkMappings(scope, props.mappingsFile, mappings, policies);
  const { defaultPolicy } = props;
  check(
    scope,
    !isKnown(defaultPolicy) || Object.hasOwn(policies, defaultPolicy!),
    `defaultPolicy is "${defaultPolicy}", which is not in policiesFolder; the policies are ${quoted(Object.keys(policies))}.`,
  );
  return { ...policies, [mappingKey]: mappings };
}

function readPolicies(scope: Construct, folder: string): Record<string, string> {
  const isFolder = statSync(folder, { throwIfNoEntry: false })?.isDirectory() ?? false;
  const files = isFolder
    ? readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((file) =>
        /\.(yml|yaml|json)$/.test(file),
      )
    : [];
  check(
    scope,
    files.length > 0,
    `policiesFolder is "${folder}", which has no file that ends with .yml, .yaml or .json; give the folder with the Cloud Custodian policies.`,
  );
  return Object.fromEntries(
    files
      .sort()
      .map((file) => [
        `${policiesPrefix}${file.split(sep).join("/")}`,
        readText(scope, "policiesFolder", join(folder, file)),
      ]),
  );
}

/** The text of a file, in the normal form that Terraform gives strings. */
function readText(scope: Construct, prop: string, path: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })
      .decode(readFileSync(path))
      .normalize("NFC");
  } catch (error) {
    throw new ValidationError(
      scope,
      `${prop}: "${path}" cannot be read as text: ${(error as Error).message}`,
    );
  }
}

/** Errors of the linter are refused; its warnings are printed at synthesis. */
function checkMappings(
  scope: Construct,
  file: string,
  text: string,
  policies: Readonly<Record<string, string>>,
): void {
  const messages = lintMappings(text, new Map(Object.entries(policies)));
  const located = (level: LintMessage["level"]) =>
    messages
      .filter((message) => message.level === level)
      .map(({ line, message }) => `mappingsFile is "${file}"; line ${line}: ${message}`);
  for (const warning of located("warning")) Annotations.of(scope).addWarning(warning);
  const errors = located("error");
  check(scope, errors.length === 0, errors.join("\n"));
}

const quoted = (names: readonly string[]): string => names.map((name) => `"${name}"`).join(", ");
