import { copyFileSync } from "node:fs";
import { join } from "node:path";
import type { LocalAws } from "../../local";
import { startTestAws } from "../../testing/local-aws";
import { emptyRoot, plan, type ResourceChange, terraform } from "../../testing/terraform";
import { type Selection, synthesizeConstructs, writeHclRoot } from "../parity/roots";

/**
 * What stands on its own is applied from HCL; then the constructs take over the state that this leaves. `task`,
 * `event-rule`, `launcher` and `load-balancer` need what others make, so they are applied as parts of the unified layout;
 * `file-system` and `rest-api` likewise, and taken over where a task is launched in every way.
 */
const selected: Selection = (module, setting) =>
  !["task", "event-rule", "file-system", "launcher", "load-balancer", "rest-api"].includes(module) &&
  !givenWhatIsNotThere.has(`${module} ${setting}`);

/** Settings that name what would have to be there: a VPC, a cluster, a dead-letter queue, a certificate, a key. */
const givenWhatIsNotThere = new Set([
  "event-driven-ecs given",
  "event-driven-ecs odd",
  "queue shared",
  "registrar ownKey",
  "systems/engine-starter defaults",
  "systems/engine-starter odd",
  // Nothing but the unified layout with five services, which takes long to apply.
  "systems/engine-starter everything",
]);

let localAws: LocalAws;
let changes: ResourceChange[];
let addresses: Map<string, string>;

beforeAll(async () => {
  localAws = await startTestAws();
  const hcl = emptyRoot("adopt-hcl");
  writeHclRoot(hcl, selected);
  await terraform(hcl, ["init", "-input=false"]);
  await terraform(
    hcl,
    ["apply", "-auto-approve", "-input=false", "-no-color", "-parallelism=40"],
    localAws.environment,
  );

  const synthesized = synthesizeConstructs(emptyRoot("adopt-constructs"), { adopt: true, selected });
  addresses = synthesized.addresses;
  await terraform(synthesized.folder, ["init", "-input=false"]);
  copyFileSync(join(hcl, "terraform.tfstate"), synthesized.statePath);
  changes = await plan(synthesized.folder, localAws.environment);
}, 1_800_000);

afterAll(() => localAws?.stop());

test("every resource is taken over from its address in the module", () => {
  const moved = new Map(changes.map((change) => [change.previous_address, change.address]));
  expect(moved).toEqual(addresses);
});

test("nothing is created, replaced or destroyed", () => {
  const touched = changes.filter(({ change }) => !["no-op", "update"].includes(change.actions.join()));
  expect(touched.map(({ address, change }) => `${address}: ${change.actions}`)).toEqual([]);
});

test("in place only the path of bundles changes", () => {
  const updates = changes.filter(({ change }) => change.actions.includes("update"));
  for (const { address, change } of updates) {
    const differing = Object.keys(change.after!).filter(
      (key) => JSON.stringify(change.after![key]) !== JSON.stringify(change.before![key]),
    );
    expect({ address, differing }).toEqual({ address, differing: ["filename"] });
  }
  const functions = changes.filter(({ type }) => type === "aws_lambda_function");
  expect(updates.map(({ address }) => address).sort()).toEqual(
    functions.map(({ address }) => address).sort(),
  );
});
