import { writeFileSync } from "node:fs";
import { build, type Metafile } from "esbuild";
import { commandLineBundle } from "./bundle/command-line";
import { licensesFile, thirdPartyLicenses } from "./bundle/licenses";
import { buildCdktnTree, checkPeersFirst } from "./bundle/package-trees";
import { bundleProgram } from "./bundle/program";

async function main(): Promise<void> {
  checkPeersFirst("dist/src");
  buildCdktnTree("dist/src", "dist/cdktn");
  // As one file, since the constructs need no dependency.
  const linter = await build({
    entryPoints: ["handlers/run-policy/mappings/lint-mappings.ts"],
    outfile: "dist/handlers/run-policy/mappings/lint-mappings.js",
    bundle: true,
    platform: "node",
    target: "node20",
    format: "cjs",
    legalComments: "none",
    metafile: true,
    logLevel: "warning",
  });
  // The app and the command line as one file each, so that they start fast and need no dependency.
  await bundleProgram("main.ts", "dist/app/main.js");
  const commandLine = await build({
    ...commandLineBundle,
    entryPoints: ["cli/main.ts"],
    outfile: "dist/cli.js",
    metafile: true,
  });
  // Of the bundles that the npm package has.
  const outputs: Metafile["outputs"] = { ...linter.metafile.outputs, ...commandLine.metafile.outputs };
  writeFileSync(`dist/${licensesFile}`, thirdPartyLicenses({ inputs: {}, outputs }));
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
