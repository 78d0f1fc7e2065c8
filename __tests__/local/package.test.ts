import { execFile } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { build } from "esbuild";
import type { LocalAws } from "../../local";
import { moduleNames } from "../../scripts/module-names";
import { startTestAws, withSharedProvider } from "../../testing/local-aws";
import { plan, projectRoot, terraform } from "../../testing/terraform";

const execute = promisify(execFile);

const { name, bin } = JSON.parse(readFileSync(join(projectRoot, "package.json"), "utf8")) as {
  readonly name: string;
  readonly bin: Record<string, string>;
};
const modules = moduleNames();

/** The libraries on which the constructs work, and where the package has them. */
const libraries = { cdktf: name, cdktn: `${name}/cdktn` };
type Library = keyof typeof libraries;
const everyLibrary = Object.keys(libraries) as Library[];
const peersOf = (library: Library): string[] => [library, `@${library}/provider-aws`, "constructs"];

/** Outside the project, where nothing but what a user has installed can be found. */
const outside = mkdtempSync(join(tmpdir(), "consumer-"));
const consumerOf = (library: Library): string => join(outside, library);
const consumer = consumerOf("cdktf");
const installed = join(consumer, "node_modules", name);

/** Puts the packed package into a project that has these packages besides. */
const install = (project: string, peers: readonly string[]): void => {
  cpSync(join(outside, "package"), join(project, "node_modules", name), { recursive: true });
  for (const dependency of new Set(peers)) {
    const link = join(project, "node_modules", dependency);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(join(projectRoot, "node_modules", dependency), link, "dir");
  }
};

beforeAll(async () => {
  // Builds as well: npm runs `prepare`.
  await execute("npm", ["pack", "--silent", "--pack-destination", outside], { cwd: projectRoot });
  const tarball = readdirSync(outside).find((file) => file.endsWith(".tgz"))!;
  await execute("tar", ["-xzf", join(outside, tarball), "-C", outside]);
  for (const library of everyLibrary) install(consumerOf(library), [...peersOf(library), "@types/node"]);
}, 360_000);

afterAll(() => rmSync(outside, { recursive: true, force: true }));

/** Runs JavaScript in a user's project and returns what it passes to `report`. */
async function runIn<T>(project: string, script: string, ...options: string[]): Promise<T> {
  const program = `const report = (value) => process.stdout.write(JSON.stringify(value));\n${script}`;
  const { stdout } = await execute(process.execPath, [...options, "-e", program], { cwd: project });
  return JSON.parse(stdout) as T;
}

describe("the tarball", () => {
  const filesIn = (folder: string): string[] =>
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
      .sort();

  const expectedOf = (module: string): string[] =>
    readdirSync(join(projectRoot, "modules", module))
      .filter((file) => /^[\w-]+\.(tf|zip|md)$/.test(file))
      .map((file) => `${module}/${file}`);

  test("holds the modules, those within folders too, with the bundles of the functions", () => {
    const files = filesIn(join(installed, "modules"));
    expect(files).toEqual(modules.flatMap(expectedOf).sort());
    expect(files).toEqual(
      expect.arrayContaining([
        "launcher/start-task.zip",
        "queue/main.tf",
        "registrar/register-targets.zip",
        "systems/engine-starter/main.tf",
      ]),
    );
  });

  test("holds nothing else but the built constructs, the command with its set-up, and what npm always adds", () => {
    const known = [
      /^dist\/(src|cdktn|handlers|scan-database)\/[\w/-]+\.(js|d\.ts)$/,
      /^(dist\/(cli\.js|THIRD-PARTY-LICENSES\.txt)|scripts\/setup\/[\w-]+\.(cjs|d\.cts)|requirements\.txt)$/,
      /^(package\.json|README\.md|LICENSE|handlers\/(run-policy\/mappings\/policy-mappings\.schema|jobs\/openapi)\.json)$/,
    ];
    const others = filesIn(installed).filter((file) => !file.startsWith("modules/"));
    expect(others.filter((file) => !known.some((pattern) => pattern.test(file)))).toEqual([]);
    const licenses = readFileSync(join(installed, "dist/THIRD-PARTY-LICENSES.txt"), "utf8");
    for (const name of ["commander", "asl-validator", "valibot"]) expect(licenses).toContain(`\n${name} `);
  });

  test("holds nothing that Terraform or its user left in a module", async () => {
    const copy = join(consumer, "copy");
    cpSync(join(projectRoot, "package.json"), join(copy, "package.json"));
    const left = [
      ".terraform/modules/x/main.tf",
      ".terraform.lock.hcl",
      "terraform.tfstate",
      "terraform.tfvars",
    ];
    for (const file of ["main.tf", "tests/queue.tftest.hcl", ...left]) {
      const path = join(copy, "modules/queue", file);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, "");
    }
    const dryRun = ["pack", "--dry-run", "--json", "--ignore-scripts"];
    const { stdout } = await execute("npm", dryRun, { cwd: copy });
    const [packed] = JSON.parse(stdout) as [{ files: { path: string }[] }];
    expect(packed.files.map(({ path }) => path).sort()).toEqual(["modules/queue/main.tf", "package.json"]);
  });
});

