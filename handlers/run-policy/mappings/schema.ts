import * as v from "valibot";
import { severities } from "../../shared/findings/finding";
import { boundedList, plainObject } from "../../shared/schema";

// Equal to policy-mappings.schema.json, which editors and other programs read; a test compares the two.

const maxEntries = 1_000;

const matching = (form: RegExp, what: string) => v.pipe(v.string(), v.regex(form, `expected ${what}`));

const globs = v.pipe(
  boundedList(
    v.pipe(
      matching(/^!?[^\s!].*$/, "a glob, such as AWS::S3::* or !AWS::S3::Object"),
      v.maxCodePoints(256, "expected at most 256 characters"),
    ),
    64,
    "globs",
  ),
  v.nonEmpty("expected at least one glob"),
);
const severity = v.picklist(severities);

const wholeNumber = (max: number) =>
  v.pipe(
    v.number(),
    v.check(
      (value) => Number.isInteger(value) && value >= 0 && value <= max,
      `expected a whole number from 0 to ${max}`,
    ),
  );

const match = v.pipe(
  plainObject,
  v.check((value) => Object.keys(value).length > 0, "expected at least one key"),
  v.strictObject({
    source: v.optional(globs),
    detail_type: v.optional(globs),
    finding_type: v.optional(globs),
    control_id: v.optional(globs),
    event_name: v.optional(globs),
    resource_type: v.optional(globs),
    resource_id: v.optional(globs),
    account: v.optional(globs),
    region: v.optional(globs),
    severity_at_least: v.optional(severity),
    severity_at_most: v.optional(severity),
  }),
);

const policyKey = matching(
  /^(?!\/)(?!.*\.\.)[A-Za-z0-9/_.-]+\.(ya?ml|json)$/,
  "a key such as policies/s3-createbucket.yml",
);

const entry = v.strictObject({
  id: matching(/^[a-z0-9][a-z0-9-]{0,63}$/, "1 to 64 of a-z, 0-9 and -, a letter or digit first"),
  description: v.optional(v.string()),
  enabled: v.optional(v.boolean(), true),
  precedence: v.optional(wholeNumber(10_000), 1_000),
  match,
  policy: v.strictObject({
    key: policyKey,
    version_id: v.optional(v.string()),
    sha256: v.optional(matching(/^[0-9a-f]{64}$/, "64 hexadecimal digits")),
  }),
  scope: v.optional(v.picklist(["resource", "account"]), "resource"),
  dry_run: v.optional(v.boolean(), false),
  cooldown_seconds: v.optional(wholeNumber(86_400)),
  continue: v.optional(v.boolean(), false),
});

// A run is known by the id of its entry. JSON Schema cannot say this.
const uniqueIds = v.rawCheck<v.InferOutput<typeof entry>[]>(({ dataset, addIssue }) => {
  if (!dataset.typed) return;
  const all = dataset.value;
  for (const [index, item] of all.entries()) {
    if (all.findIndex(({ id }) => id === item.id) === index) continue;
    addIssue({
      message: "expected an id that no earlier entry has",
      input: item.id,
      path: [
        { type: "array", origin: "value", input: all, key: index, value: item },
        { type: "object", origin: "value", input: item, key: "id", value: item.id },
      ],
    });
  }
});

/** A mapping file of version 2.0. */
export const fileV2 = v.strictObject({
  $schema: v.optional(v.string()),
  version: v.literal("2.0"),
  description: v.optional(v.string()),
  on_no_match: v.optional(v.picklist(["ignore", "dead_letter"]), "ignore"),
  mappings: v.pipe(boundedList(entry, maxEntries), uniqueIds),
});

const texts = v.optional(boundedList(v.string(), maxEntries, "values"));

/** A mapping file of version 1.0. Other fields have no effect, as ever. */
export const fileV1 = v.object({
  version: v.literal("1.0"),
  default_policy: v.optional(policyKey),
  mappings: boundedList(
    v.object({
      name: v.optional(v.string()),
      source: texts,
      resource_type: texts,
      event_name: texts,
      finding_type: texts,
      policy_file: policyKey,
    }),
    maxEntries,
  ),
});
