import { execFile } from "node:child_process";
import { cpSync, readdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import type { LocalAws } from "../../local";
import { startTestAws } from "../support/local-aws";
import { emptyRoot, plan, projectRoot, terraform } from "../support/terraform";

const examples = readdirSync(join(projectRoot, "examples")).sort();

let localAws: LocalAws;

beforeAll(async () => {
  localAws = await startTestAws();
}, 120_000);

afterAll(() => localAws?.stop());

/** The example's HCL root in a place of its own, where the modules lie as they do in the project. */
function copyOfRoot(example: string): string {
  const root = emptyRoot(`examples/${example}-hcl`);
  const copy = join(root, "examples", example);
  cpSync(join(projectRoot, "examples", example), copy, { recursive: true });
  symlinkSync(join(projectRoot, "modules"), join(root, "modules"));
  return copy;
}

/** Runs a CDKTF program as `cdktf synth` would, in an empty folder, and returns the stack's folder. */
async function synthesized(name: string, program: string, stack: string): Promise<string> {
  const cwd = emptyRoot(`examples/${name}`);
  await promisify(execFile)(process.execPath, ["--import", "tsx", join(projectRoot, program)], { cwd });
  return join(cwd, "cdktf.out", "stacks", stack);
}

/** How many resources of each type Terraform, with the real provider, would create. */
async function planned(root: string): Promise<Record<string, number>> {
  await terraform(root, ["init", "-input=false"]);
  await terraform(root, ["validate"]);
  const types: Record<string, number> = {};
  for (const { type, change } of await plan(root, localAws.environment)) {
    expect(change.actions).toEqual(["create"]);
    types[type] = (types[type] ?? 0) + 1;
  }
  return types;
}

const makes: Record<string, Record<string, number>> = {
  "event-driven-ecs": {
    aws_vpc: 1,
    aws_subnet: 4,
    aws_ecs_cluster: 1,
    aws_ecs_task_definition: 1,
    aws_lambda_function: 1,
    aws_cloudwatch_event_rule: 1,
    aws_sqs_queue: 2,
  },
  "one-construct": { aws_sqs_queue: 2, aws_sqs_queue_redrive_allow_policy: 1 },
};

test.each(examples)(
  "%s: its HCL root and its stack plan the same",
  async (example) => {
    const [root, stack] = await Promise.all([
      planned(copyOfRoot(example)),
      synthesized(`${example}-stack`, `examples/${example}/stack.ts`, example).then(planned),
    ]);
    expect(root).toMatchObject(makes[example]!);
    expect(stack).toEqual(root);
    // The third form of the unified layout, without settings: the app.
    if (example === "event-driven-ecs") {
      expect(await planned(await synthesized("app", "main.ts", example))).toEqual(root);
    }
  },
  180_000,
);
