import { execFile } from "node:child_process";
import {
  cpSync,
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
import { moduleNames } from "../../scripts/module-names";
import { projectRoot, terraform } from "../../testing/terraform";

const execute = promisify(execFile);

interface Manifest {
  readonly name: string;
  readonly bin: Record<string, string>;
  readonly exports: Record<string, string | { readonly types: string }>;
  readonly typesVersions: { readonly "*": Record<string, string[]> };
  readonly peerDependencies: Record<string, string>;
}
const manifest = JSON.parse(readFileSync(join(projectRoot, "package.json"), "utf8")) as Manifest;
const name = manifest.name;
/** The subpaths of the package, with their types. */
const subpaths = Object.entries(manifest.exports).flatMap(([path, target]) =>
  path === "." || typeof target === "string" ? [] : [{ path: path.slice(2), types: target.types }],
);
const modules = moduleNames();

/** A folder outside the project, where only installed packages are found. */
const consumer = mkdtempSync(join(tmpdir(), "consumer-"));
const installed = join(consumer, "node_modules", name);

beforeAll(async () => {
  // Builds as well: npm runs `prepare`.
  await execute("npm", ["pack", "--silent", "--pack-destination", consumer], { cwd: projectRoot });
  mkdirSync(installed, { recursive: true });
  const tarball = readdirSync(consumer).find((file) => file.endsWith(".tgz"))!;
  await execute("tar", ["-xzf", join(consumer, tarball), "--strip-components=1", "-C", installed]);
  for (const dependency of [...Object.keys(manifest.peerDependencies), "@types/node"]) {
    const link = join(consumer, "node_modules", dependency);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(join(projectRoot, "node_modules", dependency), link, "dir");
  }
}, 360_000);

afterAll(() => rmSync(consumer, { recursive: true, force: true }));

/** Runs JavaScript as a program of the consumer and returns what it passes to `report`. */
async function asConsumer<T>(script: string): Promise<T> {
  const program = `const report = (value) => process.stdout.write(JSON.stringify(value));\n${script}`;
  const { stdout } = await execute(process.execPath, ["-e", program], { cwd: consumer });
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

  test("contains the modules, also nested ones, with the bundles of the functions", () => {
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

  test("contains nothing else but the built constructs, the command with its setup, and npm's own files", () => {
    const known = [
      /^dist\/(src|handlers)\/[\w/-]+\.(js|d\.ts)$/,
      /^(dist\/cli\.js|scripts\/setup\/[\w-]+\.(cjs|d\.cts)|requirements\.txt)$/,
      /^(package\.json|README\.md|LICENSE)$/,
    ];
    const others = filesIn(installed).filter((file) => !file.startsWith("modules/"));
    expect(others.filter((file) => !known.some((pattern) => pattern.test(file)))).toEqual([]);
  });

  test("contains no files that Terraform or its user left in a module", async () => {
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

describe("a program", () => {
  test("finds every construct under its own subpath", async () => {
    const found = await asConsumer<Record<string, boolean>>(`
      const root = require("${name}");
      const fileOf = (construct) => construct.replace(/\\B[A-Z]/g, "-$&").toLowerCase();
      const constructs = Object.entries(root).filter(([, value]) => value.prototype instanceof root.Twin);
      report(Object.fromEntries(constructs.map(([construct, value]) => {
        const path = ${JSON.stringify(modules)}.find((module) => module.split("/").at(-1) === fileOf(construct));
        return [path, require("${name}/" + path)[construct] === value];
      })));
    `);
    expect(found).toEqual(Object.fromEntries(modules.map((module) => [module, true])));
  });

  test("loads only what one construct needs, of this package and of the provider", async () => {
    const files = await asConsumer<string[]>(`require("${name}/queue"); report(Object.keys(require.cache));`);
    const ours = files.flatMap((file) => /dist\/src\/([\w-]+)\.js$/.exec(file)?.[1] ?? []);
    expect(ours.filter((file) => modules.includes(file)).sort()).toEqual(["dead-letter-queue", "queue"]);
    const providers = files.flatMap((file) => /provider-aws\/lib\/([^/]+)/.exec(file)?.[1] ?? []);
    expect([...new Set(providers)].sort()).toEqual([
      "cloudwatch-metric-alarm",
      "sqs-queue",
      "sqs-queue-policy",
      "sqs-queue-redrive-allow-policy",
    ]);
  });

  test("synthesizes a system, whose functions run the packed bundles", async () => {
    const assets = await asConsumer<string[]>(`
      const { App, TerraformStack } = require("cdktf");
      const { AwsProvider } = require("@cdktf/provider-aws/lib/provider");
      const { EngineStarter } = require("${name}/systems/engine-starter");
      const app = new App({ outdir: "out" });
      const stack = new TerraformStack(app, "stack");
      new AwsProvider(stack, "aws", { region: "us-east-1" });
      new EngineStarter(stack, "engines", {
        name: "engines",
        network: { availabilityZones: ["us-east-1a", "us-east-1b"] },
        services: { auth: { image: "auth:1" } },
        loadBalancer: { protocol: "HTTP" },
      });
      app.synth();
      report(require("node:fs").readdirSync("out/stacks/stack/assets", { recursive: true }));
    `);
    expect(assets.filter((file) => file.endsWith(".zip"))).toHaveLength(2);
  });
});

test("the command runs", async () => {
  const command = join(installed, manifest.bin[name]!);
  const { stdout } = await execute(process.execPath, [command, "local", "--help"], { cwd: consumer });
  expect(stdout).toContain("Usage: cdktf-event-driven-ecs local");
});

describe("types", () => {
  const program = `${subpaths.map(({ path }, index) => `import * as m${index} from "${name}/${path}";`).join("\n")}
import { Queue, type QueueProps } from "${name}/queue";
import { type Service } from "${name}";
export const all = [${subpaths.map((_, index) => `m${index}`).join(", ")}, Queue];
export const queue: QueueProps = { name: "jobs", visibilityTimeoutSeconds: 120 };
// @ts-expect-error: seconds are a number
export const seconds: QueueProps = { name: "jobs", visibilityTimeoutSeconds: "120" };
export const service: Service = { image: "hello:1", allowOverrides: ["command"] };
// @ts-expect-error: no event chooses the cluster
export const cluster: Service = { image: "hello:1", allowOverrides: ["cluster"] };
`;

  test.each([
    ["node16", "node16"],
    ["bundler", "esnext"],
  ])("resolve by subpath with moduleResolution %s", async (moduleResolution, module) => {
    writeFileSync(join(consumer, "program.ts"), program);
    const options = {
      module,
      moduleResolution,
      target: "es2022",
      types: ["node"],
      strict: true,
      noEmit: true,
    };
    const configuration = { compilerOptions: { ...options, skipLibCheck: true }, files: ["program.ts"] };
    writeFileSync(join(consumer, "tsconfig.json"), JSON.stringify(configuration));
    const compiler = join(projectRoot, "node_modules", ".bin", "tsc");
    const compiled = await execute(compiler, ["-p", consumer]).catch(({ stdout }: { stdout: string }) => ({
      stdout,
    }));
    expect(compiled.stdout).toBe("");
  });

  // The compiler of this project no longer knows "node10", which reads typesVersions in place of exports.
  test("are found by older compilers like by newer ones", () => {
    expect(manifest.typesVersions["*"]).toEqual(
      Object.fromEntries(subpaths.map(({ path, types }) => [path, [types]])),
    );
  });
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
