import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020";
import fc from "fast-check";
import { parseMappings, readMappings } from "../../../../handlers/run-policy/mappings/parse-mappings";
import { PermanentError } from "../../../../handlers/shared/failures";
import { entry, file, policy } from "./mapping-file";

const match = { source: ["aws.s3"] };
const refuse = (text: string): string => {
  try {
    parseMappings(text);
  } catch (error) {
    expect(error).toBeInstanceOf(PermanentError);
    expect(error).toMatchObject({ name: "InvalidMappings" });
    return (error as Error).message;
  }
  throw new Error("The file was not refused.");
};

test.each<[string, string, string]>([
  ["no text", "", "mapping file: Unexpected end of JSON input"],
  ["a truncated file", file([]).slice(0, -4), "mapping file: "],
  ["a list", "[]", 'version: expected "2.0" or "1.0", found nothing'],
  ["an unknown version", '{"version":"3.0","mappings":[]}', 'version: expected "2.0" or "1.0", found "3.0"'],
  ["no mappings", '{"version":"2.0"}', "mappings: expected a value, found nothing"],
  ["a bad id", file([{ id: "S3", match, policy }]), "mappings[0].id: expected 1 to 64 of a-z, 0-9 and -"],
  [
    "an id twice",
    file([
      { id: "s3", match, policy },
      { id: "s3", match, policy },
    ]),
    "mappings[1].id: expected an id that no earlier entry has",
  ],
  ["no conditions", entry({}), "mappings[0].match: expected at least one key"],
  [
    "an unknown condition",
    entry({ sources: ["aws.s3"] }),
    "mappings[0].match.sources: expected no such field",
  ],
  ["no globs", entry({ source: [] }), "mappings[0].match.source: expected at least one glob, found []"],
  ["a bad glob", entry({ source: ["! x"] }), "mappings[0].match.source[0]: expected a glob"],
  ["a glob of blanks", entry({ source: [" "] }), "mappings[0].match.source[0]: expected a glob"],
  ["a long glob", entry({ source: ["x".repeat(257)] }), "source[0]: expected at most 256 characters"],
  ["a bad severity", entry({ severity_at_least: "high" }), "mappings[0].match.severity_at_least: expected ("],
  ["a bad scope", entry(match, { scope: "region" }), 'mappings[0].scope: expected ("resource" | "account")'],
  [
    "a path out of the bucket",
    entry(match, { policy: { key: "../x.yml" } }),
    "mappings[0].policy.key: expected a key",
  ],
  [
    "a key of another kind",
    entry(match, { policy: { key: "x.sh" } }),
    "mappings[0].policy.key: expected a key",
  ],
  [
    "a bad hash",
    entry(match, { policy: { ...policy, sha256: "0" } }),
    "policy.sha256: expected 64 hexadecimal digits",
  ],
  [
    "a long cooldown",
    entry(match, { cooldown_seconds: 86_401 }),
    "expected a whole number from 0 to 86400, found 86401",
  ],
  ["a fraction", entry(match, { precedence: 1.5 }), "expected a whole number from 0 to 10000, found 1.5"],
  ["too many entries", file(Array.from({ length: 1_001 })), "mappings: expected at most 1000 entries"],
  // The prototype of all objects has this key, so it would pass for one that is allowed.
  [
    "a key of all objects",
    entry({ constructor: 1 } as object),
    "mapping file: expected no field called constructor",
  ],
  ["a prototype", '{"version":"2.0","mappings":[],"__proto__":{}}', "expected no field called __proto__"],
])("refuses %s", (_what, text, message) => {
  expect(refuse(text)).toContain(message);
});

test("names the first five problems, and how many more there are", () => {
  expect(refuse(file(Array.from({ length: 8 }, () => 1)))).toMatch(/mappings\[4\]: [^;]*; and 3 more$/);
});

const schema = JSON.parse(
  readFileSync("handlers/run-policy/mappings/policy-mappings.schema.json", "utf8"),
) as object;
const isValid = new Ajv2020({ strict: true, allErrors: false }).compile(schema);

const odd = fc.constantFrom<unknown>(
  null,
  true,
  0,
  -1,
  1.5,
  1e9,
  "",
  " ",
  "x",
  "!",
  "\u{1f600}".repeat(256),
  [],
  {},
  [1],
);
const or = (valid: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> =>
  fc.oneof({ weight: 12, arbitrary: valid }, { weight: 1, arbitrary: odd });
const glob = or(
  fc.constantFrom(
    "*",
    "aws.*",
    "!x",
    "! x",
    "a\nb",
    "x".repeat(256),
    "x".repeat(257),
    "\u{1f600}".repeat(257),
  ),
);
const globs = or(fc.array(glob, { minLength: 1, maxLength: 3 }));
const severity = or(fc.constantFrom("INFORMATIONAL", "LOW", "MEDIUM", "HIGH", "CRITICAL", "high"));
const anyMatch = or(
  fc.record(
    {
      source: globs,
      detail_type: globs,
      finding_type: globs,
      control_id: globs,
      event_name: globs,
      resource_type: globs,
      resource_id: globs,
      account: globs,
      region: globs,
      severity_at_least: severity,
      severity_at_most: severity,
    },
    { requiredKeys: [] },
  ),
);
const anyPolicy = or(
  fc.record(
    {
      key: or(fc.constantFrom("a.yml", "policies/a.yaml", "a.json", "/a.yml", "a..yml", "a.YML", "ä.yml")),
      version_id: or(fc.constant("v1")),
      sha256: or(fc.constantFrom("0".repeat(64), "A".repeat(64))),
    },
    { requiredKeys: ["key"] },
  ),
);
const anyEntry = or(
  fc.record(
    {
      id: or(fc.constantFrom("s3", "0", "x".repeat(64), "x".repeat(65), "-x", "A")),
      match: anyMatch,
      policy: anyPolicy,
      description: or(fc.constant("what it is for")),
      enabled: or(fc.boolean()),
      precedence: or(fc.constantFrom(0, 10_000, 10_001)),
      scope: or(fc.constantFrom("resource", "account")),
      dry_run: or(fc.boolean()),
      cooldown_seconds: or(fc.constantFrom(0, 86_400, 86_401)),
      continue: or(fc.boolean()),
      unknown: fc.constant(1),
    },
    { requiredKeys: ["id", "match", "policy"] },
  ),
);
const anyFile = fc.record(
  {
    $schema: or(fc.constant("./policy-mappings.schema.json")),
    version: fc.constant("2.0"),
    description: or(fc.constant("what it is for")),
    on_no_match: or(fc.constantFrom("ignore", "dead_letter")),
    // One entry: JSON Schema cannot say that ids are unique.
    mappings: or(fc.array(anyEntry, { maxLength: 1 })),
    unknown: fc.constant(1),
  },
  { requiredKeys: ["version", "mappings"] },
);

test("takes exactly what the published JSON Schema takes", () => {
  const seen = { valid: 0, invalid: 0 };
  fc.assert(
    fc.property(anyFile, (each) => {
      const text = JSON.stringify(each);
      const valid = isValid(JSON.parse(text));
      expect({ text, valid: "mappings" in readMappings(text) }).toEqual({ text, valid });
      seen[valid ? "valid" : "invalid"] += 1;
    }),
    { numRuns: 1_000 },
  );
  expect(Math.min(seen.valid, seen.invalid)).toBeGreaterThan(20);
});
