import {
  GetFunctionConfigurationCommand,
  type GetFunctionConfigurationCommandOutput,
  type LambdaClient,
  paginateListFunctions,
} from "@aws-sdk/client-lambda";
import * as v from "valibot";
import type { Route, Routes } from "../handlers/launch/route";
import { describeIssues } from "../handlers/shared/schema";
import { startTaskEnvironment } from "../handlers/start-task/environment";
import { noRegion } from "./describe-error";

const startFunctionSuffix = "-start-task";
const policyFunctionSuffix = "-run-policy";
const registrarSuffix = "-register-targets";

export type Deployment = {
  /** Name of the launcher. The names of its functions begin with it. */
  name: string;
  region: string;
  startFunction: string;
  /** Function of the registrar. Undefined without a load balancer and without stop events. */
  registrarFunction: string | undefined;
  routes: Routes;
  /** Log group of the ends of its tasks, if it has a run history. */
  runHistory: string;
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
  return {
    name: chosen,
    region,
    startFunction,
    registrarFunction: (await readFunction(lambda, `${chosen}${registrarSuffix}`))?.FunctionName,
    routes: readRoutes(startFunction, Environment?.Variables?.ROUTES),
    runHistory: runHistoryOf(chosen),
  };
}

const runHistoryOf = (launcher: string): string => `/aws/events/${launcher}-run-history`;

function readRoutes(startFunction: string, variable: string | undefined): Routes {
  const routes = v.safeParse(startTaskEnvironment.entries.ROUTES, variable);
  if (routes.success) return routes.output;
  throw new Error(
    `The environment of the function ${startFunction} has no launch routes that this version can read: ${describeIssues(routes.issues, "ROUTES")}.`,
  );
}

/** What decides whether a task succeeded, of a launch route. */
export type RunRoute = Pick<Route, "cluster" | "family" | "container" | "essential">;

/** A launcher of the region, which may be that of a policy runner. @throws Error that lists those that there are */
export async function findLauncher(
  lambda: LambdaClient,
  name?: string,
): Promise<{ name: string; region: string }> {
  const region = await readRegion(lambda);
  const suffixes = [startFunctionSuffix, policyFunctionSuffix];
  return { name: chooseLauncher(await listLaunchers(lambda, suffixes), region, name, suffixes), region };
}

/** The functions of a launcher and of its registrar, as far as they exist. */
export async function readFunctions(
  lambda: LambdaClient,
  name: string,
): Promise<GetFunctionConfigurationCommandOutput[]> {
  const suffixes = [startFunctionSuffix, policyFunctionSuffix, registrarSuffix];
  const found = await Promise.all(suffixes.map((suffix) => readFunction(lambda, `${name}${suffix}`)));
  return found.filter((each) => each !== undefined);
}

/** Where the runs of a launcher are recorded. */
export type History = {
  /** Name of the launcher. */
  name: string;
  /** Log group of its function. */
  functionLogGroup: string;
  /** Log group of the ends of its tasks. Undefined: runs are queued and have no tasks of their own. */
  runHistory: string | undefined;
  /** The tasks that it starts, by service. None if runs are queued. */
  routes: Readonly<Record<string, RunRoute>>;
  /** Family of the task definition of policy runs. Undefined: the launcher makes none. */
  runsFamily: string | undefined;
};

const launchSettings = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({ container: v.string(), essential: v.optional(v.array(v.string())) }),
);

/**
 * Finds the run history of a launcher, which may be that of a policy runner.
 * @param name of the launcher. Default: the only one in the region
 * @param service that it must have
 * @throws Error that lists the launchers of the region, or its services
 */
export async function findHistory(lambda: LambdaClient, name?: string, service?: string): Promise<History> {
  const region = await readRegion(lambda);
  const suffixes = [startFunctionSuffix, policyFunctionSuffix];
  const found = await listLaunchers(lambda, suffixes);
  const chosen = chooseLauncher(found, region, name, suffixes);
  const {
    FunctionName = "",
    Environment,
    LoggingConfig,
  } = (await readFunction(lambda, `${chosen}${policyFunctionSuffix}`)) ??
  (await readFunction(lambda, `${chosen}${startFunctionSuffix}`)) ??
  {};
  const variables = Environment?.Variables ?? {};
  const makesPolicyRuns = FunctionName.endsWith(policyFunctionSuffix);
  const routes = makesPolicyRuns ? readPolicyRoute(variables) : readRoutes(FunctionName, variables.ROUTES);
  if (service !== undefined) checkServices({ name: chosen, routes }, [service]);
  const isQueued = variables.RUN_QUEUE_URL !== undefined;
  return {
    name: chosen,
    functionLogGroup: LoggingConfig?.LogGroup ?? `/aws/lambda/${FunctionName}`,
    runHistory: isQueued ? undefined : runHistoryOf(chosen),
    routes: isQueued ? {} : routes,
    runsFamily: makesPolicyRuns ? variables.ECS_TASK_DEFINITION : undefined,
  };
}

/** The launch route of a policy runner, whose function has a variable for each of its fields. */
function readPolicyRoute(variables: Readonly<Record<string, string>>): Readonly<Record<string, RunRoute>> {
  const { SERVICE = "", ECS_CLUSTER = "", ECS_TASK_DEFINITION = "", ECS_LAUNCH_SETTINGS } = variables;
  const settings = v.safeParse(launchSettings, ECS_LAUNCH_SETTINGS);
  const { container = "", essential = [container] } = settings.success ? settings.output : {};
  return { [SERVICE]: { cluster: ECS_CLUSTER, family: ECS_TASK_DEFINITION, container, essential } };
}

async function readRegion(lambda: LambdaClient): Promise<string> {
  try {
    return await lambda.config.region();
  } catch {
    throw new Error(noRegion);
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
      `The region ${region} has no launcher: no function is called ${suffixes.map((suffix) => `<name>${suffix}`).join(" or ")}; AWS_REGION chooses another region.`,
    );
  }
  const found = names.join(", ");
  if (name === undefined) {
    if (names.length === 1) return names[0]!;
    throw new Error(`The region ${region} has several launchers: ${found}; choose one with --name.`);
  }
  if (names.includes(name)) return name;
  throw new Error(`The region ${region} has no launcher "${name}"; it has ${found}.`);
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

/** The configuration of a function; undefined when there is no such function. */
async function readFunction(
  lambda: LambdaClient,
  functionName: string,
): Promise<GetFunctionConfigurationCommandOutput | undefined> {
  try {
    return await lambda.send(new GetFunctionConfigurationCommand({ FunctionName: functionName }));
  } catch (error) {
    if (error instanceof Error && error.name === "ResourceNotFoundException") return undefined;
    throw error;
  }
}

/** @throws Error that lists the services of the launcher */
export function checkServices(
  { name, routes }: { name: string; routes: Readonly<Record<string, unknown>> },
  services: readonly string[],
): void {
  const unknown = services.filter((service) => !Object.hasOwn(routes, service));
  if (unknown.length > 0) {
    throw new Error(
      `The launcher "${name}" has no service ${unknown.map((service) => `"${service}"`).join(", ")}; it has ${Object.keys(routes).join(", ")}.`,
    );
  }
}
