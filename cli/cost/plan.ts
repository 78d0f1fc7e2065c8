import { readText } from "../read-file";

export type PlannedResource = {
  address: string;
  type: string;
  /** The attributes that are known before the apply. */
  values: Readonly<Record<string, unknown>>;
};

export type Plan = {
  resources: readonly PlannedResource[];
  /** Region of the AWS provider, if the configuration has it as a literal. */
  region?: string;
};

type Module = {
  resources?: { mode: string; address: string; type: string; values?: Record<string, unknown> }[];
  child_modules?: Module[];
};

type PlanFile = {
  planned_values?: { root_module?: Module };
  configuration?: {
    provider_config?: Record<string, { expressions?: { region?: { constant_value?: string } } }>;
  };
};

const resourcesOf = ({ resources = [], child_modules: modules = [] }: Module): PlannedResource[] => [
  ...resources
    .filter(({ mode }) => mode === "managed")
    .map(({ address, type, values = {} }) => ({ address, type, values })),
  ...modules.flatMap(resourcesOf),
];

const howToMake = "make it with `terraform plan -out=plan.bin && terraform show -json plan.bin > plan.json`.";

/**
 * Reads a plan in JSON.
 * @throws Error when the file is missing, a binary plan or something else
 */
export function readPlan(file: string): Plan {
  const text = readText(file);
  // A binary plan is a zip file.
  if (text.startsWith("PK")) throw new Error(`${file}: this is a binary plan, not JSON; ${howToMake}`);
  let plan: PlanFile;
  try {
    plan = JSON.parse(text);
  } catch {
    throw new Error(`${file}: expected a plan in JSON, found other text; ${howToMake}`);
  }
  const root = plan?.planned_values?.root_module;
  if (root === undefined)
    throw new Error(`${file}: expected a plan in JSON, found no planned_values; ${howToMake}`);
  const providers = Object.entries(plan.configuration?.provider_config ?? {});
  const region = providers.find(([key]) => key === "aws")?.[1].expressions?.region?.constant_value;
  return { resources: resourcesOf(root), ...(region !== undefined && { region }) };
}
