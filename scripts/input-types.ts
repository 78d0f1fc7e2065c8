import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "@cdktf/hcl2json";
import { type InputType, parseType } from "./hcl-types";
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

interface Variable {
  readonly type?: string;
  readonly default?: unknown;
}

/** The types of a module's inputs. */
export async function inputTypes(module: string): Promise<{ readonly [input: string]: InputType }> {
  const path = join(root, "modules", module, "variables.tf");
  const { variable = {} } = (await parse(path, readFileSync(path, "utf8"))) as {
    variable?: Record<string, [Variable]>;
  };
  return Object.fromEntries(
    Object.entries(variable).map(([name, [settings]]) => [
      `${name}${Object.hasOwn(settings, "default") ? "?" : ""}`,
      parseType(settings.type!.replace(/^\$\{([\s\S]*)\}$/, "$1")),
    ]),
  );
}

const inTypescript = (type: InputType): InputType => {
  if (typeof type === "string") return type;
  if (Array.isArray(type)) return [inTypescript(type[0])];
  return Object.fromEntries(
    Object.entries(type).map(([name, member]) => [
      name.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase()) + (optional.has(name) ? "?" : ""),
      others[name.replace("?", "")] ?? inTypescript(member),
    ]),
  );
};

/** The source of `src/core/input-types.ts`. */
export async function inputTypesSource(): Promise<string> {
  const types = await Promise.all(
    moduleNames().map(async (module) => [module, inTypescript(await inputTypes(module))]),
  );
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
