import { join } from "node:path";
import { build, type Plugin } from "esbuild";

const root = join(__dirname, "../..");

/**
 * cdktf records a stack trace for every token, which takes half the time of a synthesis. In a bundle the traces are useless.
 */
const withoutTokenTraces: Plugin = {
  name: "without-token-traces",
  setup({ onLoad }) {
    onLoad({ filter: /[/\\]cdktf[/\\]lib[/\\]tokens[/\\]private[/\\]stack-trace\.js$/ }, () => ({
      contents: "exports.captureStackTrace = () => [];",
    }));
  },
};

/** cdktf searches every value of a stack three times for tokens; most have none. */
const plainValuesFirst: Plugin = {
  name: "plain-values-first",
  setup({ onResolve }) {
    onResolve({ filter: /^\.\/private\/resolve$/ }, ({ importer }) =>
      /[/\\]cdktf[/\\]lib[/\\]tokens[/\\]token\.js$/.test(importer)
        ? { path: join(__dirname, "resolve-plain-first.ts") }
        : undefined,
    );
  },
};

/** Bundles a program that synthesizes stacks to one file that starts and runs fast. */
export const bundleProgram = async (source: string, built: string): Promise<void> => {
  await build({
    absWorkingDir: root,
    entryPoints: [source],
    outfile: built,
    bundle: true,
    minify: true,
    platform: "node",
    target: "node20",
    format: "cjs",
    legalComments: "none",
    logLevel: "warning",
    plugins: [withoutTokenTraces, plainValuesFirst],
  });
};
