import type { LocalAws } from "../../local";
import { startTestAws, withSharedProvider } from "../../testing/local-aws";
import { emptyRoot, projectRoot } from "../../testing/terraform";
import { blocks } from "./blocks";
import { expectSamePlan, type Plans, planBoth } from "./plans";
import { instanceOf, synthesizeConstructs, writeHclRoot } from "./roots";

/**
 * A plan takes seconds however small, so all settings of all blocks lie in one root for each form and each root is
 * planned once.
 */
let localAws: LocalAws;
let plans: Plans;

beforeAll(async () => {
  localAws = await withSharedProvider(await startTestAws(), projectRoot);
  const hcl = emptyRoot("parity-hcl");
  writeHclRoot(hcl);
  const synthesized = synthesizeConstructs(emptyRoot("parity-constructs"), { adopt: false });
  plans = await planBoth(localAws, hcl, synthesized);
}, 1_800_000);

afterAll(() => localAws?.stop());

describe.each(blocks.map((block) => [block.module, block] as const))("%s", (_name, block) => {
  test("is planned in three settings or more", () => {
    expect(Object.keys(block.settings).length).toBeGreaterThanOrEqual(3);
  });

  test.each(Object.keys(block.settings))(
    "%s: module and construct plan the same, value by value",
    (setting) => expectSamePlan(instanceOf(block.module, setting), plans),
  );
});

test("the constructs plan nothing beyond what the modules plan", () => {
  expect([...plans.constructs.keys()].sort()).toEqual([...plans.addresses.values()].sort());
});
