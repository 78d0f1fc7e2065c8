import * as v from "valibot";
import { PermanentError } from "../../shared/failures";
import { describeIssues, describeValue } from "../../shared/schema";
import type { Mapping, Mappings, Scope } from "./mappings";
import { fileV1, fileV2 } from "./schema";

const invalid = (message: string): PermanentError => new PermanentError("InvalidMappings", message);

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw invalid(`mapping file: expected JSON: ${(error as Error).message}`);
  }
};

const parseFile = <Schema extends v.GenericSchema>(schema: Schema, file: unknown): v.InferOutput<Schema> => {
  const result = v.safeParse(schema, file);
  if (!result.success) throw invalid(describeIssues(result.issues, "mapping file"));
  return result.output;
};

/** A finding is updated several times while a policy works on its resource. An account's findings are many. */
const defaultCooldownSeconds: { readonly [scope in Scope]: number } = { resource: 300, account: 0 };

const readV2 = ({ on_no_match: onNoMatch, mappings }: v.InferOutput<typeof fileV2>): Mappings => ({
  version: "2.0",
  onNoMatch,
  entries: mappings
    .toSorted((one, other) => one.precedence - other.precedence)
    .map(
      ({ id, enabled, match, policy, scope, ...entry }): Mapping => ({
        id,
        enabled,
        match,
        policy: {
          key: policy.key,
          ...(policy.version_id !== undefined && { versionId: policy.version_id }),
          ...(policy.sha256 !== undefined && { sha256: policy.sha256 }),
        },
        scope,
        dryRun: entry.dry_run,
        cooldownSeconds: entry.cooldown_seconds ?? defaultCooldownSeconds[scope],
        continue: entry.continue,
      }),
    ),
});

/** Entries of version 1.0 have names of any form, or none. */
const readIds = (names: readonly (string | undefined)[]): readonly string[] => {
  const slugs = names.map((name, index) => {
    const slug = (name ?? "")
      .toLowerCase()
      .replaceAll(/[^a-z0-9]+/g, "-")
      .replaceAll(/^-+|-+$/g, "")
      .slice(0, 56);
    return slug === "" ? `mapping-${index + 1}` : slug;
  });
  return slugs.map((slug, index) => (slugs.indexOf(slug) === index ? slug : `${slug}-${index + 1}`));
};

const readV1 = ({ default_policy: defaultPolicy, mappings }: v.InferOutput<typeof fileV1>): Mappings => {
  const ids = readIds(mappings.map(({ name }) => name));
  return {
    version: "1.0",
    onNoMatch: "ignore",
    ...(defaultPolicy !== undefined && { defaultPolicy }),
    entries: mappings.map(
      ({ policy_file: key, source, resource_type, event_name, finding_type }, index): Mapping => {
        // An empty list asked for nothing.
        const asked = Object.entries({ source, resource_type, event_name, finding_type }).filter(
          ([, items]) => items !== undefined && items.length > 0,
        );
        return {
          id: ids[index]!,
          enabled: true,
          match: Object.fromEntries(asked),
          policy: { key },
          scope: "resource",
          dryRun: false,
          cooldownSeconds: defaultCooldownSeconds.resource,
          continue: false,
        };
      },
    ),
  };
};

const versionOf = v.object({ version: v.unknown() });

/**
 * Parses a mapping file, of version 2.0 or 1.0.
 * @throws PermanentError("InvalidMappings") that names each invalid field
 */
export const parseMappings = (text: string): Mappings => {
  const file = parseJson(text);
  const version = v.is(versionOf, file) ? file.version : undefined;
  if (version === "2.0") {
    const mappings = readV2(parseFile(fileV2, file));
    const ids = mappings.entries.map(({ id }) => id);
    const duplicate = ids.find((id, index) => ids.indexOf(id) !== index);
    // A run is known by the id of its entry.
    if (duplicate !== undefined)
      throw invalid(`mappings: expected unique ids, found ${describeValue(duplicate)} twice`);
    return mappings;
  }
  if (version === "1.0") return readV1(parseFile(fileV1, file));
  throw invalid(`version: expected "2.0" or "1.0", found ${describeValue(version)}`);
};
