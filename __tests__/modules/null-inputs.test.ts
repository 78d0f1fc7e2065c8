import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { jsonLines } from "../../scripts/json-lines";
import { terraformEnvironment } from "../../scripts/setup/index.cjs";
import { inputsOf, withEveryMember } from "../../testing/optional-inputs";
import { type SharedProvider, startSharedProvider } from "../../testing/shared-provider";
import { snakeCase } from "../../testing/snake-case";
import { emptyRoot, fewerCollections, projectRoot, type ResourceChange } from "../../testing/terraform";
import { blocks } from "../parity/blocks";
import { labelOf } from "../parity/blocks/block";
import { mockedProvider } from "./mocks";

/** One setting is enough: within an object Terraform itself replaces null by the default, before the module sees it. */
const setting = "defaults";

interface TestEvent {
  readonly diagnostic?: { readonly severity: string; readonly summary: string; readonly detail: string };
  readonly test_plan?: { readonly resource_changes?: readonly ResourceChange[] };
}

interface Call {
  readonly label: string;
  readonly leftOut: object;
  readonly withNulls: object;
}

let planned: Map<string, ResourceChange["change"]>;
let trouble: string[];
let provider: SharedProvider | undefined;

const calls = blocks.map((block) => ({ block, label: labelOf(block.module, setting) }));

async function inputs({ block, label }: (typeof calls)[number], folder: string): Promise<Call> {
  const source = relative(folder, join(projectRoot, "modules", block.module));
  const given = snakeCase(block.inputs(setting)) as object;
  const withNulls = withEveryMember(given, inputsOf(block.module), null) as object;
  return { label, leftOut: { source, ...given }, withNulls: { source, ...withNulls } };
}

beforeAll(async () => {
  const folder = emptyRoot("null-inputs");
  const all = await Promise.all(calls.map((call) => inputs(call, folder)));
  const root = {
    terraform: { required_providers: { aws: { source: "hashicorp/aws", version: ">= 5.100, < 7.0" } } },
    module: Object.fromEntries(
      all.flatMap(({ label, leftOut, withNulls }) => [
        [label, leftOut],
        [`${label}-nulls`, withNulls],
      ]),
    ),
  };
  writeFileSync(join(folder, "main.tf.json"), JSON.stringify(root, null, 2));
  mkdirSync(join(folder, "tests"));
  writeFileSync(
    join(folder, "tests", "plan.tftest.hcl"),
    `${mockedProvider}\nrun "plan" {\n  command = plan\n}\n`,
  );
  const setup = terraformEnvironment();
  provider = await startSharedProvider();
  const env = { ...process.env, ...setup, ...fewerCollections, ...provider.environment };
  const run = (args: string[]) =>
    spawnSync(setup.TERRAFORM_BINARY_NAME, args, { cwd: folder, env, encoding: "utf8", maxBuffer: 1 << 28 });
  run(["init", "-input=false", "-backend=false"]);
  const events = jsonLines<TestEvent>(run(["test", "-json", "-verbose"]).stdout.split("\n"));
  trouble = events.flatMap(({ diagnostic }) =>
    diagnostic?.severity === "error" ? [`${diagnostic.summary}: ${diagnostic.detail}`] : [],
  );
  const changes = events.flatMap(({ test_plan }) => test_plan?.resource_changes ?? []);
  planned = new Map(changes.map(({ address, change }) => [address, change]));
}, 360_000);

afterAll(() => provider?.stop());

test("every module can be planned with null for each optional input", () => expect(trouble).toEqual([]));

test.each(calls.map(({ label }) => label))("%s: null plans as if left out", (label) => {
  const of = (module: string) =>
    [...planned]
      .filter(([address]) => address.startsWith(`module.${module}.`))
      .map(([address, change]) => [address.replace(`module.${module}.`, ""), change]);
  expect(of(label).length).toBeGreaterThan(0);
  expect(of(`${label}-nulls`)).toEqual(of(label));
});
