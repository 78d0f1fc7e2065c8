import { cpSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Setup } from "../setup/index.cjs";
import { command } from "./command";
import type { DemoOptions } from "./options";
import { Progress } from "./progress";
import type { Steps } from "./steps";

export const projectRoot = join(__dirname, "../..");

/** Image of the demo's services; local AWS runs the project's worker for it. */
export const image = "demo/worker:1";

const service = (path: string, port: number): string => `{
    image        = "${image}"
    environment  = { JOB = "engine" }
    port         = ${port}
    path         = "${path}"
    health_check = { path = "/health", interval_seconds = 5, timeout_seconds = 2 }

    deregistration_delay_seconds = 2
  }`;

const variables = (region: string): string => `region = "${region}"
name   = "demo"

services = {
  auth = ${service("/api/auth/*", 8080)}
  pdf = ${service("/api/pdf/*", 9080)}
  report = {
    image       = "${image}"
    environment = { JOB = "report" }
    on_failure  = { action = "dead_letter" }
  }
}

events      = { start = { source = ["custom.app"], detail_type = ["Start ECS Task"] } }
stop_events = { stop = { source = ["custom.app"] } }

load_balancer = { protocol = "HTTP", ingress = { world = "0.0.0.0/0" } }
`;

/** What the demo needs of the module's outputs. */
export interface Layout {
  readonly cluster_name: string;
  readonly function_name: string;
  readonly function_arn: string;
  readonly dead_letter_queue_url: string;
  readonly load_balancer_dns_name: string;
  readonly routes: Readonly<Record<string, { readonly target_group_arn: string | null }>>;
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

/** Applies the layout with the real Terraform or OpenTofu and the real AWS provider. */
export async function applyLayout(
  form: DemoOptions["form"],
  folder: string,
  { terraform, terraformVersion, environment }: Setup,
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
  const binary = basename(terraform);
  const run = (args: readonly string[], onLine?: (line: string) => void) =>
    command(terraform, args, { cwd: root, env, onLine });

  await steps.run("init", `${binary} init (${terraformVersion})`, () =>
    run(["init", "-input=false", "-no-color"]),
  );
  await steps.run("apply", `${binary} apply, with the real AWS provider`, async () => {
    const progress = new Progress(steps);
    try {
      // The provider mostly waits, so it may do more at once than by default.
      await run(["apply", "-auto-approve", "-parallelism=40", "-input=false", "-json"], (line) =>
        progress.read(line),
      );
    } catch (error) {
      throw progress.problems.length > 0 ? new Error(progress.problems.join("\n\n")) : error;
    }
  });
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
