import { join } from "node:path";
import { build, type Plugin, type PluginBuild } from "esbuild";

const root = join(__dirname, "../..");

export type Library = "cdktf" | "cdktn";

/** A plugin that replaces a file of the library, and fails the build if the library has no such file any more. */
const replacement = (name: string, setup: (build: PluginBuild, replaced: () => void) => void): Plugin => ({
  name,
  setup(build) {
    let isReplaced = false;
    setup(build, () => {
      isReplaced = true;
    });
    build.onEnd(() =>
      isReplaced ? undefined : { errors: [{ text: `${name}: the library has no such file to replace` }] },
    );
  },
});

const isFileOf = (library: Library, file: string): RegExp =>
  new RegExp(`[/\\\\]${[library, "lib", "tokens", ...file.split("/")].join("[/\\\\]").replace(".", "\\.")}$`);

/**
 * cdktf records for every token the stack trace of its creation, which is of no use in a bundle and takes half of a
 * synthesis. cdktn has a switch for it.
 */
const withoutTokenTraces = (library: Library): Plugin =>
  replacement("without-token-traces", ({ onLoad }, replaced) => {
    onLoad({ filter: isFileOf(library, "private/stack-trace.js") }, () => {
      replaced();
      return { contents: "exports.captureStackTrace = () => [];" };
    });
  });

/**
 * Both libraries walk every value of a stack three times to resolve tokens; most values have none. Saves another sixth
 * (cdktf) to third (cdktn) of the time of a large stack.
 */
const plainValuesFirst = (library: Library): Plugin =>
  replacement("plain-values-first", ({ onResolve }, replaced) => {
    const isImporter = isFileOf(library, "token.js");
    onResolve({ filter: /^\.\/private\/resolve$/ }, ({ importer }) => {
      if (!isImporter.test(importer)) return undefined;
      replaced();
      return { path: join(__dirname, "resolve-plain-first.ts") };
    });
  });

/** Bundles a program that synthesizes stacks to one file that starts and runs fast, with the library of this name. */
export const bundleProgram = async (
  source: string,
  outfile: string,
  library: Library = "cdktf",
): Promise<void> => {
  await build({
    absWorkingDir: root,
    entryPoints: [source],
    outfile,
    bundle: true,
    minify: true,
    platform: "node",
    target: "node20",
    format: "cjs",
    legalComments: "none",
    logLevel: "warning",
    ...(library === "cdktf"
      ? { plugins: [withoutTokenTraces(library), plainValuesFirst(library)] }
      : {
          // Imports of cdktf lead to cdktn there.
          tsconfig: "tsconfig.cdktn.json",
          define: { "process.env.CDKTN_DISABLE_CREATION_STACK": '"1"' },
          plugins: [plainValuesFirst(library)],
        }),
  });
};