describe("the checkers of packages", () => {
  const command = (name: string) => join(projectRoot, "node_modules", ".bin", name);
  const tarball = () => join(outside, readdirSync(outside).find((file) => file.endsWith(".tgz"))!);

  test("publint finds nothing to change", async () => {
    const { stdout } = await execute(command("publint"), ["run", tarball(), "--strict"]);
    expect(stdout).toContain("All good!");
  }, 180_000);

  test("every entry has its types for each way to resolve modules", async () => {
    const entries = ["", ...modules, "policy", "twin"].flatMap((path) => [path || ".", join("cdktn", path)]);
    const args = [tarball(), "--format", "json", "--entrypoints", ...entries];
    const { stdout } = await execute(command("attw"), args, { maxBuffer: 1 << 28 });
    const { analysis } = JSON.parse(stdout) as { analysis: { problems: object[]; entrypoints: object } };
    expect(Object.keys(analysis.entrypoints)).toHaveLength(entries.length);
    expect(analysis.problems).toEqual([]);
  }, 180_000);
});

describe.each(everyLibrary)("a program on %s", (library) => {
  const us = libraries[library];
  const asConsumer = <T>(script: string): Promise<T> => runIn(consumerOf(library), script);

  test("finds every construct under its own subpath", async () => {
    const found = await asConsumer<Record<string, boolean>>(`
      const root = require("${us}");
      const fileOf = (construct) => construct.replace(/\\B[A-Z]/g, "-$&").toLowerCase();
      const constructs = Object.entries(root).filter(([, value]) => value.prototype instanceof root.Twin);
      report(Object.fromEntries(constructs.map(([construct, value]) => {
        const path = ${JSON.stringify(modules)}.find((module) => module.split("/").at(-1) === fileOf(construct));
        return [path, require("${us}/" + path)[construct] === value];
      })));
    `);
    expect(found).toEqual(Object.fromEntries(modules.map((module) => [module, true])));
  });

  test("finds them from an ES module as well", async () => {
    const script = `
      import { Queue, Twin } from "${us}";
      import { Queue as ofSubpath } from "${us}/queue";
      import { Twin as twinOfSubpath } from "${us}/twin";
      process.stdout.write(JSON.stringify([Queue === ofSubpath, Twin === twinOfSubpath]));
    `;
    const run = execute(process.execPath, ["--input-type=module", "-e", script], {
      cwd: consumerOf(library),
    });
    expect(JSON.parse((await run).stdout)).toEqual([true, true]);
  });

  test("that takes one construct loads what this one needs, of us and of the provider", async () => {
    const files = await asConsumer<string[]>(`require("${us}/queue"); report(Object.keys(require.cache));`);
    const ours = files.flatMap((file) => /dist\/(?:src|cdktn)\/([\w-]+)\/index\.js$/.exec(file)?.[1] ?? []);
    expect(ours.sort()).toEqual(["dead-letter-queue", "queue"]);
    const providers = files.flatMap((file) => /provider-aws\/lib\/([^/]+)/.exec(file)?.[1] ?? []);
    expect([...new Set(providers)].sort()).toEqual([
      "cloudwatch-metric-alarm",
      "sqs-queue",
      "sqs-queue-policy",
      "sqs-queue-redrive-allow-policy",
    ]);
  });
});

