import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type DeclaredType, readType } from "../cli/check/declared-type";
import { readBlocks } from "../cli/check/read-hcl";
import type { InputType } from "../src/core/input-type";
import { moduleNames } from "./module-names";

const root = join(__dirname, "..");

/** Inputs whose type in TypeScript is another one: JSON text in HCL, and a number that may be null. */
const others: Readonly<Record<string, InputType>> = {
  detail: "any",
  input: "any",
  infrequent_access_after_days: "number or null",
};

/** Inputs that a module needs and its construct does not: a handler takes `entry` in the place of `filename`. */
const optional: ReadonlySet<string> = new Set(["filename"]);

/** The types of a module's inputs, with names as in TypeScript. */
function inputTypes(module: string): { readonly [input: string]: InputType } {
  const text = readFileSync(join(root, "modules", module, "variables.tf"), "utf8");
  const variables = readBlocks(text).map(({ labels: [name], attributes }) => {
    const type = readType(attributes.get("type")!.tokens);
    return [name!, { optional: attributes.has("default"), type }] as const;
  });
  const sorted = variables.sort(([a], [b]) => (a < b ? -1 : 1));
  return inTypescript({ kind: "object", members: new Map(sorted) }) as {
    readonly [input: string]: InputType;
  };
}

const inTypescript = (type: DeclaredType): InputType => {
  if (type.kind === "other") return type.name;
  if (type.kind !== "object")
    return type.kind === "list" ? [inTypescript(type.of)] : { "*": inTypescript(type.of) };
  return Object.fromEntries(
    [...type.members].map(([name, member]) => [
      camelCase(name) + (member.optional || optional.has(name) ? "?" : ""),
      others[name] ?? inTypescript(member.type),
    ]),
  );
};

const camelCase = (name: string): string =>
  name.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase());

/** The source of `src/core/input-types.ts`. */
export function inputTypesSource(): string {
  const types = moduleNames().map((module) => [module, inputTypes(module)]);
  const source = `/**
 * The types of the inputs of each block, by the name of its module. Written by \`npm run docs\` from the variables of the
 * modules.
 */
export const inputTypes = ${JSON.stringify(Object.fromEntries(types))} as const;
`;
  const biome = join(root, "node_modules", ".bin", "biome");
  return execFileSync(biome, ["format", "--stdin-file-path=src/core/input-types.ts"], {
    cwd: root,
    input: source,
    encoding: "utf8",
  });
}
