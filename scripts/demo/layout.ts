import { cpSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Setup } from "../setup/index.cjs";
import { command } from "./command";
import type { DemoOptions } from "./options";
import type { Steps } from "./steps";

export const projectRoot = join(__dirname, "../..");

/** Image of the demo's services; local AWS runs the project's worker for it. */
export const image = "demo/worker:1";

const variables = (region: string): string => `region = "${region}"
name   = "demo"

services = {
  auth = { image = "${image}", port = 8080 }
  pdf  = { image = "${image}", port = 9080 }
}

events = {
  start = { source = ["custom.app"], detail_type = ["Start ECS Task"] }
}
`;

/** What the demo needs of the module's outputs. */
export interface Layout {
  readonly cluster_name: string;
  readonly function_name: string;
  readonly function_arn: string;
  readonly dead_letter_queue_url: string;
}

/**
 * A new folder of the demo. What an earlier demo left, its state for one, is gone: that account no longer exists.
 * It lies as deep as the example, so that the example's relative path to the module holds in a copy.
 */
export function emptyFolder(form: DemoOptions["form"]): string {
  const folder = join(projectRoot, ".local-aws", `demo-${form}`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  return folder;
}

/** Applies the layout with the real Terraform and the real AWS provider. */
export async function applyLayout(
  form: DemoOptions["form"],
  folder: string,
  { terraform, environment }: Setup,
  localEnvironment: Readonly<Record<string, string>>,
  steps: Steps,
): Promise<Layout> {
  const env = { ...withoutAwsAndTerraform(process.env), ...environment, ...localEnvironment };
  writeFileSync(join(folder, "terraform.tfvars"), variables(localEnvironment.AWS_REGION!));

  const root = await steps.run(
    form === "hcl" ? "copy" : "synth",
    form === "hcl"
      ? "The HCL root examples/event-driven-ecs, which calls modules/event-driven-ecs"
      : "main.ts turns terraform.tfvars into Terraform's JSON",
    () => (form === "hcl" ? copyExample(folder) : synthesize(folder, env)),
  );
  const run = (args: readonly string[], onLine?: (line: string) => void) =>
    command(terraform, args, { cwd: root, env, onLine });

  await steps.run("init", "terraform init", () => run(["init", "-input=false", "-no-color"]));
  await steps.run("apply", "terraform apply, with the real AWS provider", () =>
    run(["apply", "-auto-approve", "-input=false", "-json"], progress(steps)),
  );
  const outputs = JSON.parse(await run(["output", "-json"])) as Record<string, { value: unknown }>;
  return Object.fromEntries(
    Object.entries(outputs).map(([name, { value }]) => [name, value]),
  ) as unknown as Layout;
}

async function copyExample(folder: string): Promise<string> {
  const example = join(projectRoot, "examples/event-driven-ecs");
  cpSync(example, folder, {
    recursive: true,
    filter: (path) => !/\/(\.terraform|terraform\.)[^/]*$/.test(path),
  });
  return folder;
}

async function synthesize(folder: string, env: NodeJS.ProcessEnv): Promise<string> {
  const tsx = pathToFileURL(require.resolve("tsx")).href;
  await command(process.execPath, ["--import", tsx, join(projectRoot, "main.ts")], { cwd: folder, env });
  return join(folder, "cdktf.out/stacks/event-driven-ecs");
}

/** The person's own settings are not for an emulated account. */
function withoutAwsAndTerraform(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !/^(AWS|TF|CDKTF)_/.test(name)));
}

const everyMilliseconds = 5_000;

/** Follows the JSON lines of `terraform apply`: https://developer.hashicorp.com/terraform/internals/machine-readable-ui */
function progress(steps: Steps): (line: string) => void {
  const making = new Set<string>();
  let made = 0;
  let planned = 0;
  let told = Date.now();
  return (line) => {
    const { type, changes, hook } = JSON.parse(line) as {
      type: string;
      changes?: { operation: string; add: number };
      hook?: { action: string; resource: { addr: string } };
    };
    if (type === "change_summary" && changes?.operation === "plan") {
      planned = changes.add;
      steps.say(`  the plan: ${planned} resources to add`);
    }
    // Data sources are read, not created.
    if (hook?.action === "create") {
      const { addr } = hook.resource;
      if (type === "apply_start") making.add(addr);
      if (type === "apply_complete" && making.delete(addr)) made++;
    }
    if (planned === 0 || Date.now() - told < everyMilliseconds) return;
    told = Date.now();
    const [first = ""] = making;
    steps.say(
      `  ${made} of ${planned} made${first && `, now ${first}${making.size > 1 ? ` and ${making.size - 1} more` : ""}`}`,
    );
  };
}
