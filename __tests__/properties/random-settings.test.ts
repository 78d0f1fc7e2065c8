import { TerraformStack, Testing } from "cdktf";
import fc from "fast-check";
import type { LocalAws } from "../../local";
import { jsonLines } from "../../scripts/json-lines";
import { EventDrivenEcs, type EventDrivenEcsProps } from "../../src/event-driven-ecs";
import { startTestAws, withSharedProvider } from "../../testing/local-aws";
import { emptyRoot, projectRoot, terraform } from "../../testing/terraform";
import { block } from "../parity/blocks/block";
import { expectSamePlan, type Plans, planBoth } from "../parity/plans";
import { instanceOf, synthesizeConstructs, writeHclRoot } from "../parity/roots";
import { illegalSettings } from "./random-settings/illegal";
import { legalSettings } from "./random-settings/legal";

/** Number of settings of each kind, and random seed. */
const { SETTINGS = "20", SEED = "2026" } = process.env;
const count = Number(SETTINGS);
const seed = Number(SEED);

/** HCL takes the `detail` of a pattern as JSON text. */
const withDetailAsText = (events: Readonly<Record<string, object>>) =>
  Object.fromEntries(
    Object.entries(events).map(([name, event]) => [
      name,
      "detail" in event && event.detail !== undefined
        ? { ...event, detail: JSON.stringify(event.detail) }
        : event,
    ]),
  );

const layouts = (settings: readonly EventDrivenEcsProps[], module = "event-driven-ecs") =>
  block<EventDrivenEcsProps>({
    module,
    construct: EventDrivenEcs,
    asHcl: ({ events, stopEvents, ...props }) => ({
      ...props,
      ...(events && { events: withDetailAsText(events) }),
      ...(stopEvents && { stopEvents: withDetailAsText(stopEvents) }),
    }),
    settings: Object.fromEntries(settings.map((props, index) => [String(index), props])),
  });

const legal = fc.sample(legalSettings, { numRuns: count, seed });
const firstNumber = 81_000;
const illegal = Array.from({ length: count }, (_, index) => {
  const number = firstNumber + index;
  const [settings] = fc.sample(illegalSettings(number), { numRuns: 1, seed: seed + index });
  return { ...settings!, number: String(number) };
});

/** One root has so many settings at most; more would take Terraform more memory and time for each. */
const settingsInRoot = 20;
const shares = Array.from({ length: Math.ceil(count / settingsInRoot) }, (_, share) => {
  const [from, to] = [share * settingsInRoot, (share + 1) * settingsInRoot];
  return { from, legal: layouts(legal.slice(from, to)), illegal: illegal.slice(from, to) };
});

interface PlanMessage {
  readonly diagnostic?: { readonly severity: string; readonly summary: string; readonly detail: string };
}

let localAws: LocalAws;

/** The variables of the layout alone. They refuse most illegal settings, at a tenth of the time of a plan. */
const variablesOnly = "event-driven-ecs/tests/inputs";

/**
 * Plans the settings together, until Terraform refuses none of those that are left: what it finds in the variables of one
 * call keeps it from looking into the modules of the others.
 */
async function refusalsOf(settings: readonly (typeof illegal)[number][], module?: string): Promise<string[]> {
  const folder = emptyRoot("random-illegal");
  const layoutsToRefuse = layouts(
    settings.map(({ props }) => props),
    module,
  );
  writeHclRoot(folder, undefined, [layoutsToRefuse]);
  await terraform(folder, ["init", "-input=false"]);
  const output = await terraform(folder, ["plan", "-input=false", "-json"], localAws.environment).then(
    () => "",
    (error: Error) => error.message,
  );
  const messages = jsonLines<PlanMessage>(output.split("\n"));
  const found = messages.flatMap(({ diagnostic }) =>
    diagnostic?.severity === "error" ? [`${diagnostic.summary}: ${diagnostic.detail}`] : [],
  );
  const left = settings.filter(({ number }) => !found.some((refusal) => refusal.includes(number)));
  const isLastTry = module === undefined && left.length === settings.length;
  return left.length === 0 || isLastTry ? found : [...found, ...(await refusalsOf(left))];
}

beforeAll(async () => {
  localAws = await withSharedProvider(await startTestAws(), projectRoot);
}, 600_000);

afterAll(() => localAws?.stop());

describe.each(shares)(`settings of seed ${seed} from $from on`, ({ legal, illegal }) => {
  let plans: Plans;
  /** What Terraform says of all illegal settings. */
  let refusals: readonly string[];

  beforeAll(async () => {
    const hcl = emptyRoot("random-hcl");
    writeHclRoot(hcl, undefined, [legal]);
    const synthesized = synthesizeConstructs(emptyRoot("random-constructs"), {
      adopt: false,
      blocks: [legal],
    });
    plans = await planBoth(localAws, hcl, synthesized);
    refusals = await refusalsOf(illegal, variablesOnly);
  }, 1_800_000);

  test.each(Object.keys(legal.settings))("plans legal settings %s the same in both forms", (setting) => {
    expectSamePlan(instanceOf(legal.module, setting), plans);
  });

  test.each(illegal.map(({ fault, number, props }) => [JSON.stringify(fault), number, props] as const))(
    "refuses %s in both forms",
    (_fault, number, props) => {
      const stack = new TerraformStack(Testing.app(), "test");
      expect(() => {
        new EventDrivenEcs(stack, "layout", props);
        Testing.synth(stack, true);
      }).toThrow(
        expect.objectContaining({ name: "ValidationError", message: expect.stringContaining(number) }),
      );
      expect(refusals.filter((refusal) => refusal.includes(number))).not.toEqual([]);
    },
  );
});
