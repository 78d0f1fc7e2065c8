import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type App, Testing } from "cdktf";
import { appStacks } from "../../src/app/app-stacks";
import { findSettings } from "../../src/app/settings";
import { badValues, image, network, type Settings } from "../../testing/bad-layout-values";
import { snakeCase } from "../../testing/snake-case";
import { folderWith } from "./folder";

const base = { name: "engines", network, services: { auth: { image } } };

const snake = (text: string): string => text.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** What the app says about the settings in these files. */
function refusal(files: Readonly<Record<string, string>>, environment = {}): string {
  try {
    appStacks(Testing.app() as App, folderWith(files), environment);
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

describe("policy_runner", () => {
  const runner = (more = "") => `
policy_runner = {
  image           = "ghcr.io/acme/custodian-worker:1"
  policies_folder = "policies"
  mappings_file   = "mappings.json"
  sources         = { hub = { preset = "security_hub" } }
  ${more}
}`;
  const files = {
    "policies/report.yml": "policies:\n  - name: report\n    resource: aws.s3\n",
    "mappings.json": '{ "version": "2.0", "mappings": [] }',
  };
  const stacksOf = (given: Readonly<Record<string, string>>) =>
    appStacks(Testing.app() as App, folderWith({ ...files, ...given }), {}).map(({ node }) => node.id);

  test("alone makes one stack, with the files of its folder", () => {
    const folder = folderWith({ ...files, "terraform.tfvars": runner('name = "custodian"') });
    const [stack, ...others] = appStacks(Testing.app() as App, folder, { AWS_REGION: "eu-west-1" });
    expect(others).toEqual([]);
    const { resource, output, provider } = JSON.parse(Testing.synth(stack!));
    expect(provider.aws).toEqual([{ region: "eu-west-1" }]);
    expect(Object.values(resource.aws_s3_object).map((object) => (object as { key: string }).key)).toEqual(
      expect.arrayContaining(["policies/report.yml", "config/policy-mappings.json"]),
    );
    const outputs = readFileSync(join(__dirname, "../../modules/systems/policy-runner/outputs.tf"), "utf8");
    const names = [...outputs.matchAll(/^output "(\w+)"/gm)].map(([, name]) => name);
    const absent = ["output_bucket_name", "repository_url", "run_queue_url", "worker_service_name"];
    expect(Object.keys(output).sort()).toEqual(names.filter((name) => !absent.includes(name!)).sort());
  });

  test("beside services makes a second stack", () => {
    const services = 'services = { auth = { image = "a" } }';
    expect(stacksOf({ "terraform.tfvars": `${services}${runner()}` })).toEqual([
      "event-driven-ecs",
      "policy-runner",
    ]);
    expect(stacksOf({ "terraform.tfvars": services })).toEqual(["event-driven-ecs"]);
    const backend = { "prod.s3.tfbackend": 'bucket = "states"\nkey = "one"' };
    expect(refusal({ ...files, ...backend, "terraform.tfvars": `${services}${runner()}` })).toBe(
      "prod.s3.tfbackend configures the state of one stack, and services and policy_runner make 2; put policy_runner into a folder of its own, with a file of its own",
    );
    expect(stacksOf({ ...backend, "terraform.tfvars": runner() })).toEqual(["policy-runner"]);
  });

  test.each([
    [
      'sources = { hub = { preset = "config", minimum_severity = "HIGH" } }',
      /^terraform\.tfvars:2: policy_runner\.sources\.hub\.minimum_severity is "HIGH" with preset "config"/,
    ],
    [
      'policies = { all = "{\\"Statement\\":{\\"Effect\\":\\"Allow\\",\\"Action\\":\\"*\\"}}" }',
      /^terraform\.tfvars:2: policy_runner\.policies has "all", which allows all actions/,
    ],
    [
      'default_policy = "policies/x.yml"',
      /^terraform\.tfvars:2: policy_runner\.default_policy is "policies\/x/,
    ],
    [
      'permissions = ["lambda"]',
      /^terraform\.tfvars:2: policy_runner\.permissions\.0 is "lambda"; allowed: "ec2"/,
    ],
    ["enable = true", /^terraform\.tfvars:2: policy_runner\.enable is not known; did you mean "enabled"/],
  ])("names the line of %s", (setting, message) => {
    const [first, ...rest] = runner().split("\n").slice(1);
    const withoutSources = rest.filter(
      (line) => !setting.startsWith("sources") || !line.includes("sources "),
    );
    const text = [first, setting, ...withoutSources].join("\n");
    expect(refusal({ ...files, "terraform.tfvars": text })).toMatch(message);
  });

  test("names the file of policies that are not there", () => {
    expect(refusal({ "terraform.tfvars": runner() })).toMatch(
      /^terraform\.tfvars:4: policy_runner\.policies_folder is ".*policies", which has no file/,
    );
  });
});

describe("data_scanner", () => {
  const image = 'image = "scanner:1"';
  const scanner = (more = "") => `data_scanner = {\n  ${image}\n  ${more}\n}`;
  const stacksOf = (text: string) =>
    appStacks(Testing.app() as App, folderWith({ "terraform.tfvars": text }), {}).map(({ node }) => node.id);

  test("alone makes one stack, with every output of the module that is set", () => {
    const folder = folderWith({ "terraform.tfvars": scanner() });
    const [stack, ...others] = appStacks(Testing.app() as App, folder, { AWS_REGION: "eu-west-1" });
    expect(others).toEqual([]);
    const { output, provider } = JSON.parse(Testing.synth(stack!));
    expect(provider.aws).toEqual([{ region: "eu-west-1" }]);
    const outputs = readFileSync(join(__dirname, "../../modules/systems/data-scanner/outputs.tf"), "utf8");
    const names = [...outputs.matchAll(/^output "(\w+)"/gm)].map(([, name]) => name!);
    const absent = [
      "api_domain_target_name",
      "api_domain_target_zone_id",
      "bastion_instance_id",
      "repository_url",
    ];
    expect(Object.keys(output).sort()).toEqual(names.filter((name) => !absent.includes(name)).sort());
  });

  test("beside services and a policy runner makes a further stack", () => {
    const services = 'services = { auth = { image = "a" } }\n';
    expect(stacksOf(`${services}${scanner()}`)).toEqual(["event-driven-ecs", "data-scanner"]);
    const backend = { "prod.s3.tfbackend": 'bucket = "states"\nkey = "one"' };
    expect(refusal({ ...backend, "terraform.tfvars": `${services}${scanner()}` })).toBe(
      "prod.s3.tfbackend configures the state of one stack, and services and data_scanner make 2; put data_scanner into a folder of its own, with a file of its own",
    );
  });

  test.each([
    ["workers = { max = 0 }", /^terraform\.tfvars:3: data_scanner\.workers\.max is 0; ECS takes/],
    [
      'database = { instance_class = "t3" }',
      /^terraform\.tfvars:3: data_scanner\.database\.instance_class is "t3"/,
    ],
    ["create_data_bucket = false", /^terraform\.tfvars:3: data_scanner\.scan_bucket_names is empty/],
    ['environment = "Dev"', /^terraform\.tfvars:3: data_scanner\.environment is "Dev"/],
    [
      "data_buckets = {}",
      /^terraform\.tfvars:3: data_scanner\.data_buckets is not known; did you mean "data_bucket"/,
    ],
  ])("names the line of %s", (setting, message) => {
    expect(refusal({ "terraform.tfvars": scanner(setting) })).toMatch(message);
  });
});

describe("bottle_sync", () => {
  const sync = (more = "") => `bottle_sync = {\n  image = "worker:1"\n  ${more}\n}`;

  test("alone makes one stack, with every output of the module that is set", () => {
    const folder = folderWith({ "terraform.tfvars": sync() });
    const [stack, ...others] = appStacks(Testing.app() as App, folder, { AWS_REGION: "eu-west-1" });
    expect(others).toEqual([]);
    const { output, provider } = JSON.parse(Testing.synth(stack!));
    expect(provider.aws).toEqual([{ region: "eu-west-1" }]);
    const outputs = readFileSync(join(__dirname, "../../modules/systems/bottle-sync/outputs.tf"), "utf8");
    const names = [...outputs.matchAll(/^output "(\w+)"/gm)].map(([, name]) => name!);
    const absent = ["file_system_id", "repository_url"];
    expect(Object.keys(output).sort()).toEqual(names.filter((name) => !absent.includes(name)).sort());
  });

  test("beside services makes a further stack", () => {
    const stacks = appStacks(
      Testing.app() as App,
      folderWith({ "terraform.tfvars": `services = { auth = { image = "a" } }\n${sync()}` }),
      {},
    );
    expect(stacks.map(({ node }) => node.id)).toEqual(["event-driven-ecs", "bottle-sync"]);
  });

  test.each([
    ['platforms = ["arm64-tahoe"]', /^terraform\.tfvars:3: bottle_sync\.platforms is "arm64-tahoe"/],
    ["retention_days = 0", /^terraform\.tfvars:3: bottle_sync\.retention_days is 0; it takes/],
    ["create_mirror_bucket = false", /^terraform\.tfvars:3: bottle_sync\.create_mirror_bucket is false/],
    [
      "mirror_buckets = {}",
      /^terraform\.tfvars:3: bottle_sync\.mirror_buckets is not known; did you mean "mirror_bucket"/,
    ],
  ])("names the line of %s", (setting, message) => {
    expect(refusal({ "terraform.tfvars": sync(setting) })).toMatch(message);
  });
});
