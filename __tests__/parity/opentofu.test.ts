import { spawnSync } from "node:child_process";
import type { LocalAws } from "../../local";
import { startTestAws } from "../../testing/local-aws";
import { emptyRoot, plan, type ResourceChange, terraform } from "../../testing/terraform";
import { type Selection, synthesizeConstructs, writeHclRoot } from "./roots";

/** A sample: `TERRAFORM_BINARY_NAME=tofu npx jest --selectProjects parity` compares every block. */
const selected: Selection = (module) => ["event-rule", "network", "queue"].includes(module);

const isThere = /^OpenTofu v/m.test(spawnSync("tofu", ["version"], { encoding: "utf8" }).stdout ?? "");
const reason = isThere ? "" : ' (skipped: no "tofu" on PATH)';

let localAws: LocalAws | undefined;

afterAll(() => localAws?.stop());

(isThere ? test : test.skip)(
  `OpenTofu plans the same for modules and constructs, value by value${reason}`,
  async () => {
    localAws = await startTestAws();
    const environment = { ...localAws.environment, TERRAFORM_BINARY_NAME: "tofu" };
    const planned = async (folder: string) => {
      await terraform(folder, ["init", "-input=false"], environment);
      return new Map((await plan(folder, environment)).map((change) => [change.address, change]));
    };
    const hcl = emptyRoot("opentofu-hcl");
    writeHclRoot(hcl, selected);
    const synthesized = synthesizeConstructs(emptyRoot("opentofu-constructs"), { adopt: false, selected });
    const [modules, constructs] = [await planned(hcl), await planned(synthesized.folder)];

    expect(modules.size).toBeGreaterThan(10);
    expect([...synthesized.addresses.keys()].sort()).toEqual([...modules.keys()].sort());
    expect([...synthesized.addresses.values()].sort()).toEqual([...constructs.keys()].sort());
    const values = (change: ResourceChange | undefined) => [
      change?.change.after,
      change?.change.after_unknown,
    ];
    for (const [address, change] of modules)
      expect([address, ...values(constructs.get(synthesized.addresses.get(address)!))]).toEqual([
        address,
        ...values(change),
      ]);
  },
  600_000,
);
