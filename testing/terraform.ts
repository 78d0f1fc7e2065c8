import { execFile } from "node:child_process";
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { terraformEnvironment } from "../scripts/setup/index.cjs";

export const projectRoot = join(__dirname, "..");

/** An empty folder for one test's Terraform root; it lies in the project so that modules have a relative path. */
export function emptyRoot(name: string): string {
  const folder = join(projectRoot, ".local-aws", "test", name);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  return folder;
}

const execute = promisify(execFile);

/** The provider mostly waits, so it may do more at once than Terraform's default of 10. */
const moreAtOnce = { TF_CLI_ARGS_apply: "-parallelism=40", TF_CLI_ARGS_destroy: "-parallelism=40" };

/** Terraform is a Go program, and a fifth of its time is garbage collection: memory is cheaper here. */
export const fewerCollections = { GOGC: "400", GOMEMLIMIT: "2GiB" };

/**
 * Runs Terraform, or what TERRAFORM_BINARY_NAME names, in `folder` and returns what it prints. Rejects with its output
 * when it fails. Not synchronous: the local AWS that it talks to may live in this very process.
 */
export async function terraform(
  folder: string,
  args: readonly string[],
  environment: Record<string, string> = {},
): Promise<string> {
  const setup = terraformEnvironment();
  const env = { ...process.env, ...setup, ...fewerCollections, ...moreAtOnce, ...environment };
  try {
    const run = await execute(env.TERRAFORM_BINARY_NAME, [...args], {
      cwd: folder,
      env,
      maxBuffer: 1 << 30,
    });
    return run.stdout;
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string };
    throw new Error(`${env.TERRAFORM_BINARY_NAME} ${args.join(" ")} in ${folder}:\n${stdout}\n${stderr}`);
  }
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
export async function plan(
  folder: string,
  environment: Record<string, string>,
  ...options: readonly string[]
): Promise<ResourceChange[]> {
  await terraform(folder, ["plan", "-input=false", "-no-color", "-out=plan.bin", ...options], environment);
  const shown = await terraform(folder, ["show", "-json", "plan.bin"], environment);
  const { resource_changes = [] } = JSON.parse(shown) as { resource_changes?: ResourceChange[] };
  return resource_changes.filter((change) => change.mode === "managed");
}
