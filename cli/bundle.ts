import { writeFileSync } from "node:fs";
import { relative, resolve } from "node:path";
import { Command } from "commander";
import { bundleEntry } from "../src/core/bundle-entry";
import { type CommonOptions, print } from "./options";

type Options = Pick<CommonOptions, "json"> & { out?: string; node: string };

/** Bundles a handler for the module `handler`. */
export const bundleCommand = new Command("bundle")
  .description("bundle a handler in TypeScript or JavaScript to a zip file, for the module handler")
  .argument("<entry>", "file that exports handler, for instance handlers/resize.ts")
  .option("--out <file>", "zip file to write (default: <entry's name>.zip)")
  .option("--node <version>", "major version of Node.js, as in the module's input runtime", "22")
  .option("--json", "print the result as one JSON object")
  .action((entry: string, options: Options) => {
    if (!/^\d+$/.test(options.node)) {
      throw new Error(`--node is "${options.node}"; it takes a major version such as 22.`);
    }
    let bundle: ReturnType<typeof bundleEntry>;
    try {
      bundle = bundleEntry(entry, options.node);
    } catch (error) {
      throw new Error(`entry is "${entry}"; ${(error as Error).message}`);
    }
    const out = options.out ?? `${bundle.name}.zip`;
    writeFileSync(out, bundle.zip);
    const filename = `\${path.root}/${relative(process.cwd(), resolve(out)).replaceAll("\\", "/")}`;
    print(options, { out, bytes: bundle.zip.length, filename }, [
      `${out}: ${(bundle.zip.length / 1000).toFixed(1)} KB`,
      `In the module handler: filename = "${filename}"${options.node === "22" ? "" : `, runtime = "nodejs${options.node}.x"`}`,
    ]);
  });
