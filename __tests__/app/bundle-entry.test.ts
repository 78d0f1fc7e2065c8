import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { unzipSync } from "fflate";
import { bundleEntry } from "../../src/core/bundle-entry";
import { zipOf } from "../../src/core/zip";

const root = join(__dirname, "../..");
const folder = mkdtempSync(join(tmpdir(), "entry-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** A handler of two files in a folder of its own. */
function sources(name: string): string {
  const place = join(folder, name);
  mkdirSync(place, { recursive: true });
  writeFileSync(join(place, "answer.ts"), "export const answer: number = 42;\n");
  writeFileSync(
    join(place, "index.ts"),
    'import { answer } from "./answer";\nexport const handler = async (event: { by: number }) => ({ answer: answer * event.by });\n',
  );
  return join(place, "index.ts");
}

test("the zip is one that other programs read, with a file that all may read", () => {
  const file = join(folder, "some.zip");
  const content = Buffer.from("exports.handler = async () => 1;\n".repeat(100));
  writeFileSync(file, zipOf("index.js", content));
  expect(Buffer.from(unzipSync(readFileSync(file))["index.js"]!)).toEqual(content);
  const python = `
import zipfile
z = zipfile.ZipFile("${file}")
assert z.testzip() is None
i = z.infolist()[0]
print(i.filename, oct(i.external_attr >> 16), i.date_time, i.file_size)`;
  expect(execFileSync("python3", ["-c", python], { encoding: "utf8" }).trim()).toBe(
    `index.js 0o100644 (2000, 1, 1, 0, 0, 0) ${content.length}`,
  );
});

test("bundles an entry with what it imports, and the bundle runs", () => {
  const { name, zip } = bundleEntry(sources("resize"), "22");
  expect(name).toBe("resize");
  const place = join(folder, "run");
  mkdirSync(place);
  writeFileSync(join(place, "index.js"), unzipSync(zip)["index.js"]!);
  const call =
    'require("./index.js").handler({ by: 2 }).then((result) => console.log(JSON.stringify(result)))';
  expect(execFileSync(process.execPath, ["-e", call], { cwd: place, encoding: "utf8" })).toBe(
    '{"answer":84}\n',
  );
});

test("the same sources give the same bytes wherever they lie", () => {
  const [one, other] = ["here/resize", "there/on/another/machine/resize"].map(
    (place) => bundleEntry(sources(place), "22").zip,
  );
  expect(one!.equals(other!)).toBe(true);
});

test("says which line esbuild refuses", () => {
  const entry = join(folder, "broken.ts");
  writeFileSync(entry, 'import { a } from "./missing";\nexport const handler = () => a;\n');
  expect(() => bundleEntry(entry, "22")).toThrow(
    'esbuild cannot bundle it: broken.ts:1:19: Could not resolve "./missing"',
  );
});

test("says which file it looked for", () => {
  expect(() => bundleEntry("handlers/none.ts", "22")).toThrow(
    `there is no file ${process.cwd()}/handlers/none.ts`,
  );
});

test("says what to install when there is no esbuild", () => {
  const entry = sources("without");
  // A copy of the file in a folder from which no esbuild is found.
  const copy = mkdtempSync(join(tmpdir(), "no-esbuild-"));
  const script = `
    const { buildSync } = require("esbuild");
    buildSync({ entryPoints: ["src/core/bundle-entry.ts"], bundle: true, platform: "node", outfile: ${JSON.stringify(join(copy, "bundle-entry.js"))} });`;
  execFileSync(process.execPath, ["-e", script], { cwd: root });
  const call = `try { require("./bundle-entry.js").bundleEntry(${JSON.stringify(entry)}, "22") } catch (error) { console.log(error.message) }`;
  const output = execFileSync(process.execPath, ["-e", call], { cwd: copy, encoding: "utf8" });
  rmSync(copy, { recursive: true });
  expect(output.trim()).toBe(
    "it is bundled by esbuild, which is not installed: npm install --save-dev esbuild",
  );
});

describe("the command", () => {
  const bundle = (...args: string[]) =>
    spawnSync(
      process.execPath,
      [
        "--import",
        join(root, "node_modules/tsx/dist/loader.mjs"),
        join(root, "cli/main.ts"),
        "bundle",
        ...args,
      ],
      { encoding: "utf8", cwd: folder },
    );

  test("writes the zip and says which input to set", () => {
    const run = bundle(sources("command"), "--out", "out.zip");
    expect(run.stderr).toBe("");
    expect(run.stdout).toMatch(
      /^out\.zip: \d\.\d KB\nIn the module handler: filename = "\$\{path\.root\}\/out\.zip"\n$/,
    );
    expect(readFileSync(join(folder, "out.zip")).equals(bundleEntry(sources("command"), "22").zip)).toBe(
      true,
    );
  });

  test("exits with 2 when there is no such file", () => {
    const run = bundle("none.ts");
    expect(run.stderr).toContain('entry is "none.ts"; there is no file ');
    expect(run.status).toBe(2);
  });
});
