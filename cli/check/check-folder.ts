import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { listFolder, parseFile, readJson } from "../read-file";
import { type DeclaredType, readType } from "./declared-type";
import { findMovedTaskDefinition } from "./moved-task-definitions";
import { type Block, type Expression, readBlocks } from "./read-hcl";
import { findUnknownAttributes } from "./unknown-attributes";

export type Report = {
  /** Number of module calls whose attributes were compared. */
  checked: number;
  /** `file:line: what is wrong`, sorted by file and line. */
  problems: string[];
};

type FileBlock = Block & { file: string };

const readFolder = (folder: string): FileBlock[] =>
  listFolder(folder)
    .filter((file) => file.endsWith(".tf"))
    .sort()
    .flatMap((name) => {
      const file = join(folder, name);
      return parseFile(file, readBlocks).map((block) => ({ ...block, file }));
    });

/** Folders of the modules that `terraform init` has installed, by the call's name. */
function installedModules(folder: string): Map<string, string> {
  const file = join(folder, process.env.TF_DATA_DIR ?? ".terraform", "modules", "modules.json");
  if (!existsSync(file)) return new Map();
  const { Modules } = readJson(file) as { Modules: { Key: string; Dir: string }[] };
  return new Map(Modules.map(({ Key, Dir }) => [Key, resolve(folder, Dir)]));
}

const declaredTypes = (folder: string): Map<string, DeclaredType> =>
  new Map(
    readFolder(folder).flatMap(({ type, labels, attributes }) => {
      const declared = attributes.get("type");
      return type === "variable" && declared ? [[labels[0]!, readType(declared.tokens)]] : [];
    }),
  );

/** Checks the module calls and the `moved` blocks of a Terraform root or module. */
export function checkFolder(folder: string): Report {
  const blocks = readFolder(folder);
  if (blocks.length === 0) throw new Error(`${folder}: expected a folder with *.tf files, found none.`);
  const locals = new Map(
    blocks.flatMap(({ type, file, attributes }) =>
      type === "locals" ? [...attributes].map(([name, value]) => [name, { file, value }] as const) : [],
    ),
  );
  const installed = installedModules(folder);
  const report: Report = { checked: 0, problems: [] };

  // `services = local.services` is checked where the local value is written.
  const resolveLocal = (file: string, value: Expression): { file: string; value: Expression } => {
    const [first, dot, name, ...more] = value.tokens.map(({ text }) => text);
    const isLocal = first === "local" && dot === "." && more.length === 0;
    return (isLocal && locals.get(name ?? "")) || { file, value };
  };

  for (const block of blocks) {
    const { type, labels, file, line, attributes } = block;
    for (const found of findMovedTaskDefinition(block))
      report.problems.push(`${file}:${found.line}: ${found.message}`);
    const source = attributes.get("source")?.tokens[0]?.text.slice(1, -1);
    if (type !== "module" || source === undefined) continue;
    const module = /^\.\.?\//.test(source) ? resolve(folder, source) : installed.get(labels[0]!);
    if (module === undefined || !existsSync(module)) {
      report.problems.push(
        `${file}:${line}: module "${labels[0]}" cannot be checked: ${source} is not installed; run "terraform init" first`,
      );
      continue;
    }
    report.checked += 1;
    for (const [name, declared] of declaredTypes(module)) {
      const given = attributes.get(name);
      if (given === undefined) continue;
      const written = resolveLocal(file, given);
      for (const problem of findUnknownAttributes(written.value, declared, name))
        report.problems.push(`${written.file}:${problem.line}: module "${labels[0]}": ${problem.message}`);
    }
  }
  report.problems.sort((a, b) => a.localeCompare(b, "en", { numeric: true }));
  return report;
}
