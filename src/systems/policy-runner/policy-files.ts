import { readdirSync, readFileSync, statSync } from "node:fs";
import { join, sep } from "node:path";
import type { Construct } from "constructs";
import { ValidationError } from "../../core/errors";
import { check, checkLiteral, isKnown } from "../../core/validation";
import type { PolicyRunnerProps } from "./props";

/** Where the policies and the mapping file are in the policy bucket. */
export const policiesPrefix = "policies/";
export const mappingKey = "config/policy-mappings.json";

/**
 * The objects of the policy bucket, by key.
 *
 * @throws ValidationError when there are no policies, or the mapping file has no valid version, an id twice or an unknown
 * policy.
 */
export function policyObjects(scope: Construct, props: PolicyRunnerProps): Record<string, string> {
  checkLiteral(scope, "policiesFolder", props.policiesFolder, "is read at synthesis");
  checkLiteral(scope, "mappingsFile", props.mappingsFile, "is read at synthesis");
  const policies = readPolicies(scope, props.policiesFolder);
  const mappings = readText(scope, "mappingsFile", props.mappingsFile);
  checkMappings(scope, `mappingsFile is "${props.mappingsFile}", which`, mappings, Object.keys(policies));
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

function checkMappings(scope: Construct, file: string, text: string, keys: readonly string[]): void {
  const mapping = parse(text);
  const version = (mapping as { version?: unknown } | undefined)?.version;
  const found = mapping === undefined ? "no JSON" : `the version ${JSON.stringify(version ?? null)}`;
  check(
    scope,
    version === "1.0" || version === "2.0",
    `${file} has ${found}; it takes a mapping file of version "2.0" or "1.0".`,
  );
  const { mappings } = mapping as { mappings?: unknown };
  const entries: Entry[] = Array.isArray(mappings) ? mappings : [];
  const ids = entries.flatMap((entry) => entry?.id ?? []);
  const duplicates = [...new Set(ids.filter((id, index) => ids.indexOf(id) !== index))];
  check(
    scope,
    duplicates.length === 0,
    `${file} has more than one mapping with the id ${quoted(duplicates)}; a run is known by the id of its mapping, so give each its own.`,
  );
  const mapped = entries.flatMap((entry) => entry?.policy?.key ?? entry?.policy_file ?? []);
  const unknown = [...new Set(mapped)].filter((key) => !keys.includes(key));
  check(
    scope,
    unknown.length === 0,
    `${file} names the policies ${quoted(unknown)} that are not in policiesFolder; the policies are ${quoted(keys)}.`,
  );
}

/** What the checks read of a mapping, of version 2.0 or 1.0. */
interface Entry {
  readonly id?: string;
  readonly policy?: { readonly key?: string };
  readonly policy_file?: string;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) ?? {};
  } catch {
    return undefined;
  }
}

const quoted = (names: readonly string[]): string => names.map((name) => `"${name}"`).join(", ");
