import { readFileSync } from "node:fs";
import { lintMappings } from "../../../../handlers/run-policy/mappings/lint-mappings";
import { entry, file, policy, takenBy } from "./mapping-file";

/** `line: level: message` for each message. */
const lint = (text: string, policyFiles?: Record<string, string>): string[] =>
  lintMappings(text, policyFiles && new Map(Object.entries(policyFiles))).map(
    ({ line, level, message }) => `${line}: ${level}: ${message}`,
  );

/** Lints two entries that differ in what they match. */
const lintTwo = (first: object, second: object, more: object = {}): string[] =>
  lint(
    file([
      { id: "first", match: first, policy, ...more },
      { id: "second", match: second, policy },
    ]),
  );
const isShadowed = [expect.stringContaining('entry "second" is never reached: "first" in line 1')];

test("has nothing to say about a good file", () => {
  const good = file([
    { id: "s3", match: { source: ["aws.s3"], event_name: ["CreateBucket"] }, policy },
    { id: "rest", match: { severity_at_least: "HIGH", resource_type: ["S3*", "!AWS::S3::Object"] }, policy },
  ]);
  expect(lint(good, { [policy.key]: "policies:\n  - name: s3\n    resource: s3\n" })).toEqual([]);
});

test("has nothing to say about the example in the documentation", () => {
  const [example] = /(?<=```json\n).*?(?=```)/s.exec(readFileSync("docs/policy-mappings.md", "utf8"))!;
  expect(lint(example)).toEqual([]);
  expect(takenBy(example, "cloudtrail-manual-test")).toEqual(["s3-create-bucket"]);
  expect(takenBy(example, "security-hub-imported")).toEqual(["s3-public"]);
});

test("names the line of each problem", () => {
  const text = `{
  "version": "2.0",
  "mappings": [
    {
      "id": "s3",
      "match": { "source": ["aws.s3"] },
      "policy": { "key": "policies/s3.yml" }
    },
    {
      "id": "s3",
      "match": {
        "source": ["aws.s3"],
        "severity": "HIGH"
      },
      "policy": {}
    }
  ]
}`;
  expect(lint(text)).toEqual([
    '13: error: mappings[1].match.severity: expected no such field, found "severity".',
    "15: error: mappings[1].policy.key: expected a value, found nothing.",
  ]);
  const fixed = text.replace("{}", '{ "key": "policies/s3.yml" }').replace(/,\s*"severity": "HIGH"/, "");
  expect(lint(fixed)).toEqual([
    '10: error: mappings[1].id: expected an id that no earlier entry has, found "s3".',
  ]);
});

test.each([
  ["in the middle", '{\n"version": 2.0.0\n}', "2: error: mapping file: "],
  ["at the end", '{\n"version": "2.0",\n', "3: error: mapping file: "],
  ["of nothing", "", "1: error: mapping file: Unexpected end of JSON input."],
])("names the line of a syntax error %s", (_where, text, message) => {
  expect(lint(text)).toEqual([expect.stringContaining(message)]);
});

test("finds a field that is there twice", () => {
  const text = '{"version":"2.0",\n"on_no_match":"ignore",\n"on_no_match":"dead_letter",\n"mappings":[]}';
  expect(lint(text)).toEqual(["3: error: a field is in its object twice."]);
});

test.each<[string, object, object]>([
  ["the same", { source: ["aws.s3"] }, { source: ["aws.s3"] }],
  ["a wider glob", { source: ["aws.*"] }, { source: ["aws.s3", "AWS.EC2"] }],
  ["fewer conditions", { source: ["aws.s3"] }, { source: ["aws.s3"], event_name: ["CreateBucket"] }],
  ["another spelling", { resource_type: ["S3"] }, { resource_type: ["AwsS3Bucket"] }],
  ["a lower severity", { severity_at_least: "LOW" }, { severity_at_least: "HIGH" }],
  ["a higher severity", { severity_at_most: "HIGH" }, { severity_at_most: "LOW" }],
  ["the same exclusion", { region: ["!us-*"] }, { region: ["!us-*", "eu-west-1"] }],
  ["a narrower exclusion", { region: ["*", "!us-east-1"] }, { region: ["!us-*", "eu-*"] }],
])("finds an entry after one with %s", (_what, first, second) => {
  expect(lintTwo(first, second)).toEqual(isShadowed);
});

test.each<[string, object, object]>([
  ["a narrower glob", { source: ["aws.s3"] }, { source: ["aws.s*"] }],
  ["another key", { source: ["aws.s3"] }, { event_name: ["CreateBucket"] }],
  ["one more condition", { source: ["aws.s3"], event_name: ["CreateBucket"] }, { source: ["aws.s3"] }],
  ["one of two globs", { source: ["aws.s3"] }, { source: ["aws.s3", "aws.ec2"] }],
  ["a glob of one character", { source: ["aws.s?"] }, { source: ["aws.s*"] }],
  ["an exclusion", { source: ["aws.*", "!aws.s3"] }, { source: ["aws.*"] }],
  ["only exclusions in the second", { source: ["aws.s3"] }, { source: ["!aws.s3"] }],
  ["a higher severity", { severity_at_least: "HIGH" }, { severity_at_least: "LOW" }],
  ["a severity at all", { severity_at_least: "INFORMATIONAL" }, { source: ["aws.*"] }],
])("says nothing of an entry after one with %s", (_what, first, second) => {
  expect(lintTwo(first, second)).toEqual([]);
});

