import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { TerraformStack, Testing } from "cdktf";
import { constraintText } from "../../scripts/api-constraints";
import { jsonLines } from "../../scripts/json-lines";
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

/**
 * One call of each module with the largest accepted value of each input: validations have decided about all, and the plan
 * shows that no precondition and not the provider refuses them. Inputs that need others are in the settings of the parity test.
 */
function largestTogether(accepted: readonly Case[]): Call[] {
  const size = ({ value }: Case) => (typeof value === "number" ? value : (value as string).length);
  const calls = new Map<string, Call>();
  for (const [module, input] of inputs) {
    if (mapping[module]![input]!.beside !== undefined) continue;
    const [largest] = accepted
      .filter((tried) => tried.module === module && tried.input === input)
      .sort((a, b) => size(b) - size(a));
    if (largest === undefined) continue;
    const call = calls.get(module);
    if (call === undefined) calls.set(module, alone(largest));
    else if (call.cases.every((other) => areApart(other.input, input))) {
      call.cases.push(largest);
      call.props = withValue(call.props, input, largest.value);
    }
  }
  return [...calls.values()];
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

const sourceOf = (module: string): string => join(projectRoot, "modules", module);

/** Calls in one root of the first run: Terraform's time grows with the square of what a root has. */
const CALLS_AT_ONCE = 60;

/** The roots of the first run. A call has a module with one variable only, which is copied. */
function writeValidations(calls: readonly Call[]): string[] {
  const folder = emptyRoot("api-constraints-validate");
  const stubOf = ({ module, variable }: Call) => join(folder, "variables", module, variable!);
  for (const call of calls) {
    if (existsSync(stubOf(call))) continue;
    const text = readFileSync(join(sourceOf(call.module), "variables.tf"), "utf8");
    const [declaration] = new RegExp(`^variable "${call.variable}" [^]*?^}$`, "m").exec(text)!;
    mkdirSync(stubOf(call), { recursive: true });
    writeFileSync(join(stubOf(call), "variables.tf"), declaration);
  }
  const roots = Math.ceil(calls.length / CALLS_AT_ONCE);
  return Array.from({ length: roots }, (_, index) => {
    const root = join(folder, `${index}`);
    writeCalls(root, calls.slice(index * CALLS_AT_ONCE, (index + 1) * CALLS_AT_ONCE), stubOf);
    return root;
  });
}

/** Modules whose preconditions end with the name. */
const namedInErrors = new Set(["event-rule", "schedule", "task"]);

function writePlan(calls: readonly Call[]): string {
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

/** The call that an error is about: that of its file, of its resource, or of the name at the end of its text. */
function callOf(diagnostic: Diagnostic): string | undefined {
  const [, file] = /^(?:.*\/)?(.+)\.tf\.json$/.exec(diagnostic.range?.filename ?? "") ?? [];
  const [, call] = /^module\.([^.[]+)/.exec(diagnostic.address ?? "") ?? [];
  const [, name] = /\((?:task|schedule|rule) ([\w-]+)\)$/.exec(diagnostic.detail.trim()) ?? [];
  return file ?? call ?? name;
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

/** First the validations of all values, then a plan of what they leave to preconditions and the provider. */
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
    ...largestTogether(left.filter(({ accepted }) => accepted)),
    ...left.filter(({ accepted }) => !accepted).map(alone),
  ].map((call) =>
    namedInErrors.has(call.module) ? { ...call, props: { ...call.props, name: call.id } } : call,
  );
  provider = await startSharedProvider();
  const root = writePlan(calls);
  runTerraform(root, ["init", "-input=false", "-backend=false"]);
  const events = jsonLines<TestEvent>(runTerraform(root, ["test", "-json"]).split("\n"));
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
