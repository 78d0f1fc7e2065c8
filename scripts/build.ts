import { build } from "esbuild";
import { buildCdktnTree, checkPeersFirst } from "./bundle/package-trees";
import { bundleProgram } from "./bundle/program";

async function main(): Promise<void> {
  checkPeersFirst("dist/src");
  buildCdktnTree("dist/src", "dist/cdktn");
  // What runs as one file, so that it starts fast and needs no dependency: the app and the command line.
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
    // Set-up finds the project by where it lies itself.
    // What evaluates policies is not ours to ship: its licence (AGPL) differs from the project's.
    external: ["../scripts/setup/index.cjs", "@cloud-copilot/iam-simulate"],
  });
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
