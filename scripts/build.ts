import { build } from "esbuild";
import { buildCdktnTree, checkPeersFirst } from "./bundle/package-trees";
import { bundleProgram } from "./bundle/program";

async function main(): Promise<void> {
  checkPeersFirst("dist/src");
  buildCdktnTree("dist/src", "dist/cdktn");
  // As one file, since the constructs need no dependency.
  await build({
    entryPoints: ["handlers/run-policy/mappings/lint-mappings.ts"],
    outfile: "dist/handlers/run-policy/mappings/lint-mappings.js",
    bundle: true,
    platform: "node",
    target: "node20",
    format: "cjs",
    legalComments: "none",
    logLevel: "warning",
  });
  // The app and the command line as one file each, so that they start fast and need no dependency.
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
