import { execFile } from "node:child_process";
import { cpSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { emptyRoot, projectRoot } from "./terraform";

/** Copies the example's HCL root beside the modules, without files that a user's terraform left in it. */
export function exampleRoot(example: string): string {
  const root = emptyRoot(`examples/${example}-hcl`);
  const copy = join(root, "examples", example);
  cpSync(join(projectRoot, "examples", example), copy, {
    recursive: true,
    filter: (path) => !/\/(\.terraform|terraform\.)[^/]*$/.test(path),
  });
  symlinkSync(join(projectRoot, "modules"), join(root, "modules"));
  return copy;
}

/** Runs a CDKTF program as `cdktf synth` would, in an empty folder, and returns the folder of its stack. */
export async function synthesized(program: string, stack: string): Promise<string> {
  const cwd = emptyRoot(`examples/${program.replaceAll(/\W/g, "-")}`);
  const tsx = pathToFileURL(require.resolve("tsx")).href;
  const { AWS_REGION: _, ...env } = process.env;
  await promisify(execFile)(process.execPath, ["--import", tsx, join(projectRoot, program)], {
    cwd,
    env: { ...env, CDKTF_OUTDIR: "cdktf.out" },
  });
  return join(cwd, "cdktf.out", "stacks", stack);
}

/** The example's CDKTF stack, synthesized. */
export const exampleStack = (example: string): Promise<string> =>
  synthesized(`examples/${example}/stack.ts`, example);
