import { mkdirSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import type { LocalAws } from "../local";
import { snakeCase } from "./snake-case";
import { emptyRoot, projectRoot, terraform } from "./terraform";

export const region = "us-east-1";
/** Without it a call that the emulator does not know would look like a hang. */
export const maxRetries = 4;

/** Writes a Terraform root: the AWS provider, and `content` as in Terraform's JSON. */
export function writeRoot(folder: string, content: object): void {
  const root = {
    terraform: { required_providers: { aws: { source: "hashicorp/aws", version: ">= 5.100, < 7.0" } } },
    provider: { aws: { region, max_retries: maxRetries } },
    ...content,
  };
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "main.tf.json"), JSON.stringify(root, null, 2));
}

/** The path from a root to a module of the project. */
export const sourceIn = (folder: string, module: string): string =>
  relative(folder, join(projectRoot, "modules", module));

export interface ModuleRoot {
  /** Name of its folder. */
  readonly folder: string;
  /** Folder of the module in `modules/`. */
  readonly module: string;
  /** Name of the module in the root. */
  readonly name: string;
  /** Inputs of the module, under the names of the construct's props. */
  readonly inputs: object;
  /** The module's outputs that the root has too. */
  readonly outputs: readonly string[];
  /** Resources beside the module, as in Terraform's JSON. */
  readonly resources?: object;
}

/** Writes a root with one module. Returns its folder. */
export function writeModuleRoot({ folder, module, name, inputs, outputs, resources }: ModuleRoot): string {
  const root = emptyRoot(folder);
  writeRoot(root, {
    resource: resources,
    module: { [name]: { source: sourceIn(root, module), ...(snakeCase(inputs) as object) } },
    output: Object.fromEntries(outputs.map((each) => [each, { value: `\${module.${name}.${each}}` }])),
  });
  return root;
}

/** Applies a root and returns its outputs. */
export async function applyRoot<Outputs>(
  folder: string,
  { environment }: Pick<LocalAws, "environment">,
): Promise<Outputs> {
  await terraform(folder, ["init", "-input=false"]);
  await terraform(folder, ["apply", "-auto-approve", "-input=false", "-no-color"], environment);
  return readOutputs(folder, { environment });
}

/** The outputs of an applied root. */
export async function readOutputs<Outputs>(
  folder: string,
  { environment }: Pick<LocalAws, "environment">,
): Promise<Outputs> {
  const shown = JSON.parse(await terraform(folder, ["output", "-json"], environment)) as Record<
    string,
    { value: unknown }
  >;
  return Object.fromEntries(Object.entries(shown).map(([name, { value }]) => [name, value])) as Outputs;
}
