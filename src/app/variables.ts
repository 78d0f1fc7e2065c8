import { existsSync, readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { readHclValue } from "./hcl";
import { type Literal, lineAt, SyntaxProblem } from "./literal";
import { readLiteralFile } from "./literal-file";
import { SettingsError } from "./problem";

/** The value of a variable, and where it was set. */
export interface Variable {
  /** The value. */
  readonly literal: Literal;
  /** File and line of the member at `path` in the value, or the name of the environment variable. */
  readonly where: (path: readonly (string | number)[]) => string;
}

/** Environment variables, by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads the variables that are set in `folder` and `environment`. As in Terraform, a later source replaces the whole value
 * of an earlier one: `TF_VAR_<name>`, `terraform.tfvars`, `terraform.tfvars.json`, then `*.auto.tfvars` and
 * `*.auto.tfvars.json` in the order of their names.
 *
 * @param known Names of the variables. `plainTexts` are those whose environment variable is plain text, not an expression.
 * @throws SettingsError with the file and line of a syntax error.
 */
export function readVariables(
  folder: string,
  environment: Environment,
  known: { readonly names: readonly string[]; readonly plainTexts: readonly string[] },
): Map<string, Variable> {
  const variables = new Map<string, Variable>();
  for (const name of known.names) {
    const text = environment[`TF_VAR_${name}`];
    if (text !== undefined) variables.set(name, fromEnvironment(name, text, known.plainTexts.includes(name)));
  }
  for (const file of variableFiles(folder)) {
    for (const [name, literal] of readLiteralFile(file)) {
      variables.set(name, { literal, where: (path) => `${basename(file)}:${lineAt(literal, path)}` });
    }
  }
  return variables;
}

function variableFiles(folder: string): string[] {
  const automatic = readdirSync(folder)
    .filter((file) => /\.auto\.tfvars(\.json)?$/.test(file))
    .sort();
  return ["terraform.tfvars", "terraform.tfvars.json", ...automatic]
    .map((file) => join(folder, file))
    .filter((file) => existsSync(file));
}

function fromEnvironment(name: string, text: string, isPlainText: boolean): Variable {
  const where = () => `TF_VAR_${name}`;
  if (isPlainText) return { literal: { line: 1, value: text }, where };
  try {
    return { literal: readHclValue(text), where };
  } catch (error) {
    if (!(error instanceof SyntaxProblem)) throw error;
    throw new SettingsError([`TF_VAR_${name}: ${error.message}`]);
  }
}
