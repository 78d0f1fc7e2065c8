import { join } from "node:path";
import { build } from "esbuild";
import { thirdPartyLicenses } from "./licenses";

/** Bundles a worker, by default the project's, as its image and local AWS run it. Returns the licences of the packages in it. */
export const bundleWorker = async (
  entry = "worker/main.ts",
  outfile = "dist/worker/main.js",
): Promise<string> => {
  const { metafile } = await build({
    absWorkingDir: join(__dirname, "../.."),
    entryPoints: [entry],
    outfile,
    bundle: true,
    platform: "node",
    target: "node22",
    format: "cjs",
    mainFields: ["module", "main"],
    minify: true,
    legalComments: "none",
    metafile: true,
    logLevel: "warning",
  });
  return thirdPartyLicenses(metafile);
};
