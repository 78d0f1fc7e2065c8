import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { type App, Testing } from "cdktf";
import { appStack } from "../../src/app/app-stack";
import { findSettings } from "../../src/app/settings";
import { badValues, image, network, type Settings } from "../../testing/bad-layout-values";
import { snakeCase } from "../../testing/snake-case";
import { folderWith } from "./folder";

const base = { name: "engines", network, services: { auth: { image } } };

const snake = (text: string): string => text.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** What the app says about the settings in these files. */
function refusal(files: Readonly<Record<string, string>>, environment = {}): string {
  try {
    appStack(Testing.app() as App, folderWith(files), environment);
  } catch (error) {
    expect((error as Error).name).toBe("SettingsError");
    return (error as Error).message;
  }
  return "nothing";
}

/** `detail` is JSON text in files. */
const asText = (settings: Settings): Settings =>
  Object.fromEntries(
    Object.entries(settings).map(([key, value]) => [
      key,
      key === "detail"
        ? JSON.stringify(value)
        : typeof value === "object" && value !== null && !Array.isArray(value)
          ? asText(value as Settings)
          : value,
    ]),
  );

// Without synthesis, which takes half a second for each.
const isSet = ([path, props]: (typeof badValues)[number]): boolean =>
  path.split(".")[0]! in { ...base, ...props };

test.each(badValues.filter(isSet))("finds the line of %s", (path, props) => {
  const given = { ...base, ...props };
  const text = JSON.stringify(snakeCase(asText(given)), null, 1);
  const message = messageAbout(path, folderWith({ "terraform.tfvars.json": text }));
  const [, line = 0, found = ""] = /^terraform\.tfvars\.json:(\d+): ([\w.]+)/.exec(message) ?? [];
  expect(found).toMatch(new RegExp(`^${snake(path.replace(/:.*/, ""))}`));
  // The line has the setting or, where it is absent, what it belongs to.
  const names = found.split(".").map((name) => `"${name}"`);
  const lines = text.split("\n").slice(Number(line) - 2, Number(line));
  expect(names.some((name) => lines.join().includes(name)) || /existing_/.test(lines.join())).toBe(true);
});

/** The message about a bad value at `path`, from the schema or else as a construct would give it. */
function messageAbout(path: string, folder: string): string {
  try {
    return findSettings(folder, {}).located(`${path} is bad, and containerHealthCheck is given.`);
  } catch (error) {
    return (error as Error).message;
  }
}

test("names the line of the setting, and other settings as the file has them", () => {
  const message = refusal({
    "terraform.tfvars": [
      "services = {",
      '  auth = { image = "nginx:1" }',
      '  "pdf" = {',
      '    image = "nginx:1"',
      '    mount_path = "/tmp"',
      "  }",
      "}",
    ].join("\n"),
  });
  expect(message).toMatch(
    /^terraform\.tfvars:5: services\.pdf\.mount_path and scratch_path have "\/tmp", "\/tmp";/,
  );
});

test("keeps values and keys of the user's own as they are", () => {
  const secrets = (key: string) =>
    `services = { auth = { image = "a", secrets = { ${key} = "logDriver" } } }`;
  expect(refusal({ "terraform.tfvars": secrets("logDriver") })).toContain(
    'terraform.tfvars:1: services.auth.secrets has log_driver = "logDriver"; it takes ARNs',
  );
});

test("names the file of a variable that only the message names", () => {
  expect(
    refusal({ "a.auto.tfvars": 'schedules = { n = { expression = "rate(1 day)", start = ["b"] } }' }),
  ).toMatch(/^a\.auto\.tfvars:1: schedules\.n\.start names "b"/);
  expect(refusal({}, { TF_VAR_log_retention_days: "2" })).toMatch(
    /^TF_VAR_log_retention_days: log_retention_days is 2;/,
  );
  expect(
    refusal({ "terraform.tfvars": '\n\nexisting_network = { vpc_id = "vpc-1", subnet_ids = [] }' }),
  ).toMatch(/^terraform\.tfvars:3: create_network is true and existing_network is given;/);
});

test("names what a method might have added, at synthesis", () => {
  const names =
    'names = { "module.launcher.module.event_rule[\\"nightly\\"].aws_cloudwatch_event_rule.this" = "x" }';
  expect(refusal({ "terraform.tfvars": `# none\n${names}` })).toMatch(
    /^terraform\.tfvars:2: names has "module\.launcher\.module\.event_rule\["nightly"\]/,
  );
});

test("the app prints the message only", () => {
  const root = join(__dirname, "../..");
  const folder = folderWith({ "terraform.tfvars": 'services = { auth = { image = "a", cpu = 300 } }' });
  const run = () =>
    execFileSync(process.execPath, ["--import", require.resolve("tsx"), join(root, "main.ts")], {
      cwd: folder,
      encoding: "utf8",
      stdio: "pipe",
      env: { ...process.env, TSX_TSCONFIG_PATH: join(root, "tsconfig.json"), CDKTF_OUTDIR: folderWith({}) },
    });
  expect(run).toThrow(
    expect.objectContaining({
      status: 1,
      stdout: "",
      stderr: expect.stringMatching(
        /^terraform\.tfvars:1: services\.auth\.cpu is 300; Fargate accepts [\d, ]+\.\n$/,
      ),
    }),
  );
});
