import { spawnSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { once } from "../../scripts/setup/once.cjs";
import { projectRoot } from "../terraform";

const folder = join(projectRoot, ".local-aws", "runtimes");
const files = ["package.json", "package-lock.json"].map((file) => join(__dirname, file));

/** Major versions of Node.js that Lambda runs the functions on. */
const versions = [22, 24];

const programOf = (version: number): string =>
  join(folder, "node_modules", `node${version}-${process.platform}-${process.arch}`, "bin", "node");

function install(): void {
  process.stderr.write("Installing Node.js 22 and 24, which run the functions ...\n");
  mkdirSync(folder, { recursive: true });
  for (const file of files) copyFileSync(file, file.replace(__dirname, folder));
  const { status, stderr } = spawnSync("npm", ["ci", "--loglevel=error", "--ignore-scripts"], {
    cwd: folder,
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`npm ci in testing/runtimes failed: ${stderr}`);
}

/**
 * Programs of the versions of Node.js that Lambda runs the functions on, whatever version runs the tools. There are packages
 * with them for Linux only; elsewhere there is the one that runs this.
 */
export function lambdaRuntimes(): [version: string, program: string][] {
  if (process.platform !== "linux" || !["arm64", "x64"].includes(process.arch))
    return [[`Node.js ${process.version}`, process.execPath]];
  once("runtimes", {
    inputs: files.map((file) => readFileSync(file, "utf8")),
    exists: () => versions.every((version) => existsSync(programOf(version))),
    make: install,
  });
  return versions.map((version) => [`Node.js ${version}`, programOf(version)]);
}
