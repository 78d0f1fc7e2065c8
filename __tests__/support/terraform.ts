import { spawnSync } from "node:child_process";
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { terraformEnvironment } from "../../scripts/setup/index.cjs";

export const projectRoot = join(__dirname, "..", "..");

/** An empty folder for one test's Terraform root; it lies in the project so that modules have a relative path. */
export function emptyRoot(name: string): string {
  const folder = join(projectRoot, ".local-aws", "test", name);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  return folder;
}

/** Runs terraform in `folder` and returns what it prints. Throws with its output when it fails. */
export function terraform(
  folder: string,
  args: readonly string[],
  environment: Record<string, string> = {},
): string {
  const setup = terraformEnvironment();
  const run = spawnSync(setup.TERRAFORM_BINARY_NAME, [...args], {
    cwd: folder,
    env: { ...process.env, ...setup, ...environment },
    encoding: "utf8",
    maxBuffer: 1 << 30,
  });
  if (run.status !== 0)
    throw new Error(`terraform ${args.join(" ")} in ${folder}:\n${run.stdout}\n${run.stderr}`);
  return run.stdout;
}

export interface ResourceChange {
  readonly address: string;
  readonly mode: "managed" | "data";
  readonly type: string;
  readonly previous_address?: string;
  readonly change: {
    readonly actions: readonly string[];
    readonly before: Record<string, unknown> | null;
    readonly after: Record<string, unknown> | null;
    readonly after_unknown: Record<string, unknown> | false;
  };
}

/** Plans `folder`, which must be initialized, and returns what would change. */
export function plan(folder: string, environment: Record<string, string>): ResourceChange[] {
  terraform(folder, ["plan", "-input=false", "-out=plan.bin"], environment);
  const shown = JSON.parse(terraform(folder, ["show", "-json", "plan.bin"], environment)) as {
    resource_changes?: ResourceChange[];
  };
  return (shown.resource_changes ?? []).filter((change) => change.mode === "managed");
}
