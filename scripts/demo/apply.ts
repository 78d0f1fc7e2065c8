import { cpSync, mkdirSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Setup } from "../setup/index.cjs";
import { command } from "./command";
import type { Demo, Form } from "./demo";
import { Progress } from "./progress";
import type { Steps } from "./steps";

export const projectRoot = join(__dirname, "../..");

/**
 * A new folder of a demo. What an earlier demo left, its state for one, is gone: that account no longer exists.
 * It lies as deep as the example, so that the example's relative path to the module holds in a copy.
 */
export function emptyFolder({ name }: Pick<Demo<never>, "name">, form: Form): string {
  const folder = join(projectRoot, ".local-aws", `demo-${name}-${form}`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  return folder;
}

/** Applies the stack of a demo with the real Terraform or OpenTofu and the real AWS provider. Returns its outputs. */
export async function applyStack<Outputs>(
  demo: Demo<Outputs>,
  form: Form,
  folder: string,
  { terraform, terraformVersion, environment }: Setup,
  localEnvironment: Readonly<Record<string, string>>,
  steps: Steps,
): Promise<Outputs> {
  const env = { ...withoutAwsAndTerraform(process.env), ...environment, ...localEnvironment };
  const { example, stack } = demo;

  const root = await steps.run(
    form === "hcl" ? "copy" : "synth",
    form === "hcl"
      ? `The HCL root examples/${example}`
      : "main.ts turns terraform.tfvars into Terraform's JSON",
    async () => {
      if (form === "hcl") copyExample(example, folder);
      demo.writeSettings(folder, form);
      return form === "hcl" ? folder : synthesize(stack, folder, env);
    },
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
  ) as unknown as Outputs;
}

function copyExample(example: string, folder: string): void {
  cpSync(join(projectRoot, "examples", example), folder, {
    recursive: true,
    filter: (path) => !/\/(\.terraform|terraform\.)[^/]*$/.test(path),
  });
}

async function synthesize(stack: string, folder: string, env: NodeJS.ProcessEnv): Promise<string> {
  const tsx = pathToFileURL(require.resolve("tsx")).href;
  await command(process.execPath, ["--import", tsx, join(projectRoot, "main.ts")], { cwd: folder, env });
  return join(folder, "cdktf.out/stacks", stack);
}

/** The person's own settings are not for an emulated account. */
function withoutAwsAndTerraform(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !/^(AWS|TF|CDKTF)_/.test(name)));
}
