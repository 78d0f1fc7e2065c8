import { parsePolicyFile } from "../../../worker/jobs/run-policy/policy-file";

const parse = (text: string) => parsePolicyFile(text, "p.yml");

const bomb = `vars:
  a: &a [x, x, x, x, x, x, x, x, x]
  b: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a]
  c: &c [*b, *b, *b, *b, *b, *b, *b, *b, *b]
  d: &d [*c, *c, *c, *c, *c, *c, *c, *c, *c]
policies:
  - {name: a, resource: s3, filters: *d}`;

test("reads JSON as JSON in a file of JSON, as YAML in others", () => {
  const text = '{"policies":[{"name":"a","resource":"s3","max-resources":1e3}]}';
  const policy = { name: "a", resource: "s3" };
  expect(parsePolicyFile(text, "p.json")).toEqual([{ ...policy, "max-resources": 1000 }]);
  expect(parse(text)).toEqual([{ ...policy, "max-resources": "1e3" }]);
  expect(() => parsePolicyFile("policies: []", "p.json")).toThrow(/^p\.json: not valid JSON: /);
});

test("replaces aliases to vars, which it drops", () => {
  const text = `
vars:
  untagged: &untagged
    - "tag:owner": absent
policies:
  - name: one
    resource: aws.s3
    filters: *untagged
  - name: two
    resource: aws.s3
    comments: 2020-01-01
    filters: *untagged`;
  const filters = [{ "tag:owner": "absent" }];
  expect(parse(text)).toEqual([
    { name: "one", resource: "aws.s3", filters },
    { name: "two", resource: "aws.s3", comments: "2020-01-01", filters },
  ]);
});

test.each([
  ["no YAML", "policies: [", /^p\.yml: not valid YAML: Flow sequence/],
  ["a tag", "policies: !!python/object:os.system {}", /^p\.yml: not valid YAML: Unresolved tag/],
  ["two documents", "policies: []\n---\npolicies: []", /not valid YAML: Source contains multiple documents/],
  ["the same key twice", "policies: []\npolicies: []", /not valid YAML: Map keys must be unique/],
  ["an alias to nothing", "policies: *a", /not valid YAML: Unresolved alias/],
  ["aliases of aliases of aliases", bomb, /not valid YAML: Excessive alias count/],
  ["nothing", "", /^p\.yml: policy file: expected an object, found null/],
  ["a list", "- name: a", /policy file: expected an object, found an array of 1/],
  ["no list of policies", "policy: []", /policies: expected a value, found nothing/],
  ["no policies", "policies: []", /policies: expected at least one policy, found \[\]/],
  [
    "a field that is none",
    "policies: [{name: a, resource: s3}]\ninclude: x",
    /include: expected no such field/,
  ],
  [
    "a name that is a path",
    "policies: [{name: ../a, resource: s3}]",
    /name: expected letters, digits and hyphens/,
  ],
  ["no resource", "policies: [{name: a}]", /policies\[0\]\.resource: expected a value/],
  ["a list of resources", "policies: [{name: a, resource: [s3, ec2]}]", /resource: expected a string/],
  [
    "filters that are no list",
    "policies: [{name: a, resource: s3, filters: {a: b}}]",
    /filters: expected an array/,
  ],
  [
    "two policies of one name",
    "policies: [{name: a, resource: s3}, {name: a, resource: s3}]",
    /two policies have the name "a"/,
  ],
])("refuses %s", (_, text, message) => {
  expect(() => parse(text)).toThrow(message);
});
