import { join } from "node:path";
import { build } from "esbuild";

/** Bundles the worker to `dist/worker/main.js`, which its image and local AWS run. */
export const bundleWorker = async (): Promise<void> => {
  await build({
    absWorkingDir: join(__dirname, "../.."),
    entryPoints: ["worker/main.ts"],
    outfile: "dist/worker/main.js",
    bundle: true,
    platform: "node",
    target: "node22",
    format: "cjs",
    mainFields: ["module", "main"],
    minify: true,
    legalComments: "none",
    logLevel: "warning",
  });
};
