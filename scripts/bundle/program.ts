import { join } from "node:path";
import { build, type Plugin } from "esbuild";

const root = join(__dirname, "../..");

/**
 * cdktf notes for every token the place in the code that made it. In a bundle that place is of no use to anyone, and
 * noting it takes half the time of a synthesis.
 */
const withoutTokenTraces: Plugin = {
  name: "without-token-traces",
  setup({ onLoad }) {
    onLoad({ filter: /[/\\]cdktf[/\\]lib[/\\]tokens[/\\]private[/\\]stack-trace\.js$/ }, () => ({
      contents: "exports.captureStackTrace = () => [];",
    }));
  },
};

/** cdktf walks every value of a stack three times in search of tokens; most hold none. */
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
