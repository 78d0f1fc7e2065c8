import {
  GetFunctionConfigurationCommand,
  type LambdaClient,
  paginateListFunctions,
} from "@aws-sdk/client-lambda";
import * as v from "valibot";
import type { Routes } from "../handlers/launch/route";
import { describeIssues } from "../handlers/shared/schema";
import { startTaskEnvironment } from "../handlers/start-task/environment";

const startFunctionSuffix = "-start-task";
const policyFunctionSuffix = "-run-policy";

export type Deployment = {
  /** Name of the launcher. The names of its functions begin with it. */
  name: string;
  region: string;
  startFunction: string;
  /** Function of the registrar. Undefined without a load balancer and without stop events. */
  registrarFunction: string | undefined;
  routes: Routes;
};

/**
 * Finds the launcher by the functions in the region, and reads its launch routes from the environment of start-task.
 * @param name of the launcher. Default: the only one in the region
 * @throws Error that lists the launchers of the region
 */
export async function findDeployment(lambda: LambdaClient, name?: string): Promise<Deployment> {
  const region = await readRegion(lambda);
  const suffixes = [startFunctionSuffix];
  const chosen = chooseLauncher(await listLaunchers(lambda, suffixes), region, name, suffixes);
  const startFunction = `${chosen}${startFunctionSuffix}`;
  const { Environment } = await lambda.send(
    new GetFunctionConfigurationCommand({ FunctionName: startFunction }),
  );
  const routes = v.safeParse(startTaskEnvironment.entries.ROUTES, Environment?.Variables?.ROUTES);
  if (!routes.success) {
    throw new Error(
      `The environment of the function ${startFunction} has no launch routes that this version can read: ${describeIssues(routes.issues, "ROUTES")}.`,
    );
  }
  return {
    name: chosen,
    region,
    startFunction,
    registrarFunction: await findFunction(lambda, `${chosen}-register-targets`),
    routes: routes.output,
  };
}

/** Where the ends of tasks are logged. */
export type History = {
  /** Name of the launcher. */
  name: string;
  /** Log group of its function. */
  logGroup: string;
  /** Family of the task definition of policy runs. Undefined: the launcher makes none. */
  runsFamily: string | undefined;
};

/**
 * Finds the log of a launcher, which may be that of a policy runner.
 * @param name of the launcher. Default: the only one in the region
 * @param service that it must have
 * @throws Error that lists the launchers of the region, or its services
 */
export async function findHistory(lambda: LambdaClient, name?: string, service?: string): Promise<History> {
  const region = await readRegion(lambda);
  const suffixes = [startFunctionSuffix, policyFunctionSuffix];
  const found = await listLaunchers(lambda, suffixes);
  const chosen = chooseLauncher(found, region, name, suffixes);
  const startFunction = `${chosen}${startFunctionSuffix}`;
  const policyFunction = await findFunction(lambda, `${chosen}${policyFunctionSuffix}`);
  const functionName = policyFunction ?? startFunction;
  const { Environment, LoggingConfig } = await lambda.send(
    new GetFunctionConfigurationCommand({ FunctionName: functionName }),
  );
  const { SERVICE, ECS_TASK_DEFINITION, ROUTES } = Environment?.Variables ?? {};
  const logGroup = LoggingConfig?.LogGroup ?? `/aws/lambda/${functionName}`;
  if (policyFunction === undefined) {
    if (service !== undefined) {
      const routes = v.safeParse(startTaskEnvironment.entries.ROUTES, ROUTES);
      if (routes.success) checkServices({ name: chosen, routes: routes.output }, [service]);
    }
    return { name: chosen, logGroup, runsFamily: undefined };
  }
  if (service !== undefined && service !== SERVICE)
    throw new Error(`The launcher "${chosen}" has no service "${service}". It has: ${SERVICE}.`);
  return { name: chosen, logGroup, runsFamily: ECS_TASK_DEFINITION };
}

async function readRegion(lambda: LambdaClient): Promise<string> {
  try {
    return await lambda.config.region();
  } catch {
    throw new Error("No region is given: set AWS_REGION, or AWS_PROFILE to a profile that has one.");
  }
}

function chooseLauncher(
  names: readonly string[],
  region: string,
  name: string | undefined,
  suffixes: readonly string[],
): string {
  if (names.length === 0) {
    throw new Error(
      `The region ${region} has no launcher: no function is called ${suffixes.map((suffix) => `<name>${suffix}`).join(" or ")}. AWS_REGION chooses another region.`,
    );
  }
  const found = names.join(", ");
  if (name === undefined) {
    if (names.length === 1) return names[0]!;
    throw new Error(`The region ${region} has several launchers: ${found}. Choose one with --name.`);
  }
  if (names.includes(name)) return name;
  throw new Error(`The region ${region} has no launcher "${name}". It has: ${found}.`);
}

async function listLaunchers(lambda: LambdaClient, suffixes: readonly string[]): Promise<string[]> {
  const names = new Set<string>();
  for await (const { Functions = [] } of paginateListFunctions({ client: lambda }, {})) {
    for (const { FunctionName = "" } of Functions) {
      for (const suffix of suffixes)
        if (FunctionName.endsWith(suffix)) names.add(FunctionName.slice(0, -suffix.length));
    }
  }
  return [...names].sort();
}

async function findFunction(lambda: LambdaClient, functionName: string): Promise<string | undefined> {
  try {
    await lambda.send(new GetFunctionConfigurationCommand({ FunctionName: functionName }));
    return functionName;
  } catch (error) {
    if (error instanceof Error && error.name === "ResourceNotFoundException") return undefined;
    throw error;
  }
}

/** @throws Error that lists the services of the launcher */
export function checkServices(
  { name, routes }: Pick<Deployment, "name" | "routes">,
  services: readonly string[],
): void {
  const unknown = services.filter((service) => !Object.hasOwn(routes, service));
  if (unknown.length > 0) {
    throw new Error(
      `The launcher "${name}" has no service ${unknown.map((service) => `"${service}"`).join(", ")}. It has: ${Object.keys(routes).join(", ")}.`,
    );
  }
}
