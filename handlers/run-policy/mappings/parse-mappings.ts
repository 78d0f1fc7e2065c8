import * as v from "valibot";
import { PermanentError } from "../../shared/failures";
import { describeIssues, describeValue } from "../../shared/schema";
import { listFirst } from "../../shared/text";
import type { Mapping, Mappings, Scope } from "./mappings";
import { fileV1, fileV2 } from "./schema";

/** What is wrong in a mapping file, and where. */
export type Problem = { path: readonly (string | number)[]; message: string };

/** A mapping file, or what is wrong in it. */
export type ParsedMappings = { mappings: Mappings } | { problems: readonly Problem[] };

const root = "mapping file";

// A key that all objects have would pass for one that is allowed.
const refuseInheritedKeys = (key: string, value: unknown): unknown => {
  if (key in Object.prototype) throw new SyntaxError(`expected no field called ${key}`);
  return value;
};

const parseWith = <Schema extends v.GenericSchema>(
  schema: Schema,
  file: unknown,
  read: (file: v.InferOutput<Schema>) => Mappings,
): ParsedMappings => {
  const result = v.safeParse(schema, file);
  if (result.success) return { mappings: read(result.output) };
  return {
    problems: result.issues.map((issue) => ({
      path: (issue.path ?? []).map(({ key }) => key as string | number),
      message: describeIssues([issue], root),
    })),
  };
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

/** Parses a mapping file, of version 2.0 or 1.0. */
export const readMappings = (text: string): ParsedMappings => {
  let file: unknown;
  try {
    file = JSON.parse(text, refuseInheritedKeys);
  } catch (error) {
    return { problems: [{ path: [], message: `${root}: ${(error as Error).message}` }] };
  }
  const version = v.is(versionOf, file) ? file.version : undefined;
  if (version === "1.0") return parseWith(fileV1, file, readV1);
  if (version === "2.0") return parseWith(fileV2, file, readV2);
  const message = `version: expected "2.0" or "1.0", found ${describeValue(version)}`;
  return { problems: [{ path: ["version"], message }] };
};

const maxProblems = 5;

/**
 * Parses a mapping file, of version 2.0 or 1.0.
 * @throws PermanentError("InvalidMappings") that names each invalid field
 */
export const parseMappings = (text: string): Mappings => {
  const parsed = readMappings(text);
  if ("problems" in parsed) {
    const messages = listFirst(parsed.problems, maxProblems, ({ message }) => message);
    throw new PermanentError("InvalidMappings", messages.join("; "));
  }
  return parsed.mappings;
};
