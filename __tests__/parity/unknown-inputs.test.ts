import { join } from "node:path";
import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { App, type IResolvable, TerraformStack, Token } from "cdktf";
import type { LocalAws } from "../../local";
import { startTestAws, withSharedProvider } from "../../testing/local-aws";
import { maxRetries, region, writeRoot } from "../../testing/module-root";
import { snakeCase } from "../../testing/snake-case";
import { emptyRoot, projectRoot } from "../../testing/terraform";
import { withUnknown } from "../../testing/unknown-inputs";
import { blocks } from "./blocks";
import { labelOf } from "./blocks/block";
import { knownAtPlan, literalInputs } from "./literal-inputs";
import { addressesOf, expectSamePlan, type Plans, planBoth } from "./plans";
import { callEach, instanceOf } from "./roots";

/** One setting of each block in which all inputs that may be unknown are unknown at once, or come from variables. */
const settings: Readonly<Record<string, string>> = {
  "event-driven-ecs": "everything",
  "load-balancer": "everything",
};
const settingOf = (block: (typeof blocks)[number]): string =>
  settings[block.module] ?? ("everything" in block.settings ? "everything" : Object.keys(block.settings)[1]!);

/** Names stay as they are, so that plans tell resources apart. */
const names = new Set(["name", "bucketPrefix"]);

interface Values {
  readonly terraform: Record<string, unknown>;
  readonly variables: Record<string, object>;
}

/** A reference for each value: to an attribute that is unknown until apply, or to a variable with this value. */
function references(kind: "unknown" | "variable", values: Values) {
  return (label: string) => (value: unknown, _type: unknown, path: string) => {
    const key = `${label}_${path}_${Object.keys(values.terraform).length + Object.keys(values.variables).length}`;
    const name = key.replaceAll(/[^A-Za-z0-9_]/g, "_");
    if (kind === "unknown") values.terraform[name] = value;
    else values.variables[name] = { type: typeOf(value), default: value };
    return kind === "unknown" ? `terraform_data.unknown.output.${name}` : `var.${name}`;
  };
}

const typeOf = (value: unknown): string =>
  Array.isArray(value)
    ? "list(string)"
    : typeof value === "object"
      ? "map(string)"
      : (typeof value as string);

const literal = (module: string, kind: "unknown" | "variable") => (path: string) =>
  names.has(path) ||
  path in (literalInputs[module] ?? {}) ||
  (kind === "unknown" && path in (knownAtPlan[module] ?? {}));

/** A token as CDKTF makes it for an attribute or a variable. */
const tokenOf = (reference: string): IResolvable => ({
  creationStack: [],
  resolve: ({ suppressBraces }) => (suppressBraces ? reference : `\${${reference}}`),
});

const kinds = ["unknown", "variable"] as const;
type Kind = (typeof kinds)[number];

function writeModules(folder: string): void {
  const values: Values = { terraform: {}, variables: {} };
  const inputsOf = (block: (typeof blocks)[number], kind: Kind): object => {
    const reference = references(kind, values)(labelOf(block.module, kind));
    const inputs = withUnknown(
      block.module,
      block.inputs(settingOf(block)),
      (...given) => `\${${reference(...given)}}`,
      literal(block.module, kind),
    );
    return snakeCase(inputs) as object;
  };
  const calls = callEach(
    folder,
    blocks.map((block) => [
      block.module,
      Object.fromEntries(kinds.map((kind) => [kind, inputsOf(block, kind)])),
    ]),
  );
  writeRoot(folder, {
    variable: values.variables,
    resource: { terraform_data: { unknown: { input: values.terraform } } },
    ...calls,
  });
}

function synthesizeConstructs(outdir: string): { folder: string; addresses: Map<string, string> } {
  const app = new App({ outdir, analyticsReporting: false } as object);
  const stack = new TerraformStack(app, "constructs");
  new AwsProvider(stack, "aws", { region, maxRetries });
  const values: Values = { terraform: {}, variables: {} };
  const addresses = new Map<string, string>();
  for (const kind of kinds) {
    for (const block of blocks) {
      const label = labelOf(block.module, kind);
      const reference = references(kind, values)(label);
      const props = withUnknown(
        block.module,
        block.settings[settingOf(block)]!,
        (value, type, path) => {
          const token = tokenOf(reference(value, type, path));
          if (Array.isArray(type)) return Token.asList(token);
          if (typeof type === "object") return Token.asStringMap(token);
          return type === "string" ? Token.asString(token) : Token.asNumber(token);
        },
        literal(block.module, kind),
      );
      const construct = block.constructWith(stack, label, props);
      for (const [address, { terraformResourceType, friendlyUniqueId }] of construct.twinAddresses)
        addresses.set(
          `module.${instanceOf(block.module, kind)}.${address}`,
          `${terraformResourceType}.${friendlyUniqueId}`,
        );
    }
  }
  stack.addOverride("variable", values.variables);
  stack.addOverride("resource.terraform_data.unknown", { input: values.terraform });
  app.synth();
  return { folder: join(outdir, "stacks", "constructs"), addresses };
}

let localAws: LocalAws;
let plans: Plans;

beforeAll(async () => {
  localAws = await withSharedProvider(await startTestAws(), projectRoot);
  const hcl = emptyRoot("unknown-hcl");
  writeModules(hcl);
  plans = await planBoth(localAws, hcl, synthesizeConstructs(emptyRoot("unknown-constructs")));
}, 1_800_000);

afterAll(() => localAws?.stop());

describe.each(blocks.map((block) => block.module))("%s", (module) => {
  test("plans the same resources when its inputs are unknown until apply", () => {
    for (const address of addressesOf(instanceOf(module, "unknown"), plans))
      expect(plans.constructs.has(plans.addresses.get(address)!)).toBe(true);
  });

  test("plans the same values when its inputs come from variables", () => {
    expectSamePlan(instanceOf(module, "variable"), plans);
  });
});
