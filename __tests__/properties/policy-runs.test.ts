import fc from "fast-check";
import type { SelectedRun } from "../../handlers/run-policy/policy-payload";
import { fixtureNames, readFixture } from "../../testing/findings";
import { buildEvent, mutatedEvent } from "./policy-runs/mutated-event";
import { createSubject, type FindingsSubject } from "./policy-runs/subject";

/** How many mutated events, and the seed they are made of. */
const { FINDINGS = "10000", SEED = "2026" } = process.env;

/** Ids are unique, so that no event is a duplicate of an earlier one. */
const createFeed = (subject: FindingsSubject) => {
  let fed = 0;
  return (event: Record<string, unknown>): Promise<string[]> => {
    fed += 1;
    return subject(
      "id" in event
        ? { ...event, id: typeof event.id === "string" ? `${fed}-${event.id}` : event.id }
        : event,
    );
  };
};

describe.each(["ignore", "dead_letter"] as const)("on_no_match: %s", (onNoMatch) => {
  const count = Number(FINDINGS) / 2;
  test(
    `acts on each of ${count} mutated findings on its resource alone, ignores it with a metric or sends it to the DLQ`,
    async () => {
      const feed = createFeed(await createSubject({ onNoMatch }));
      await fc.assert(
        fc.asyncProperty(mutatedEvent, async (given) => {
          expect(await feed(buildEvent(given))).toEqual([]);
        }),
        { numRuns: count, seed: Number(SEED) },
      );
    },
    Math.max(120_000, count * 60),
  );
});

describe("the property fails when the confinement is taken out", () => {
  /** Feeds all events as they are to a function of which one part is replaced. */
  const feedMutant = async (
    file: string,
    replace: (actual: Record<string, unknown>) => Record<string, unknown>,
  ) => {
    const path = `../../handlers/run-policy/${file}`;
    let create: typeof createSubject | undefined;
    jest.isolateModules(() => {
      jest.doMock(path, () => {
        const actual = jest.requireActual(path);
        return { ...actual, ...replace(actual) };
      });
      create = require("./policy-runs/subject").createSubject;
    });
    jest.dontMock(path);
    const feed = createFeed(await create!({ onNoMatch: "ignore" }));
    const violations: string[] = [];
    for (const name of fixtureNames) violations.push(...(await feed(readFixture(name))));
    return violations;
  };
  type Payload = typeof import("../../handlers/run-policy/policy-payload")["createPolicyPayload"];
  type Select = typeof import("../../handlers/run-policy/select-runs")["selectRuns"];

  const changeRuns = (change: (run: SelectedRun) => SelectedRun) =>
    feedMutant("select-runs", ({ selectRuns }) => ({
      selectRuns: ((...given) => {
        const { selected, unmatched } = (selectRuns as Select)(...given);
        return { selected: selected.map(change), unmatched };
      }) satisfies Select,
    }));

  test("without the resource in the payload", async () => {
    const violations = await feedMutant("policy-payload", ({ createPolicyPayload }) => ({
      createPolicyPayload: ((...given) => {
        const { finding, ...payload } = (createPolicyPayload as Payload)(...given);
        const { resource: _, ...rest } = finding;
        return { ...payload, finding: rest };
      }) satisfies Payload,
    }));
    expect(violations).toContain("a run without a resource");
  });

  test("with the scope of the account", async () => {
    const violations = await changeRuns((run) => ({
      ...run,
      selection: { ...run.selection, scope: "account" },
    }));
    expect(violations).toContain("a run for the account by the mapping others");
  });

  test("with a wider resource", async () => {
    const violations = await changeRuns((run) => ({
      ...run,
      resource: run.resource && { ...run.resource, id: "every-bucket" },
    }));
    expect(violations).toContain("a run for every-bucket, which the event does not name");
  });

  test("with a resource for a finding that names none", async () => {
    const resource = {
      type: "AWS::S3::Bucket",
      id: "some-bucket",
      account: "123456789012",
      region: "eu-west-1",
    };
    const violations = await changeRuns((run) => ({ ...run, resource: run.resource ?? resource }));
    expect(violations).toContain("a run for some-bucket, which the event does not name");
  });
});
