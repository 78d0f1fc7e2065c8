import * as v from "valibot";
import { policyRun } from "../../../container-contract/policy-run";
import { createPolicyPayload } from "../../../handlers/run-policy/policy-payload";
import { readFindings } from "../../../handlers/shared/findings/read-findings";
import { fixtureNames, ownRole, readFixture } from "../../../testing/findings";
import { confinePolicies } from "../../../worker/jobs/run-policy/confine";
import { resourceTypes } from "../../../worker/jobs/run-policy/resource-types";

const runs = fixtureNames.flatMap((name) => {
  // The manual test event has no id; the function gives it one.
  const event: Record<string, unknown> = { id: "1", ...readFixture(name) };
  const { findings } = readFindings(event, { ownRoles: [ownRole] });
  return findings.flatMap((finding) =>
    finding.resources.map((resource) => ({ name, event, finding, resource })),
  );
});
const policyFor = (type: string) =>
  Object.entries(resourceTypes).find(([, known]) => known.type === type)?.[0];

test.each(runs)("the job takes the payload of $name: $resource.type", ({ event, finding, resource }) => {
  const selection = {
    mapping: "m",
    policy: { key: "policies/p.yml" },
    scope: "resource" as const,
    dryRun: false,
    cooldownSeconds: 300,
  };
  const payload = createPolicyPayload(
    { finding, resource, selection },
    { sha256: "0".repeat(64) },
    event,
    true,
  );
  const run = v.parse(policyRun, JSON.parse(JSON.stringify(payload)));
  expect(run.finding.resource).toEqual(resource);
});

test("each of these resources has a policy that can be confined to it, or is of a type that is not listed", () => {
  const confined: string[] = [];
  const others = new Set<string>();
  for (const { resource } of runs) {
    const name = policyFor(resource.type);
    if (name === undefined) {
      others.add(resource.type);
      continue;
    }
    const [policy] = confinePolicies([{ name: "p", resource: name }], resource);
    const [filter] = policy!.filters as { key: string; value: [string] }[];
    expect([resource.id, resource.arn]).toContain(filter!.value[0]);
    confined.push(name);
  }
  expect(new Set(confined).size).toBeGreaterThan(8);
  expect([...others].sort()).toEqual([
    "AWS::::Account",
    "AWS::ECR::ContainerImage",
    "AWS::IAM::AccessKey",
    "Other",
  ]);
});
