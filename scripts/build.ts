import { build } from "esbuild";
import { commandLineBundle } from "./bundle/command-line";
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
  await build({ ...commandLineBundle, entryPoints: ["cli/main.ts"], outfile: "dist/cli.js" });
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
