import { writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import type { LocalAws } from "../local";
import { snakeCase } from "./snake-case";
import { emptyRoot, projectRoot, terraform } from "./terraform";

export const region = "us-east-1";
export const maxRetries = 4;

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
  const source = relative(root, join(projectRoot, "modules", module));
  const configuration = {
    terraform: { required_providers: { aws: { source: "hashicorp/aws", version: ">= 5.100, < 7.0" } } },
    provider: { aws: { region, max_retries: maxRetries } },
    resource: resources,
    module: { [name]: { source, ...(snakeCase(inputs) as object) } },
    output: Object.fromEntries(outputs.map((each) => [each, { value: `\${module.${name}.${each}}` }])),
  };
  writeFileSync(join(root, "main.tf.json"), JSON.stringify(configuration, null, 2));
  return root;
}

/** Applies a root and returns its outputs. */
export async function applyRoot<Outputs>(
  folder: string,
  { environment }: Pick<LocalAws, "environment">,
): Promise<Outputs> {
  await terraform(folder, ["init", "-input=false"]);
  await terraform(folder, ["apply", "-auto-approve", "-input=false", "-no-color"], environment);
  const shown = JSON.parse(await terraform(folder, ["output", "-json"], environment)) as Record<
    string,
    { value: unknown }
  >;
  return Object.fromEntries(Object.entries(shown).map(([name, { value }]) => [name, value])) as Outputs;
}
