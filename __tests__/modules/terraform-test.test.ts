import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { jsonLines } from "../../scripts/json-lines";
import { moduleNames } from "../../scripts/module-names";
import { terraformEnvironment } from "../../scripts/setup/index.cjs";
import { type SharedProvider, startSharedProvider } from "../../testing/shared-provider";
import { emptyRoot, fewerCollections, projectRoot } from "../../testing/terraform";

interface TestEvent {
  readonly type: string;
  readonly "@message": string;
  readonly test_run?: { readonly run: string; readonly status?: string };
  readonly diagnostic?: { readonly summary: string; readonly detail: string };
}

let provider: SharedProvider;
let setup: ReturnType<typeof terraformEnvironment>;

beforeAll(async () => {
  setup = terraformEnvironment();
  provider = await startSharedProvider();
}, 360_000);

afterAll(() => provider?.stop());

describe.each(moduleNames())("%s", (module) => {
  const folder = join(projectRoot, "modules", module);
  const testFolder = join(folder, "tests");
  const files = existsSync(testFolder)
    ? readdirSync(testFolder).filter((file) => file.endsWith(".tftest.hcl"))
    : [];
  const runs = files.flatMap((file) =>
    [...readFileSync(join(testFolder, file), "utf8").matchAll(/^run "(\w+)"/gm)].map((match) => match[1]!),
  );
  let events: TestEvent[] = [];

  beforeAll(() => {
    const env = {
      ...process.env,
      ...setup,
      ...fewerCollections,
      ...provider.environment,
      TF_DATA_DIR: emptyRoot(`modules/${module}`),
    };
    spawnSync(setup.TERRAFORM_BINARY_NAME, ["init", "-input=false", "-backend=false"], { cwd: folder, env });
    const run = spawnSync(setup.TERRAFORM_BINARY_NAME, ["test", "-json"], {
      cwd: folder,
      env,
      encoding: "utf8",
      maxBuffer: 1 << 28,
    });
    events = jsonLines<TestEvent>(run.stdout.split("\n"));
  }, 360_000);

  test("has tests", () => expect(runs.length).toBeGreaterThan(0));

  test.each(runs)("%s", (name) => {
    const statuses = events.flatMap(({ test_run }) =>
      test_run?.run === name && test_run.status ? [test_run.status] : [],
    );
    const trouble = events.flatMap(({ diagnostic, test_run }) =>
      diagnostic && (test_run === undefined || test_run.run === name)
        ? [`${diagnostic.summary}: ${diagnostic.detail}`]
        : [],
    );
    expect({ statuses, trouble: statuses.includes("pass") ? [] : trouble }).toEqual({
      statuses: ["pass"],
      trouble: [],
    });
  });
});
