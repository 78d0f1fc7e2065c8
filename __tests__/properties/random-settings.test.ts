import { TerraformStack, Testing } from "cdktf";
import fc from "fast-check";
import type { LocalAws } from "../../local";
import { EventDrivenEcs, type EventDrivenEcsProps } from "../../src/event-driven-ecs";
import { startTestAws, withSharedProvider } from "../../testing/local-aws";
import { emptyRoot, projectRoot, terraform } from "../../testing/terraform";
import { block } from "../parity/blocks/block";
import { expectSamePlan, type Plans, planBoth } from "../parity/plans";
import { instanceOf, synthesizeConstructs, writeInstancesRoot } from "../parity/roots";
import { illegalSettings } from "./random-settings/illegal";
import { legalSettings } from "./random-settings/legal";

/** Number of settings of each kind, and random seed. */
const { SETTINGS = "20", SEED = "2026" } = process.env;
const count = Number(SETTINGS);
const seed = Number(SEED);

const layouts = (settings: readonly EventDrivenEcsProps[], module = "event-driven-ecs") =>
  block<EventDrivenEcsProps>({
    module,
    construct: EventDrivenEcs,
    settings: Object.fromEntries(settings.map((props, index) => [String(index), props])),
  });

const legal = layouts(fc.sample(legalSettings, { numRuns: count, seed }));
const firstNumber = 81_000;
const illegal = Array.from(
  { length: count },
  (_, index) => fc.sample(illegalSettings(firstNumber + index), { numRuns: 1, seed: seed + index })[0]!,
);

let localAws: LocalAws;
let plans: Plans;
/** What Terraform says of all illegal settings. */
let refusals: readonly string[];

/** The variables of the layout alone. They refuse most illegal settings, at a tenth of the time of a plan. */
const variablesOnly = "event-driven-ecs/tests/inputs";

/**
 * Plans the settings together, until Terraform refuses none of those that are left: what it finds in the variables of one
 * call keeps it from looking into the modules of the others.
 */
async function refusalsOf(settings: readonly EventDrivenEcsProps[], module?: string): Promise<string[]> {
  const folder = emptyRoot("random-illegal");
  writeInstancesRoot(folder, layouts(settings, module));
  await terraform(folder, ["init", "-input=false"]);
  const output = await terraform(folder, ["plan", "-input=false", "-json"], localAws.environment).then(
    () => "",
    (error: Error) => error.message,
  );
  const found = output.split("\n").flatMap((line): string[] => {
    const { diagnostic } = line.startsWith("{") ? JSON.parse(line) : {};
    return diagnostic?.severity === "error" ? [`${diagnostic.summary}: ${diagnostic.detail}`] : [];
  });
  const left = settings.filter((props) => !found.some((refusal) => refusal.includes(numberIn(props))));
  const isLastTry = module === undefined && left.length === settings.length;
  return left.length === 0 || isLastTry ? found : [...found, ...(await refusalsOf(left))];
}

/** The number of illegal settings, which stands in their bad value. */
const numberIn = (props: EventDrivenEcsProps): string => {
  const index = illegal.findIndex((settings) => settings.props === props);
  return String(firstNumber + index);
};

beforeAll(async () => {
  localAws = await withSharedProvider(await startTestAws(), projectRoot);
  const hcl = emptyRoot("random-hcl");
  writeInstancesRoot(hcl, legal);
  const synthesized = synthesizeConstructs(emptyRoot("random-constructs"), {
    adopt: false,
    blocks: [legal],
    label: instanceOf,
  });
  plans = await planBoth(localAws, hcl, synthesized);

  refusals = await refusalsOf(
    illegal.map(({ props }) => props),
    variablesOnly,
  );
}, 1_800_000);

afterAll(() => localAws?.stop());

test.each(Object.keys(legal.settings))(
  `plans legal settings %s of seed ${seed} the same in both forms`,
  (setting) => {
    expectSamePlan(instanceOf(legal.module, setting), plans);
  },
);

test.each(
  illegal.map(
    ({ fault, props }, index) => [JSON.stringify(fault), String(firstNumber + index), props] as const,
  ),
)("refuses %s in both forms", (_fault, number, props) => {
  const stack = new TerraformStack(Testing.app(), "test");
  expect(() => {
    new EventDrivenEcs(stack, "layout", props);
    Testing.synth(stack, true);
  }).toThrow(expect.objectContaining({ name: "ValidationError", message: expect.stringContaining(number) }));
  expect(refusals.filter((refusal) => refusal.includes(number))).not.toEqual([]);
});
