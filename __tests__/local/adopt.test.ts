import { copyFileSync } from "node:fs";
import { join } from "node:path";
import { CreateCapacityProviderCommand, ECSClient } from "@aws-sdk/client-ecs";
import type { LocalAws } from "../../local";
import { clientConfig } from "../../scripts/mutation/client-config";
import { startTestAws, withSharedProvider } from "../../testing/local-aws";
import { emptyRoot, plan, type ResourceChange, terraform } from "../../testing/terraform";
import { type Selection, synthesizeConstructs, writeHclRoot } from "../parity/roots";

/**
 * Applies the modules that need no other module from HCL, then lets the constructs adopt their state. `task`, `event-rule`,
 * `launcher` and `load-balancer` need resources of other blocks, so they are applied as parts of the unified layout.
 * `file-system` and `rest-api` are adopted in `__tests__/long/ways-to-launch.test.ts`, `ecs-service` and `ecs` in
 * tests of their own here.
 */
const selected: Selection = (module, setting) =>
  (setting === "odd" && odd.has(module)) ||
  (setting === "everything" && everything.has(module)) ||
  (setting === "service" && module === "systems/policy-runner") ||
  (setting === "defaults" && module === "systems/bottle-sync");

/** Odd keys in addresses. The layout and the systems name existing resources in this setting: a VPC, a cluster. */
const odd = new Set([
  "bucket",
  "cluster",
  "dead-letter-queue",
  "handler",
  "monitoring",
  "network",
  "queue",
  "registrar",
  "repository",
  "schedule",
  "workflow",
]);

/** Modules with addresses that neither `odd` nor the layout has. A test below holds that none is left out. */
const everything = new Set(["bucket", "event-driven-ecs", "handler", "repository", "systems/policy-runner"]);

/** Those of the settings, which name existing ones. */
const capacityProviders = ["gpu", "batch_2"];

let localAws: LocalAws;
let changes: ResourceChange[];
let addresses: Map<string, string>;

beforeAll(async () => {
  const hcl = emptyRoot("adopt-hcl");
  localAws = await withSharedProvider(await startTestAws(), hcl);
  writeHclRoot(hcl, selected);
  const ecs = new ECSClient(clientConfig(localAws.environment));
  for (const name of capacityProviders)
    await ecs.send(
      new CreateCapacityProviderCommand({ name, autoScalingGroupProvider: { autoScalingGroupArn: name } }),
    );
  await terraform(hcl, ["init", "-input=false"]);
  await terraform(hcl, ["apply", "-auto-approve", "-input=false", "-no-color"], localAws.environment);

  const synthesized = synthesizeConstructs(emptyRoot("adopt-constructs"), { adopt: true, selected });
  addresses = synthesized.addresses;
  await terraform(synthesized.folder, ["init", "-input=false"]);
  copyFileSync(join(hcl, "terraform.tfstate"), synthesized.statePath);
  changes = await plan(synthesized.folder, localAws.environment);
}, 1_800_000);

afterAll(() => localAws?.stop());

test("adopts every resource that these modules have in any setting, at least in one place", () => {
  const isAdopted = (module: string) => odd.has(module) || everything.has(module);
  const all = synthesizeConstructs(emptyRoot("adopt-all"), { adopt: false, selected: isAdopted });
  const typeAndName = (address: string) =>
    address
      .replaceAll(/\["[^"]*"\]/g, "")
      .split(".")
      .slice(-2)
      .join(".");
  const adopted = new Set([...addresses.keys()].map(typeAndName));
  const left = [...all.addresses.keys()].filter((address) => !adopted.has(typeAndName(address)));
  // Its function has a layer of another account, which local AWS does not have.
  expect(left).toEqual(['module.handler["vpc"].aws_iam_role_policy.network_interfaces["this"]']);
});

test("adopts every resource from its address in the module", () => {
  const moved = new Map(changes.map((change) => [change.previous_address, change.address]));
  expect(moved).toEqual(addresses);
});

test("creates, replaces and destroys nothing", () => {
  const touched = changes.filter(({ change }) => !["no-op", "update"].includes(change.actions.join()));
  expect(touched.map(({ address, change }) => `${address}: ${change.actions}`)).toEqual([]);
});

test("changes only the path of bundles in place", () => {
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
