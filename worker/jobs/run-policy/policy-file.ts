import * as v from "valibot";
import { parseDocument } from "yaml";
import { describeIssues, plainObject } from "../../../handlers/shared/schema";
import { pyYamlTags } from "./py-yaml";

// As Cloud Custodian's own schema has it. The name is part of paths.
const policyName = v.pipe(
  v.string(),
  v.regex(/^[A-Za-z][A-Za-z0-9_]*(-[A-Za-z0-9_]+)*$/, "expected letters, digits and hyphens"),
);

const policy = v.pipe(
  plainObject,
  v.looseObject({
    name: policyName,
    resource: v.string(),
    filters: v.nullish(v.array(v.unknown())),
    actions: v.nullish(v.array(v.unknown())),
  }),
);
export type Policy = v.InferOutput<typeof policy>;

const policyFile = v.pipe(
  plainObject,
  v.strictObject({
    /** Only holds what the policies refer to by YAML aliases. */
    vars: v.optional(v.unknown()),
    policies: v.pipe(v.array(policy), v.minLength(1, "expected at least one policy")),
  }),
);

const parseYaml = (text: string): unknown => {
  const document = parseDocument(text, { version: "1.1", customTags: pyYamlTags });
  // A tag that the parser does not know is a warning only.
  const [problem] = [...document.errors, ...document.warnings];
  if (problem) throw problem;
  return document.toJS({ maxAliasCount: 100 });
};

// Cloud Custodian chooses by the ending, too.
const parseText = (text: string, key: string): unknown => {
  const isJson = key.endsWith(".json");
  try {
    return isJson ? JSON.parse(text) : parseYaml(text);
  } catch (error) {
    const what = isJson ? "JSON" : "YAML";
    throw new Error(`${key}: not valid ${what}: ${error instanceof Error ? error.message : error}`);
  }
};

/**
 * Parses a policy file of Cloud Custodian.
 * @param key its name, which ends with `.json` if it is JSON
 * @throws Error when it is not YAML or JSON, when it has no policies, or two of one name
 */
export const parsePolicyFile = (text: string, key: string): readonly Policy[] => {
  const parsed = v.safeParse(policyFile, parseText(text, key));
  if (!parsed.success) throw new Error(`${key}: ${describeIssues(parsed.issues, "policy file")}`);
  const { policies } = parsed.output;
  const names = new Set<string>();
  for (const { name } of policies) {
    if (names.has(name)) throw new Error(`${key}: two policies have the name "${name}": each needs its own`);
    names.add(name);
  }
  return policies;
};
