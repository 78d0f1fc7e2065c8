import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { jsonLines } from "../../scripts/json-lines";
import { terraformEnvironment } from "../../scripts/setup/index.cjs";
import { badValues, existingNetwork, http, image, type Settings } from "../../testing/bad-layout-values";
import { type SharedProvider, startSharedProvider } from "../../testing/shared-provider";
import { snakeCase } from "../../testing/snake-case";
import { emptyRoot, fewerCollections, projectRoot } from "../../testing/terraform";
import { mockedProvider } from "./mocks";

const mocks = `${mockedProvider}
run "plan" {
  command = plan
}
`;

/** Maps of which each entry becomes an instance of a nested module. */
const maps = ["services", "events", "schedules", "stopEvents"];

/** A bad value of one entry of such a map, under a name of its own. */
interface BadEntry {
  readonly map: string;
  readonly name: string;
  readonly path: string;
  readonly settings: unknown;
}

/** What Terraform refuses before it looks at any value. */
const isStatic = (path: string, settings: Settings): boolean =>
  path === "services.auth.image" && !("image" in settings);

const badEntries: readonly BadEntry[] = badValues.flatMap(([path, props], index) => {
  const [map, key] = path.replace(":", "").split(/[ .]/) as [string, string];
  const settings = (props[map] as Record<string, Settings> | undefined)?.[key];
  if (!maps.includes(map) || settings === undefined || isStatic(path, settings)) return [];
  const name = `${key}${index}`;
  const unique = {
    ...settings,
    ...(settings.path === "/auth" && { path: `/${name}` }),
    ...(settings.detail !== undefined && { detail: JSON.stringify(settings.detail) }),
  };
  return [{ map, name, path: path.replace(key, name), settings: unique }];
});

/** The messages of a plan of the layout with these entries. */
function messages(folder: string, environment: NodeJS.ProcessEnv, entries: readonly BadEntry[]): string[] {
  const of = (map: string) =>
    Object.fromEntries(
      entries.filter((entry) => entry.map === map).map(({ name, settings }) => [name, settings]),
    );
  const layout = {
    source: relative(folder, join(projectRoot, "modules", "event-driven-ecs")),
    ...(snakeCase({
      name: "engines",
      createNetwork: false,
      existingNetwork: { ...existingNetwork, publicSubnetIds: ["subnet-1", "subnet-2"] },
      createCluster: false,
      existingCluster: { name: "shared", arn: "arn:aws:ecs:us-east-1:123456789012:cluster/shared" },
      createMonitoring: false,
      loadBalancer: http,
      services: { auth: { image }, ...of("services") },
      events: of("events"),
      schedules: of("schedules"),
      stopEvents: of("stopEvents"),
    }) as object),
  };
  const required_providers = { aws: { source: "hashicorp/aws", version: ">= 5.100, < 7.0" } };
  const root = { terraform: { required_providers }, module: { engines: layout } };
  writeFileSync(join(folder, "main.tf.json"), JSON.stringify(root));
  const run = (args: string[]) =>
    spawnSync(environment.TERRAFORM_BINARY_NAME!, args, {
      cwd: folder,
      env: environment,
      encoding: "utf8",
      maxBuffer: 1 << 28,
    });
  run(["init", "-input=false", "-backend=false"]);
  const events = jsonLines<{ diagnostic?: { severity: string; detail: string } }>(
    run(["test", "-json"]).stdout.split("\n"),
  );
  return events.flatMap(({ diagnostic }) => (diagnostic?.severity === "error" ? [diagnostic.detail] : []));
}

// OpenTofu stops at the first refused validation of a variable: it would have to plan for each entry.
const setup = terraformEnvironment();
const isOpenTofu = /^OpenTofu v/m.test(
  spawnSync(setup.TERRAFORM_BINARY_NAME, ["version"], { encoding: "utf8" }).stdout ?? "",
);
const reason = isOpenTofu ? " (skipped: OpenTofu tells one refusal at a time)" : "";
const inTerraform = isOpenTofu ? describe.skip : describe;

let provider: SharedProvider | undefined;
const found = new Map<string, string>();

inTerraform(`a map of nested settings${reason}`, () => {
  beforeAll(async () => {
    const folder = emptyRoot("error-paths");
    mkdirSync(join(folder, "tests"));
    writeFileSync(join(folder, "tests", "plan.tftest.hcl"), mocks);
    provider = await startSharedProvider();
    const environment = {
      ...process.env,
      ...setup,
      ...fewerCollections,
      ...provider.environment,
    };
    // A refusal hides those that come after it, so what is refused is left out of the next plan.
    for (let left = badEntries, before = -1; left.length !== before && left.length > 0; ) {
      before = left.length;
      for (const message of messages(folder, environment, left).flatMap((text) => text.split("\n")))
        for (const { name } of left) if (new RegExp(`\\b${name}\\b`).test(message)) found.set(name, message);
      left = left.filter(({ name }) => !found.has(name));
    }
  }, 360_000);

  afterAll(() => provider?.stop());

  test.each(badEntries.map((entry) => [entry.path, entry] as const))(
    "a message names the entry of %s",
    (_path, { name }) => {
      expect(found.get(name)).toBeDefined();
    },
  );
});
