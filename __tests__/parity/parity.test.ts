import type { LocalAws } from "../../local";
import { startTestAws, withSharedProvider } from "../../testing/local-aws";
import { emptyRoot, plan, projectRoot, type ResourceChange, terraform } from "../../testing/terraform";
import { blocks } from "./blocks";
import { labelOf } from "./blocks/block";
import { synthesizeConstructs, writeHclRoot } from "./roots";

/**
 * A plan takes seconds however small, so all settings of all blocks lie in one root for each form and each root is
 * planned once.
 */
let localAws: LocalAws;
let modules: Map<string, ResourceChange>;
let constructs: Map<string, ResourceChange>;
let addresses: Map<string, string>;

beforeAll(async () => {
  localAws = await withSharedProvider(await startTestAws(), projectRoot);
  const hcl = emptyRoot("parity-hcl");
  writeHclRoot(hcl);
  const synthesized = synthesizeConstructs(emptyRoot("parity-constructs"), { adopt: false });
  addresses = synthesized.addresses;
  const planned = async (folder: string) => {
    await terraform(folder, ["init", "-input=false"]);
    return new Map((await plan(folder, localAws.environment)).map((change) => [change.address, change]));
  };
  [modules, constructs] = await Promise.all([planned(hcl), planned(synthesized.folder)]);
}, 1_800_000);

afterAll(() => localAws?.stop());

describe.each(blocks.map((block) => [block.module, block] as const))("%s", (_name, block) => {
  test("is planned in three settings or more", () => {
    expect(Object.keys(block.settings).length).toBeGreaterThanOrEqual(3);
  });

  test.each(Object.keys(block.settings))(
    "%s: module and construct plan the same, value by value",
    (setting) => {
      const prefix = `module.${labelOf(block.module, setting)}.`;
      const planned = [...modules.keys()].filter((address) => address.startsWith(prefix));
      const recorded = [...addresses.keys()].filter((address) => address.startsWith(prefix));
      expect(recorded.sort()).toEqual(planned.sort());
      expect(planned.length).toBeGreaterThan(0);
      for (const address of planned) {
        const theirs = constructs.get(addresses.get(address)!);
        expect({ address, ...values(theirs) }).toEqual({ address, ...values(modules.get(address)) });
      }
    },
  );
});

test("the constructs plan nothing beyond what the modules plan", () => {
  expect([...constructs.keys()].sort()).toEqual([...addresses.values()].sort());
});

/** Only where the bundle lies differs: beside its module there, among the stack's assets here. */
function values(change: ResourceChange | undefined): object {
  const { filename: _path, ...after } = change?.change.after ?? {};
  return { after, unknown: change?.change.after_unknown };
}