test("says nothing of an entry after one that goes on, or is not enabled", () => {
  const match = { source: ["aws.s3"] };
  expect(lintTwo(match, match, { continue: true })).toEqual([]);
  expect(lintTwo(match, match, { enabled: false })).toEqual(['1: warning: entry "first" is not enabled.']);
});

test("goes by precedence, not by the order of the file", () => {
  expect(lintTwo({ source: ["aws.s3"] }, { source: ["aws.*"] }, { precedence: 2_000 })).toEqual([
    expect.stringContaining('entry "first" is never reached: "second"'),
  ]);
});

test.each<[string, object, string]>([
  ["a source without aws.", { source: ["s3"] }, 'source: "s3" matches nothing: sources begin with aws.'],
  [
    "an unknown detail type",
    { detail_type: ["Macie Alert"] },
    'detail_type: "Macie Alert" matches nothing: detail types',
  ],
  [
    "an unknown type",
    { resource_type: ["AWS::S3::Buckets"] },
    'resource_type: "AWS::S3::Buckets" matches nothing',
  ],
  [
    "an account that is none",
    { account: ["12345"] },
    'account: "12345" matches nothing: account ids have 12 digits',
  ],
  [
    "a glob that is excluded",
    { region: ["eu-west-1", "!eu-*"] },
    'region: "eu-west-1" matches nothing, since an exclusion',
  ],
  [
    "severities that exclude each other",
    { severity_at_least: "HIGH", severity_at_most: "LOW" },
    "severity_at_least HIGH is above severity_at_most LOW",
  ],
  [
    "a severity of a source that has none",
    { source: ["aws.config"], severity_at_least: "LOW" },
    "findings of aws.config have no severity",
  ],
])("finds %s", (_what, match, message) => {
  expect(lint(entry(match))).toEqual([expect.stringContaining(message)]);
});

test.each<[string, object]>([
  ["a service whose API calls are recorded", { source: ["aws.glue"] }],
  ["a glob of sources", { source: ["*securityhub", "aw*"] }],
  ["a glob of types", { resource_type: ["AWS::Glue::*"] }],
  ["a severity of any source", { source: ["aws.*"], severity_at_least: "LOW" }],
])("says nothing of %s", (_what, match) => {
  expect(lint(entry(match))).toEqual([]);
});

test("notes an entry that runs on the whole account", () => {
  expect(lint(entry({ source: ["aws.s3"] }, { scope: "account" }))).toEqual([
    '1: warning: entry "s3" runs its policy on the whole account of a finding (scope: account).',
  ]);
});

test.each([
  ["is missing", {}, 'error: policy file "policies/s3.yml" is missing.'],
  ["is no YAML", { [policy.key]: "policies: [" }, 'error: policy file "policies/s3.yml": not YAML: '],
  [
    "has no policies",
    { [policy.key]: "rules: []" },
    'error: policy file "policies/s3.yml": expected a list called policies.',
  ],
  [
    "has a mode",
    { [policy.key]: "policies:\n- name: s3-public\n  resource: s3\n  mode: {type: cloudtrail}" },
    'warning: policy file "policies/s3.yml": policy "s3-public" has a mode: it is removed',
  ],
])("finds that a policy file %s", (_what, files, message) => {
  expect(lint(entry({ source: ["aws.s3"] }), files)).toEqual([expect.stringContaining(message)]);
});

test("names a missing file once, where it is named first, and a missing default policy", () => {
  const text = `{
  "version": "1.0",
  "default_policy": "policies/default.yml",
  "mappings": [
    { "name": "one", "source": ["s3"], "policy_file": "policies/s3.yml" },
    { "name": "two", "source": ["ec2"], "policy_file": "policies/s3.yml" }
  ]
}`;
  expect(lint(text, {}).filter((message) => message.includes("error"))).toEqual([
    '3: error: policy file "policies/default.yml" is missing.',
    '5: error: policy file "policies/s3.yml" is missing.',
  ]);
});

test("finds what version 1.0 means otherwise", () => {
  const text = `{
  "version": "1.0",
  "default_policy": "policies/default.yml",
  "mappings": [
    { "name": "One", "source": ["s3"], "finding_type": ["*public*", "s3-*", "a*b"], "policy_file": "policies/s3.yml" },
    { "name": "All", "policy_file": "policies/s3.yml" },
    { "name": "Two", "finding_type": ["s3-*"], "policy_file": "policies/s3.yml" }
  ]
}`;
  expect(lint(text)).toEqual([
    expect.stringContaining("2: warning: version 1.0 is read as it is"),
    expect.stringContaining("3: warning: default_policy is not run on findings that no entry matches"),
    expect.stringContaining(
      '5: warning: entry "one": finding_type: "s3-*" matches every type that contains "s3-"',
    ),
    expect.stringContaining(
      '5: warning: entry "one": finding_type: "a*b" matches every type that contains "ab"',
    ),
    '6: warning: entry "all" matches every finding.',
    expect.stringContaining('7: warning: entry "two": finding_type: "s3-*" matches every type'),
    expect.stringContaining('7: warning: entry "two" is never reached: "all" in line 6'),
  ]);
});