test.each(everyLibrary)(
  "a bundle with a construct of %s needs nothing installed beside it",
  async (library) => {
    const outfile = join(outside, `bundled-${library}`, "main.js");
    await build({
      stdin: {
        contents: `process.stdout.write(typeof require("${libraries[library]}/queue").Queue);`,
        resolveDir: consumerOf(library),
      },
      bundle: true,
      platform: "node",
      outfile,
    });
    expect((await execute(process.execPath, [outfile])).stdout).toBe("function");
  },
  60_000,
);

/** Synthesizes a stack of the user's, whose `fill` is a piece of JavaScript, and returns its folder. */
async function synthesizeIn(library: Library, outdir: string, state: string, fill: string): Promise<string> {
  const project = consumerOf(library);
  await runIn(
    project,
    `
      const { App, LocalBackend, TerraformStack } = require("${library}");
      const { AwsProvider } = require("@${library}/provider-aws/lib/provider");
      const us = require("${libraries[library]}");
      const app = new App({ outdir: "${outdir}" });
      const stack = new TerraformStack(app, "stack");
      new LocalBackend(stack, { path: ${JSON.stringify(state)} });
      new AwsProvider(stack, "aws", { region: "us-east-1" });
      stack.addOverride("terraform.required_providers.aws", { source: "hashicorp/aws", version: ">= 5.100, < 7.0" });
      ${fill}
      app.synth();
      report(null);
    `,
  );
  return join(project, outdir, "stacks/stack");
}

describe("a project on cdktf and one on cdktn", () => {
  let localAws: LocalAws;
  beforeAll(async () => {
    localAws = await withSharedProvider(await startTestAws(), outside);
  }, 180_000);
  afterAll(() => localAws?.stop());

  test("synthesize and plan the same unified layout, whose functions run the packed bundles", async () => {
    const layout = `
      new us.EventDrivenEcs(stack, "engines", {
        name: "engines",
        network: { availabilityZones: ["us-east-1a", "us-east-1b"] },
        services: { auth: { image: "auth:1", port: 8080, path: "/api/auth/*" } },
        loadBalancer: { protocol: "HTTP" },
        events: { start: { source: ["custom.app"], detailType: ["Start ECS Task"] } },
      });
    `;
    const plans = everyLibrary.map(async (library) => {
      const folder = await synthesizeIn(library, "layout", "terraform.tfstate", layout);
      const assets = readdirSync(join(folder, "assets"), { recursive: true, encoding: "utf8" });
      expect(assets.filter((file) => file.endsWith(".zip"))).toHaveLength(2);
      await terraform(folder, ["init", "-input=false"]);
      return plan(folder, localAws.environment);
    });
    const [onCdktf, onCdktn] = await Promise.all(plans);
    expect(onCdktf!.length).toBeGreaterThan(50);
    expect(onCdktn).toEqual(onCdktf);
  }, 600_000);

  test("share a state: what cdktf has applied, cdktn plans without a change", async () => {
    const state = join(outside, "terraform.tfstate");
    const stack = `
      new us.Cluster(stack, "cluster", { name: "engines" });
      new us.Network(stack, "network", { name: "engines", availabilityZones: ["us-east-1a", "us-east-1b"] });
    `;
    const { environment } = localAws;
    const onCdktf = await synthesizeIn("cdktf", "shared", state, stack);
    await terraform(onCdktf, ["init", "-input=false"]);
    await terraform(onCdktf, ["apply", "-auto-approve", "-input=false"], environment);
    const onCdktn = await synthesizeIn("cdktn", "shared", state, stack);
    await terraform(onCdktn, ["init", "-input=false"]);
    const changes = await plan(onCdktn, environment);
    expect(changes.length).toBeGreaterThan(10);
    expect(changes.flatMap(({ change }) => change.actions)).toEqual(changes.map(() => "no-op"));
  }, 600_000);
});

