import type { BuildOptions } from "esbuild";

/** How the command line is bundled to one file. */
export const commandLineBundle = {
  bundle: true,
  platform: "node",
  target: "node20",
  format: "cjs",
  legalComments: "none",
  logLevel: "warning",
  // Set-up finds the project by its own path. The policy evaluator has another licence (AGPL) and is not bundled.
  external: ["../scripts/setup/index.cjs", "@cloud-copilot/iam-simulate"],
} satisfies BuildOptions;
