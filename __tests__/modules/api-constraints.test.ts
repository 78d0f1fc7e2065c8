import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { TerraformStack, Testing } from "cdktf";
import { constraintText } from "../../scripts/api-constraints";
import { terraformEnvironment } from "../../scripts/setup/index.cjs";
import { type MappedInput, mapping } from "../../testing/api-constraints/mapping";
import { readTable, tablePath } from "../../testing/api-constraints/table";
import { type Candidate, candidatesOf, withValue } from "../../testing/api-constraints/values";
import { type SharedProvider, startSharedProvider } from "../../testing/shared-provider";
import { snakeCase } from "../../testing/snake-case";
import { emptyRoot, fewerCollections, projectRoot } from "../../testing/terraform";
import { blocks } from "../parity/blocks";
import { mocks } from "./mocks";

/** One value of one input. */
interface Case extends Candidate {
  readonly id: string;
  readonly module: string;
  readonly input: string;
  readonly props: object;
}

const besideOf = ({ beside }: MappedInput, value: unknown): object =>
  typeof beside === "function" ? beside(value) : (beside ?? {});

const table = readTable();

const cases: Case[] = Object.entries(mapping).flatMap(([module, inputs]) => {
  const block = blocks.find((known) => known.module === module)!;
  return Object.entries(inputs).flatMap(([input, mapped], place) =>
    candidatesOf(mapped, table[module]![input]!).map(({ value, accepted }, index) => ({
      id: `${module}-${place}-${index}`,
      module,
      input,
      value,
      accepted,
      props: withValue({ ...block.settings.defaults, ...besideOf(mapped, value) }, input, value),
    })),
  );
});

/** What a form says about a value that it refuses, by case. */
type Refusals = Map<string, string>;

function refusalOfConstruct({ module, props }: Case): string | undefined {
  const block = blocks.find((known) => known.module === module)!;
  try {
    block.constructWith(new TerraformStack(Testing.app(), "test"), "block", props);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

/** A root with one call of a module for each case, in a file of its own: errors name the file. */
function writeRoot(name: string, calls: readonly Case[]): string {
  const folder = emptyRoot(name);
  for (const { id, module, props } of calls) {
    const block = blocks.find((known) => known.module === module)!;
    const source = relative(folder, join(projectRoot, "modules", module));
    const inputs = snakeCase(block.inputsFor(props)) as object;
    writeFileSync(join(folder, `${id}.tf.json`), JSON.stringify({ module: { [id]: { source, ...inputs } } }));
  }
  const aws = { source: "hashicorp/aws", version: ">= 5.100, < 7.0" };
  writeFileSync(join(folder, "main.tf.json"), JSON.stringify({ terraform: { required_providers: { aws } } }));
  mkdirSync(join(folder, "tests"));
  writeFileSync(join(folder, "tests", "plan.tftest.hcl"), mocks);
  return folder;
}

interface Diagnostic {
  readonly severity: string;
  readonly summary: string;
  readonly detail: string;
  readonly address?: string;
  readonly range?: { readonly filename: string };
}

/** The case that a diagnostic is about: that of its file, of its resource, or whose value it has. */
function caseOf(diagnostic: Diagnostic): string | undefined {
  const [, file] = /^(.+)\.tf\.json$/.exec(diagnostic.range?.filename ?? "") ?? [];
  const [, call] = /^module\.([^.[]+)/.exec(diagnostic.address ?? "") ?? [];
  return file ?? call;
}

function refusalsIn(diagnostics: readonly Diagnostic[]): Refusals {
  const refusals: Refusals = new Map();
  for (const diagnostic of diagnostics.filter(({ severity }) => severity === "error")) {
    const id = caseOf(diagnostic);
    if (id === undefined) throw new Error(`This error names no call: ${JSON.stringify(diagnostic)}`);
    refusals.set(id, `${refusals.get(id) ?? ""}${diagnostic.summary}: ${diagnostic.detail}\n`);
  }
  return refusals;
}

let provider: SharedProvider | undefined;
let ofModules: Refusals;

function runTerraform(folder: string, args: readonly string[]): string {
  const setup = terraformEnvironment();
  const env = { ...process.env, ...setup, ...fewerCollections, ...provider!.environment };
  const run = spawnSync(setup.TERRAFORM_BINARY_NAME, args, {
    cwd: folder,
    env,
    encoding: "utf8",
    maxBuffer: 1 << 28,
  });
  if (run.error) throw run.error;
  return run.stdout;
}

/** Validations need no plan; a precondition does. */
beforeAll(async () => {
  provider = await startSharedProvider();
  const all = writeRoot("api-constraints", cases);
  runTerraform(all, ["init", "-input=false", "-backend=false"]);
  const { diagnostics } = JSON.parse(runTerraform(all, ["validate", "-json"])) as {
    diagnostics: Diagnostic[];
  };
  const validated = refusalsIn(diagnostics);
  const rest = writeRoot(
    "api-constraints-plan",
    cases.filter(({ id }) => !validated.has(id)),
  );
  runTerraform(rest, ["init", "-input=false", "-backend=false"]);
  const planned = refusalsIn(
    runTerraform(rest, ["test", "-json"])
      .split("\n")
      .filter((line) => line.startsWith("{"))
      .flatMap((line) => (JSON.parse(line) as { diagnostic?: Diagnostic }).diagnostic ?? []),
  );
  ofModules = new Map([...validated, ...planned]);
}, 600_000);

afterAll(() => provider?.stop());

test("the table is what the API models say", () => {
  expect(readFileSync(tablePath, "utf8")).toBe(constraintText());
});

/** The name of an input, as its message has it. */
const named = (input: string): string => input.split(/[.[{]/)[0]!;

const shown = (value: unknown): string => {
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 40)}… (${(value as string).length})` : text;
};

const inputs = Object.entries(mapping).flatMap(([module, mapped]) =>
  Object.keys(mapped).map((input) => [module, input] as const),
);

test.each(inputs)("%s: the construct accepts in %s what AWS accepts", (module, input) => {
  const { refusedByProvider } = mapping[module]![input]!;
  const wrong = cases
    .filter((tried) => tried.module === module && tried.input === input)
    .flatMap((tried) => {
      const refusal = refusalOfConstruct(tried);
      if (tried.accepted) return refusal === undefined ? [] : [`refuses ${shown(tried.value)}: ${refusal}`];
      if (refusal === undefined) return refusedByProvider ? [] : [`accepts ${shown(tried.value)}`];
      return refusal.includes(named(input)) ? [] : [`does not name ${named(input)}: ${refusal}`];
    });
  expect(wrong).toEqual([]);
});

test.each(inputs)("%s: the module accepts in %s what AWS accepts", (module, input) => {
  const { refusedByProvider } = mapping[module]![input]!;
  const name = refusedByProvider?.argument ?? Object.keys(snakeCase({ [named(input)]: 1 }) as object)[0]!;
  const wrong = cases
    .filter((tried) => tried.module === module && tried.input === input)
    .flatMap((tried) => {
      const refusal = ofModules.get(tried.id);
      if (tried.accepted) return refusal === undefined ? [] : [`refuses ${shown(tried.value)}: ${refusal}`];
      if (refusal === undefined) return [`accepts ${shown(tried.value)}`];
      return refusal.includes(name) ? [] : [`does not name ${name}: ${refusal}`];
    });
  expect(wrong).toEqual([]);
});
