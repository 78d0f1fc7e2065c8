import { readdirSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { runPython } from "../../testing/policy-runs/python";
import { readPolicy } from "../../testing/policy-runs/run";
import { confinePolicies } from "../../worker/jobs/run-policy/confine";
import { type Policy, parsePolicyFile } from "../../worker/jobs/run-policy/policy-file";
import { resourceTypes } from "../../worker/jobs/run-policy/resource-types";

beforeAll(() => runPython("parse.py", { input: "[]" }), 300_000);

describe("the table of resource types", () => {
  // Types that Cloud Custodian has no CloudFormation name for, or calls otherwise than AWS.
  const otherNames: Readonly<Record<string, string>> = {
    ami: "AWS::EC2::Image",
    "ebs-snapshot": "AWS::EC2::Snapshot",
    "iam-policy": "AWS::IAM::ManagedPolicy",
  };

  test("is that of the installed Cloud Custodian", async () => {
    const known = await runPython<Record<string, { types: unknown[]; keys: unknown[] }>>("resource-types.py");
    for (const [name, { type, key }] of Object.entries(resourceTypes)) {
      expect({ name, types: [...known[name]!.types, otherNames[name]] }).toEqual({
        name,
        types: expect.arrayContaining([type]),
      });
      expect({ name, keys: known[name]!.keys }).toEqual({ name, keys: expect.arrayContaining([key]) });
    }
  }, 60_000);
});

describe("Cloud Custodian's own filters, with hostile names of users", () => {
  const hostile = [
    ...["present", "absent", "not-null", "empty", "", " ", "*", "?", "a*", "[a-z]*", ".*", "^a", "|", "a|b"],
    ...["'", '"', '", "b', "`", "\\", "$(id)", "%s", "\n", "- b", "a: b", "# a", "!!str", "&a", "~", "null"],
    ...["true", "1", "0x10", "1e3", "2020-01-01", "@", "length(@)", "\u0000", "ß", "A", "a"],
  ];
  const users = ["a", "b", "ab", "present", "not-null", "true", "1", "*", ...hostile];
  const resources = () => [...new Set(users)].map((UserName) => ({ UserName, Path: "/" }));

  type Case = { policy: Policy; id: string };
  type Confine = (policy: Policy, id: string) => Policy;
  const confine: Confine = (policy, id) =>
    confinePolicies([policy], {
      type: "AWS::IAM::User",
      id,
      account: "123456789012",
      region: "us-east-1",
    })[0]!;

  // All of these can be evaluated without a call.
  const filter = fc.letrec((tie) => ({
    any: fc.oneof(
      { maxDepth: 3 },
      fc.record({ UserName: fc.constantFrom(...users) }),
      fc.constantFrom({ Path: "/" }, { Path: "present" }, { UserName: "not-null" }, { Tags: "absent" }),
      fc.record({
        type: fc.constant("value"),
        key: fc.constant("UserName"),
        op: fc.constantFrom("ne", "glob", "contains"),
        value: fc.constantFrom("*", "a", "b*"),
      }),
      fc.record({ or: fc.array(tie("any"), { minLength: 1, maxLength: 3 }) }),
      fc.record({ and: fc.array(tie("any"), { minLength: 1, maxLength: 3 }) }),
      fc.record({ not: fc.array(tie("any"), { minLength: 1, maxLength: 2 }) }),
    ),
  })).any as fc.Arbitrary<object>;
  const policyOf = (filters: unknown[]): Policy => ({ name: "test", resource: "aws.iam-user", filters });
  const cases: Case[] = [
    ...hostile.map((id) => ({ id, policy: policyOf([]) })),
    ...fc
      .sample(fc.tuple(fc.array(filter, { maxLength: 3 }), fc.constantFrom(...users)), {
        numRuns: 400,
        seed: 1,
      })
      .map(([filters, id]) => ({ id, policy: policyOf(filters) })),
  ];

  /** The cases in which a user passes who is not the finding's. */
  const wider = async (how: Confine) => {
    const passed = await runPython<{ UserName: string }[][]>("evaluate.py", {
      input: JSON.stringify(
        cases.map(({ policy, id }) => ({ policy: how(policy, id), resources: resources() })),
      ),
    });
    return {
      passed,
      wider: cases.filter(({ id }, index) => passed[index]!.some(({ UserName }) => UserName !== id)),
    };
  };

  test("let the finding's user pass, and no other", async () => {
    const { passed, wider: none } = await wider(confine);
    expect(none).toEqual([]);
    // Without filters of the policy's own it always passes.
    expect(passed.slice(0, hostile.length).map((each) => each.map(({ UserName }) => UserName))).toEqual(
      hostile.map((id) => [id]),
    );
  }, 60_000);

  const without = (policy: Policy): unknown[] => [...(policy.filters ?? [])];
  test.each<[string, Confine]>([
    ["left out", (policy) => policy],
    [
      "an alternative",
      (policy, id) => ({
        ...policy,
        filters: [{ or: [...without(confine(policy, id)).slice(0, 1), ...without(policy)] }],
      }),
    ],
    [
      "compared with eq",
      (policy, id) => ({
        ...policy,
        filters: [{ type: "value", key: "UserName", op: "eq", value: id }, ...without(policy)],
      }),
    ],
    [
      "compared as a glob",
      (policy, id) => ({
        ...policy,
        filters: [{ type: "value", key: "UserName", op: "glob", value: id }, ...without(policy)],
      }),
    ],
  ])(
    "are seen to let others pass when the confinement is %s",
    async (_, mutant) => {
      expect((await wider(mutant)).wider).not.toEqual([]);
    },
    60_000,
  );
});

test("policy files mean to Cloud Custodian what they mean to us", async () => {
  const folder = join(__dirname, "../../examples/policy-runner/policies");
  const odd = `
policies:
  - &base
    name: a
    resource: aws.ec2
    comments: |
      two
      lines
    filters:
      - {yes: on, "no": off, octal: 0777, ten: 1_0, hex: 0x1F, time: 12:30, not: ~, account: 012345678901,
         mac: 01:02:03:04:05:06, tag: y, other: N, date: 2020-01-01, quoted: '1'}
      - [1.5, -.5, .5, 1., -1.5e-3, 08, 0, -1, +1, ., 1_000, .inf_, "0777", 'it''s', "\\u00e9", 1e3, 1.0e+3, 123456789012]
  - <<: *base
    name: b
`;
  const texts = [...readdirSync(folder).map((file) => readPolicy(file)), odd];
  const read = await runPython<{ policies: Policy[] }[]>("parse.py", { input: JSON.stringify(texts) });
  expect(texts.map((text) => JSON.parse(JSON.stringify(parsePolicyFile(text, "p.yml"))))).toEqual(
    read.map(({ policies }) => policies),
  );
}, 60_000);
