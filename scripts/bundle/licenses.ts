import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Metafile } from "esbuild";

const root = join(__dirname, "../..");

/** Name of the file with the licences of bundled packages, beside the code that has them. */
export const licensesFile = "THIRD-PARTY-LICENSES.txt";

/** They allow to ship a package in a bundle under any licence, as long as their text comes with it. */
const allowed = new Set(["0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "ISC", "MIT"]);

const packageFolder = /^.*node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/;

/** Folders of the packages of which at least one byte is in an output. */
const bundledFolders = ({ outputs }: Metafile): string[] => {
  const files = Object.values(outputs).flatMap(({ inputs }) =>
    Object.keys(inputs).filter((file) => inputs[file]!.bytesInOutput > 0),
  );
  return [...new Set(files.flatMap((file) => packageFolder.exec(file)?.[0] ?? []))];
};

const read = (folder: string, file: string): string =>
  readFileSync(join(root, folder, file), "utf8")
    .replaceAll("\r\n", "\n")
    .trim();

// Some packages have their licence in the last section of their README only.
const readmeSection = /^#+ *licen[cs]e\n+(.*(?:Copyright|\(c\)).*)/ims;

/** Licences and notices of a package, or nothing if it ships none. */
const textOf = (folder: string, license: string): string | undefined => {
  const files = readdirSync(join(root, folder)).sort();
  const texts = files
    .filter((file) => /^(licen[cs]e|copying|notice)([.-]|$)/i.test(file))
    .map((file) => read(folder, file));
  if (texts.length > 0) return texts.join("\n\n");
  const readme = files.find((file) => /^readme(\.|$)/i.test(file));
  const section = readme && readmeSection.exec(read(folder, readme))?.[1];
  // The terms of Apache-2.0 name no author, so those of this project are the same.
  return section ?? (license === "Apache-2.0" ? read(".", "LICENSE") : undefined);
};

type Package = { title: string; license: string; text: string | undefined };

const packageIn = (folder: string): Package => {
  const { name, version, license } = JSON.parse(read(folder, "package.json"));
  if (!allowed.has(license)) {
    throw new Error(
      `${name} ${version} has the licence ${license}; a bundle takes packages under ${[...allowed].join(", ")}`,
    );
  }
  return { title: `${name} ${version}`, license, text: textOf(folder, license) };
};

/**
 * The licences of all packages that a build has bundled, each text once, after the packages that it is of.
 * @throws Error when a package has no licence text, or a licence that does not allow to bundle it
 */
export const thirdPartyLicenses = (metafile: Metafile): string => {
  const packages = bundledFolders(metafile)
    .map(packageIn)
    .sort((a, b) => (a.title < b.title ? -1 : 1));
  const titles = new Map<string, string[]>();
  for (const { title, license, text } of packages) {
    if (!text) throw new Error(`${title} comes without the text of its licence, ${license}`);
    titles.set(text, [...(titles.get(text) ?? []), `${title} (${license})`]);
  }
  const sections = [...titles].map(([text, of]) => `${of.join("\n")}\n\n${text}\n`);
  return ["The code beside this file has parts of these packages.\n", ...sections].join(
    `\n${"-".repeat(80)}\n\n`,
  );
};
