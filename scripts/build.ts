import { build } from "esbuild";
import { bundleProgram } from "./bundle/program";

/** Builds the app and the command line as one file each, so that they start fast and need no dependency. */
async function main(): Promise<void> {
  await bundleProgram("main.ts", "dist/app/main.js");
  await build({
    entryPoints: ["cli/main.ts"],
    outfile: "dist/cli.js",
    bundle: true,
    platform: "node",
    target: "node20",
    format: "cjs",
    legalComments: "none",
    logLevel: "warning",
    // setup finds the project by its own path. The policy evaluator has another licence (AGPL) and is not bundled.
    external: ["../scripts/setup/index.cjs", "@cloud-copilot/iam-simulate"],
  });
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
