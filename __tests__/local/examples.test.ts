import { execFile } from "node:child_process";
import { cpSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import type { LocalAws } from "../../local";
import { startTestAws } from "../support/local-aws";
import { plan, projectRoot, type ResourceChange, terraform } from "../support/terraform";

/** As deep in the project as an example, so that its relative paths to modules hold in a copy. */
function folderFor(name: string): string {
  const folder = join(projectRoot, ".local-aws", `example-${name}`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  return folder;
}

function hclRoot(example: string): string {
  const folder = folderFor(`${example}-hcl`);
  cpSync(join(projectRoot, "examples", example), folder, {
    recursive: true,
    filter: (path) => !/\/(\.terraform|terraform\.)[^/]*$/.test(path),
  });
  return folder;
}

/** Runs a CDKTF program in a folder of its own and returns the folder of its one stack. */
async function synthesized(program: string, stack: string): Promise<string> {
  const folder = folderFor(program.replaceAll(/\W/g, "-"));
  const tsx = pathToFileURL(require.resolve("tsx")).href;
  const { AWS_REGION: _, ...env } = process.env;
  await promisify(execFile)(process.execPath, ["--import", tsx, join(projectRoot, program)], {
    cwd: folder,
    env: { ...env, CDKTF_OUTDIR: "cdktf.out" },
  });
  return join(folder, "cdktf.out/stacks", stack);
}

let localAws: LocalAws;
beforeAll(async () => {
  localAws = await startTestAws();
}, 120_000);
afterAll(() => localAws?.stop());

async function planned(folder: string): Promise<ResourceChange[]> {
  await terraform(folder, ["init", "-input=false"]);
  await terraform(folder, ["validate"]);
  return plan(folder, localAws.environment);
}

/** How many of each type are created, and nothing else is done. */
function created(changes: readonly ResourceChange[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { type, change } of changes) {
    expect(change.actions).toEqual(["create"]);
    counts[type] = (counts[type] ?? 0) + 1;
  }
  return counts;
}

test("the unified layout: the HCL root, the stack and the app plan the same resources", async () => {
  const [root, stack, app] = await Promise.all([
    planned(hclRoot("event-driven-ecs")),
    synthesized("examples/event-driven-ecs/stack.ts", "event-driven-ecs").then(planned),
    synthesized("main.ts", "event-driven-ecs").then(planned),
  ]);
  expect(created(root).aws_ecs_task_definition).toBe(1);
  expect(created(stack)).toEqual(created(root));
  expect(created(app)).toEqual(created(root));
}, 180_000);

test("one block alone: the module in a root, the construct in a stack", async () => {
  const [root, stack] = await Promise.all([
    planned(hclRoot("one-construct")),
    synthesized("examples/one-construct/stack.ts", "one-construct").then(planned),
  ]);
  expect(created(root).aws_sqs_queue).toBe(2);
  expect(created(stack)).toEqual(created(root));
}, 180_000);
