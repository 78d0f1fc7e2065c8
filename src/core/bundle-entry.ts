import { existsSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, extname, join, resolve } from "node:path";
import type { BuildFailure } from "esbuild";
import { zipOf } from "./zip";

/** The code of a handler in a zip, as Lambda takes it. */
export interface EntryBundle {
  /** Name for the zip file: that of the entry or, for `index`, that of its folder. */
  readonly name: string;
  readonly zip: Buffer;
}

/**
 * esbuild of the user's project. It is an optional peer, so a bundler of the user's app must not look into it, and a
 * project without TypeScript handlers does not need it.
 */
function loadEsbuild(): typeof import("esbuild") {
  for (const from of [join(process.cwd(), "package.json"), __filename]) {
    const load = createRequire(from);
    try {
      load.resolve("esbuild");
    } catch {
      continue;
    }
    return load("esbuild");
  }
  throw new Error("it is bundled by esbuild, which is not installed: npm install --save-dev esbuild");
}

const nameOf = (path: string): string => {
  const name = basename(path, extname(path));
  return name === "index" ? basename(dirname(path)) : name;
};

/**
 * Bundles a handler with all that it imports into one CommonJS file, `index.js` in a zip. The same sources give the same
 * bytes on every machine.
 *
 * @param entry path of a TypeScript or JavaScript file that exports `handler`, from the current folder.
 * @param nodeVersion major version of Node.js that it runs on.
 * @throws Error with what is wrong: there is no such file, esbuild is not installed or refuses the sources
 */
export function bundleEntry(entry: string, nodeVersion: string): EntryBundle {
  const path = resolve(entry);
  if (!existsSync(path) || !statSync(path).isFile()) throw new Error(`there is no file ${path}`);
  const { buildSync } = loadEsbuild();
  try {
    const { outputFiles } = buildSync({
      absWorkingDir: dirname(path),
      entryPoints: [path],
      bundle: true,
      platform: "node",
      target: `node${nodeVersion}`,
      format: "cjs",
      // ES modules can be tree-shaken, CommonJS cannot.
      mainFields: ["module", "main"],
      minify: true,
      keepNames: true,
      legalComments: "none",
      write: false,
      logLevel: "silent",
    });
    return { name: nameOf(path), zip: zipOf("index.js", outputFiles[0]!.contents) };
  } catch (error) {
    const { errors } = error as BuildFailure;
    if (!Array.isArray(errors)) throw error;
    const lines = errors.map(({ text, location }) =>
      location ? `${location.file}:${location.line}:${location.column + 1}: ${text}` : text,
    );
    throw new Error(`esbuild cannot bundle it: ${lines.join("; ")}`);
  }
}
