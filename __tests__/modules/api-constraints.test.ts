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
import { mockedProvider } from "./mocks";

/** One value of one input. */
interface Case extends Candidate {
  readonly id: string;
  readonly module: string;
  readonly input: string;
  readonly props: object;
}

const besideOf = ({ beside }: MappedInput, value: unknown): object =>
  typeof beside === "function" ? beside(value) : (beside ?? {});

const inputs = Object.entries(mapping).flatMap(([module, mapped]) =>
  Object.keys(mapped).map((input) => [module, input] as const),
);

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

const blockOf = (module: string) => blocks.find((known) => known.module === module)!;

function refusalOfConstruct({ module, props }: Case): string | undefined {
  try {
    blockOf(module).constructWith(new TerraformStack(Testing.app(), "test"), "block", props);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

/** The name of an input's variable, as its message has it. */
const variableOf = (input: string): string =>
  Object.keys(snakeCase({ [input.split(/[.[{]/)[0]!]: 1 }) as object)[0]!;

/** One call of a module with the values of cases, each for another variable. */
interface Call {
  readonly id: string;
  readonly module: string;
  readonly cases: Case[];
  /** The only variable that the call gives. */
  readonly variable?: string;
  props: object;
}

/** The smallest and the largest accepted value of each input: validations have decided about all. */
function smallestAndLargest(accepted: readonly Case[]): Case[] {
  const size = ({ value }: Case) => (typeof value === "number" ? value : (value as string).length);
  return inputs.flatMap(([module, input]) => {
    const sorted = accepted
      .filter((tried) => tried.module === module && tried.input === input)
      .sort((a, b) => size(a) - size(b));
    return sorted.length > 2 ? [sorted[0]!, sorted.at(-1)!] : sorted;
  });
}

/** As few calls as possible: accepted cases share a call, with the same props beside them. */
function sharedCalls(accepted: readonly Case[]): Call[] {
  const calls: Call[] = [];
  const besideFor = ({ module, input, value }: Case) =>
    JSON.stringify(besideOf(mapping[module]![input]!, value));
  for (const tried of accepted) {
    const { module, input, value } = tried;
    const shared = calls.find(
      (call) =>
        call.module === module &&
        besideFor(call.cases[0]!) === besideFor(tried) &&
        call.cases.every((other) => areApart(other.input, input)),
    );
    if (shared) {
      shared.cases.push(tried);
      shared.props = withValue(shared.props, input, value);
    } else calls.push(alone(tried));
  }
  return calls;
}

const alone = (tried: Case): Call => ({ ...tried, cases: [tried] });

/** Whether one call can have values at both: they are in different variables, or different members. */
const areApart = (a: string, b: string): boolean =>
  variableOf(a) !== variableOf(b) || (a !== b && a.includes(".") && b.includes("."));

/** Writes a file with each call of one module: errors name the file. */
function writeCalls(folder: string, calls: readonly Call[], sourceOf: (call: Call) => string): void {
  mkdirSync(folder, { recursive: true });
  for (const call of calls) {
    const body = { source: relative(folder, sourceOf(call)), ...inputsOf(call) };
    writeFileSync(join(folder, `${call.id}.tf.json`), JSON.stringify({ module: { [call.id]: body } }));
  }
}

const inputsOf = ({ module, props, variable }: Call): object => {
  const inputs = snakeCase(blockOf(module).inputsFor(props)) as Record<string, unknown>;
  return variable === undefined ? inputs : { [variable]: inputs[variable] };
};

const byModule = (calls: readonly Call[]): [string, Call[]][] =>
  Object.keys(mapping).map((module) => [module, calls.filter((call) => call.module === module)]);

const sourceOf = (module: string): string => join(projectRoot, "modules", module);

/**
 * The roots of the first run, one for each module. Each call is one of a module with one variable: Terraform's time grows
 * with the square of what a root has.
 */
function writeValidations(calls: readonly Call[]): string[] {
  const folder = emptyRoot("api-constraints-validate");
  return byModule(calls).map(([module, ofModule]) => {
    const text = readFileSync(join(sourceOf(module), "variables.tf"), "utf8");
    const stubOf = (call: Call) => join(folder, "variables", module, call.variable!);
    for (const call of ofModule) {
      const [declaration] = new RegExp(`^variable "${call.variable}" [^]*?^}$`, "m").exec(text)!;
      mkdirSync(stubOf(call), { recursive: true });
      writeFileSync(join(stubOf(call), "variables.tf"), declaration);
    }
    writeCalls(join(folder, module), ofModule, stubOf);
    return join(folder, module);
  });
}

/** The root of the second run: Terraform reads the schema of the provider, which takes long, once for each run. */
function writePlans(calls: readonly Call[]): string {
  const folder = emptyRoot("api-constraints-plan");
  writeCalls(folder, calls, ({ module }) => sourceOf(module));
  const aws = { source: "hashicorp/aws", version: ">= 5.100, < 7.0" };
  writeFileSync(join(folder, "main.tf.json"), JSON.stringify({ terraform: { required_providers: { aws } } }));
  mkdirSync(join(folder, "tests"));
  const run = `run "plan" {\n  command = plan\n}\n`;
  writeFileSync(join(folder, "tests", "plan.tftest.hcl"), `${mockedProvider}\n${run}`);
  return folder;
}

interface TestEvent {
  readonly diagnostic?: Diagnostic;
}

interface Diagnostic {
  readonly severity: string;
  readonly summary: string;
  readonly detail: string;
  readonly address?: string;
  readonly range?: { readonly filename: string };
}

/** The call that an error is about: that of its file or of its resource. */
function callOf(diagnostic: Diagnostic): string | undefined {
  const [, file] = /^(?:.*\/)?(.+)\.tf\.json$/.exec(diagnostic.range?.filename ?? "") ?? [];
  const [, call] = /^module\.([^.[]+)/.exec(diagnostic.address ?? "") ?? [];
  return file ?? call;
}

/** The cases of a call that an error is about: those whose variable it names. */
function casesOf({ cases }: Call, { detail }: Diagnostic): readonly Case[] {
  const named = cases.filter(({ input }) => new RegExp(`^${variableOf(input)}\\b`).test(detail));
  return named.length > 0 ? named : cases;
}

/** What the modules say about values that they refuse, by case. */
const refusals = new Map<string, string>();
const unclear: Diagnostic[] = [];

function note(diagnostics: readonly Diagnostic[], calls: readonly Call[]): void {
  for (const diagnostic of diagnostics.filter(({ severity }) => severity === "error")) {
    const call = calls.find(({ id }) => id === callOf(diagnostic));
    if (call === undefined) unclear.push(diagnostic);
    else
      for (const { id } of casesOf(call, diagnostic))
        refusals.set(id, `${refusals.get(id) ?? ""}${diagnostic.summary}: ${diagnostic.detail}\n`);
  }
}

let provider: SharedProvider | undefined;

function runTerraform(folder: string, args: readonly string[]): string {
  const setup = terraformEnvironment();
  const env = { ...process.env, ...setup, ...fewerCollections, ...provider?.environment };
  const options = { cwd: folder, env, encoding: "utf8", maxBuffer: 1 << 28 } as const;
  const run = spawnSync(setup.TERRAFORM_BINARY_NAME, args, options);
  if (run.error) throw run.error;
  return run.stdout;
}

/** First the validations of all values, then a plan of what they accept, in which preconditions and the provider decide. */
beforeAll(async () => {
  const all = cases.map((tried) => ({ ...alone(tried), variable: variableOf(tried.input) }));
  for (const root of writeValidations(all)) {
    runTerraform(root, ["init", "-input=false", "-backend=false"]);
    const { diagnostics } = JSON.parse(runTerraform(root, ["validate", "-json"])) as {
      diagnostics: Diagnostic[];
    };
    note(diagnostics, all);
  }
  const left = cases.filter(({ id }) => !refusals.has(id));
  const calls = [
    ...sharedCalls(smallestAndLargest(left.filter(({ accepted }) => accepted))),
    ...left.filter(({ accepted }) => !accepted).map(alone),
  ];
  provider = await startSharedProvider();
  const root = writePlans(calls);
  runTerraform(root, ["init", "-input=false", "-backend=false"]);
  const events = runTerraform(root, ["test", "-json"])
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .map((line) => JSON.parse(line) as TestEvent);
  note(
    events.flatMap(({ diagnostic }) => diagnostic ?? []),
    calls,
  );
}, 600_000);

afterAll(() => provider?.stop());

test("each error is about a call", () => expect(unclear).toEqual([]));

test("the table is what the API models say", () => {
  expect(readFileSync(tablePath, "utf8")).toBe(constraintText());
});

/** The name of an input, as the message of a construct has it. */
const named = (input: string): string => input.split(/[.[{]/)[0]!;

const shown = (value: unknown): string => {
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 40)}… (${(value as string).length})` : text;
};

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
      const refusal = refusals.get(tried.id);
      if (tried.accepted) return refusal === undefined ? [] : [`refuses ${shown(tried.value)}: ${refusal}`];
      if (refusal === undefined) return [`accepts ${shown(tried.value)}`];
      return refusal.includes(name) ? [] : [`does not name ${name}: ${refusal}`];
    });
  expect(wrong).toEqual([]);
});
