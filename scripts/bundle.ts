import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { bundleHandler, type HandlerName, handlerNames, sizeOf, zipHandler, zipPath } from "./bundle/handler";
import { licensesFile } from "./bundle/licenses";
import { bundleWorker } from "./bundle/worker";

const absolute = (path: string): string => join(__dirname, "..", path);

const committedZip = (name: HandlerName): Uint8Array => {
  try {
    return readFileSync(absolute(zipPath(name)));
  } catch {
    return new Uint8Array();
  }
};

const kb = (bytes: number): string => `${(bytes / 1000).toFixed(1)} KB`;

/** Writes the zips. With `--check` it writes nothing, and exits with 1 if a committed zip differs from its sources. */
const main = async (check: boolean): Promise<void> => {
  for (const name of handlerNames) {
    const bundle = await bundleHandler(name);
    const zip = zipHandler(bundle);
    const { rawBytes, gzBytes } = sizeOf(bundle.code);
    console.log(`${zipPath(name)}: ${kb(rawBytes)}, ${kb(gzBytes)} gzipped`);
    if (!check) writeFileSync(absolute(zipPath(name)), zip);
    else if (!Buffer.from(zip).equals(committedZip(name))) {
      console.error(`${zipPath(name)} is out of date: run \`npx tsx scripts/bundle.ts\` and commit it`);
      process.exitCode = 1;
    }
  }
  if (!check) writeFileSync(absolute(`dist/worker/${licensesFile}`), await bundleWorker());
};

main(process.argv.includes("--check")).catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