describe("a wrong project", () => {
  const failureOf = async (script: string, project: string): Promise<string> =>
    runIn(project, script).then(
      () => "",
      ({ stderr }: { stderr: string }) => stderr,
    );

  test.each(everyLibrary)("without the provider package of %s is told what to install", async (library) => {
    const project = join(outside, `bare-${library}`);
    install(project, [library, "constructs"]);
    expect(await failureOf(`require("${libraries[library]}/queue")`, project)).toContain(
      `${name} needs @${library}/provider-aws: npm install @${library}/provider-aws.`,
    );
  });

  test.each([
    ["cdktf", "cdktn", `Import it from "${name}/cdktn/…", not from "${name}/…"`],
    ["cdktn", "cdktf", `Import it from "${name}/…", not from "${name}/cdktn/…"`],
  ] as const)(
    "with a construct of %s in an app of %s is told which import is wrong",
    async (of, app, advice) => {
      const project = join(outside, "both");
      if (!existsSync(project)) install(project, everyLibrary.flatMap(peersOf));
      const failure = await failureOf(
        `
        const { App, TerraformStack } = require("${app}");
        const { Queue } = require("${libraries[of]}/queue");
        new Queue(new TerraformStack(new App({ outdir: "out" }), "stack"), "jobs", { name: "jobs" });
      `,
        project,
      );
      expect(failure).toContain(`The app is made with ${app} 0.2`);
      expect(failure).toContain(advice);
    },
  );
});

test("the command runs", async () => {
  const command = join(installed, bin[name]!);
  const { stdout } = await execute(process.execPath, [command, "local", "--help"], { cwd: consumer });
  expect(stdout).toContain("Usage: cdktf-event-driven-ecs local");
});

describe.each(everyLibrary)("types on %s", (library) => {
  const us = libraries[library];
  const subpaths = [...modules, "policy", "twin"];
  const program = `${subpaths.map((path, index) => `import * as m${index} from "${us}/${path}";`).join("\n")}
import { App, TerraformStack } from "${library}";
import { Queue, type QueueProps } from "${us}/queue";
import { type Service } from "${us}";
export const all = [${subpaths.map((_, index) => `m${index}`).join(", ")}, Queue];
export const queue: QueueProps = { name: "jobs", visibilityTimeoutSeconds: 120 };
export const url: string = new Queue(new TerraformStack(new App(), "stack"), "jobs", queue).queueUrl;
// @ts-expect-error: seconds are a number
export const seconds: QueueProps = { name: "jobs", visibilityTimeoutSeconds: "120" };
export const service: Service = { image: "hello:1", allowOverrides: ["command"] };
// @ts-expect-error: no event chooses the cluster
export const cluster: Service = { image: "hello:1", allowOverrides: ["cluster"] };
`;

  test.each([
    ["node16", "node16", "program.cts"],
    ["node16", "node16", "program.mts"],
    ["bundler", "esnext", "program.ts"],
  ])(
    "resolve by subpath with moduleResolution %s, module %s, in %s",
    async (moduleResolution, module, file) => {
      const project = consumerOf(library);
      writeFileSync(join(project, file), program);
      const options = {
        module,
        moduleResolution,
        target: "es2022",
        types: ["node"],
        strict: true,
        noEmit: true,
      };
      const configuration = { compilerOptions: { ...options, skipLibCheck: true }, files: [file] };
      writeFileSync(join(project, "tsconfig.json"), JSON.stringify(configuration));
      const compiler = join(projectRoot, "node_modules", ".bin", "tsc");
      const compiled = await execute(compiler, ["-p", project]).catch(({ stdout }: { stdout: string }) => ({
        stdout,
      }));
      expect(compiled.stdout).toBe("");
    },
  );
});

test("a Terraform root finds the modules in node_modules", async () => {
  const source = (module: string) => JSON.stringify(`./node_modules/${name}/modules/${module}`);
  writeFileSync(
    join(consumer, "main.tf"),
    `
      module "jobs" {
        source = ${source("queue")}
        name   = "jobs"
      }
      module "engines" {
        source   = ${source("systems/engine-starter")}
        name     = "engines"
        network  = { availability_zones = ["us-east-1a", "us-east-1b"] }
        services = { auth = { image = "auth:1" } }
      }
    `,
  );
  await terraform(consumer, ["init", "-input=false"]);
  expect(JSON.parse(await terraform(consumer, ["validate", "-json"]))).toMatchObject({
    valid: true,
    warning_count: 0,
  });
}, 180_000);
