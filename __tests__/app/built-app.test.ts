import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { bundleProgram } from "../../scripts/bundle/program";
import { folderWith } from "./folder";

const root = join(__dirname, "../..");
const settings = { "terraform.tfvars": 'services = { auth = { image = "auth:1", port = 8080 } }' };

test.each([
  ["cdktf", "tsconfig.json"],
  ["cdktn", "tsconfig.cdktn.json"],
] as const)("the app built with %s synthesizes the same bytes as its sources", async (library, tsconfig) => {
  const folder = folderWith(settings);
  mkdirSync(join(folder, "built"));
  // The app looks for the bundles of functions in a folder above its own file.
  symlinkSync(join(root, "modules"), join(folder, "modules"));
  const built = join(folder, "built/main.js");
  await bundleProgram("main.ts", built, library);

  const synthesizedBy = (...program: string[]) => {
    const outdir = folderWith({});
    execFileSync(process.execPath, program, {
      cwd: folder,
      env: { ...process.env, CDKTF_OUTDIR: outdir, TSX_TSCONFIG_PATH: join(root, tsconfig) },
    });
    return readFileSync(join(outdir, "stacks/event-driven-ecs/cdk.tf.json"), "utf8");
  };
  const bySources = synthesizedBy("--import", require.resolve("tsx"), join(root, "main.ts"));
  expect(bySources).toContain("aws_ecs_task_definition");
  expect(synthesizedBy(built)).toBe(bySources);
});
