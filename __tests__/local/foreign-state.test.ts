import { copyFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { LocalAws } from "../../local";
import { startTestAws, withSharedProvider } from "../../testing/local-aws";
import { emptyRoot, plan, type ResourceChange, terraform } from "../../testing/terraform";
import {
  forgotten,
  type Known,
  oldAddresses,
  synthesizeConstructs,
  writeModules,
} from "./foreign-state/after";

let localAws: LocalAws;
let known: Known;
const before = emptyRoot("foreign-state");
const state = join(before, "terraform.tfstate");

beforeAll(async () => {
  localAws = await withSharedProvider(await startTestAws(), before);
  copyFileSync(join(__dirname, "foreign-state", "before.tf"), join(before, "main.tf"));
  await terraform(before, ["init", "-input=false"]);
  await terraform(before, ["apply", "-auto-approve", "-input=false", "-no-color"], localAws.environment);
  const { resources } = JSON.parse(readFileSync(state, "utf8")) as {
    resources: { type: string; name: string; instances: { attributes: Record<string, string> }[] }[];
  };
  const attributes = (type: string, name: string) =>
    resources.find((resource) => resource.type === type && resource.name === name)!.instances[0]!.attributes;
  known = {
    vpcId: attributes("aws_vpc", "main").id!,
    subnetId: attributes("aws_subnet", "a").id!,
    taskRoleName: attributes("aws_iam_role", "task").name!,
  };
}, 600_000);

afterAll(() => localAws?.stop());

const expected = Object.values(oldAddresses).flatMap((addresses) => Object.values(addresses));

const expectNothingLost = (changes: readonly ResourceChange[]): void => {
  const lost = changes.filter(({ change }) => change.actions.includes("delete"));
  expect(lost.map(({ address, change }) => `${address}: ${change.actions}`)).toEqual([]);
  expect(changes.flatMap(({ previous_address: old }) => old ?? []).sort()).toEqual([...expected].sort());
  const left = changes.filter(({ change }) => change.actions.join() === "forget");
  expect(left.map(({ address }) => address)).toEqual(expect.arrayContaining(forgotten));
};

test("modules take over hand-made resources with names of their own: 0 destroyed, 0 replaced", async () => {
  const folder = emptyRoot("foreign-state-modules");
  writeModules(folder, known);
  await terraform(folder, ["init", "-input=false"]);
  copyFileSync(state, join(folder, "terraform.tfstate"));
  expectNothingLost(await plan(folder, localAws.environment));
}, 600_000);

test("a moved block for the task definition ends in the cycle that docs/migrate.md names", async () => {
  const folder = emptyRoot("foreign-state-cycle");
  writeModules(folder, known, "moved");
  await terraform(folder, ["init", "-input=false"]);
  copyFileSync(state, join(folder, "terraform.tfstate"));
  await expect(plan(folder, localAws.environment)).rejects.toThrow(
    /Error: Cycle: .*module\.task\.aws_ecs_task_definition\.this/,
  );
}, 600_000);

test("constructs take over hand-made resources with names of their own: 0 destroyed, 0 replaced", async () => {
  const folder = synthesizeConstructs(emptyRoot("foreign-state-constructs"), state, known);
  await terraform(folder, ["init", "-input=false"]);
  expectNothingLost(await plan(folder, localAws.environment));
}, 600_000);
