import {
  GetFunctionConfigurationCommand,
  type LambdaClient,
  paginateListFunctions,
} from "@aws-sdk/client-lambda";
import * as v from "valibot";
import { describeIssues } from "../handlers/shared/schema";
import { type Routes, startTaskEnvironment } from "../handlers/start-task/environment";

const START = "-start-task";

export type Deployment = {
  /** The launcher's name, with which all its functions begin. */
  name: string;
  region: string;
  startFunction: string;
  /** The registrar's function, which there is only with a load balancer or stop events. */
  registrarFunction: string | undefined;
  routes: Routes;
};

/**
 * The launcher that is deployed, as its function's environment describes it.
 * @param name the launcher's; without it there must be exactly one in the region
 * @throws Error that says which launchers there are
 */
export async function findDeployment(lambda: LambdaClient, name?: string): Promise<Deployment> {
  const region = await regionOf(lambda);
  const chosen = chooseFrom(await launchersIn(lambda), region, name);
  const startFunction = `${chosen}${START}`;
  const { Environment } = await lambda.send(
    new GetFunctionConfigurationCommand({ FunctionName: startFunction }),
  );
  const routes = v.safeParse(startTaskEnvironment.entries.ROUTES, Environment?.Variables?.ROUTES);
  if (!routes.success) {
    throw new Error(
      `The function ${startFunction} is not one of ours, or of another version: ${describeIssues(routes.issues, "ROUTES")}.`,
    );
  }
  return {
    name: chosen,
    region,
    startFunction,
    registrarFunction: await existing(lambda, `${chosen}-register-targets`),
    routes: routes.output,
  };
}

async function regionOf(lambda: LambdaClient): Promise<string> {
  try {
    return await lambda.config.region();
  } catch {
    throw new Error("No region is given: set AWS_REGION, or AWS_PROFILE to a profile that has one.");
  }
}

function chooseFrom(names: readonly string[], region: string, name: string | undefined): string {
  if (names.length === 0) {
    throw new Error(
      `The region ${region} has no launcher: no function is called <name>${START}. AWS_REGION chooses another region.`,
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

async function launchersIn(lambda: LambdaClient): Promise<string[]> {
  const names: string[] = [];
  for await (const { Functions = [] } of paginateListFunctions({ client: lambda }, {})) {
    for (const { FunctionName = "" } of Functions) {
      if (FunctionName.endsWith(START)) names.push(FunctionName.slice(0, -START.length));
    }
  }
  return names.sort();
}

async function existing(lambda: LambdaClient, functionName: string): Promise<string | undefined> {
  try {
    await lambda.send(new GetFunctionConfigurationCommand({ FunctionName: functionName }));
    return functionName;
  } catch (error) {
    if (error instanceof Error && error.name === "ResourceNotFoundException") return undefined;
    throw error;
  }
}

/** @throws Error that names the services there are */
export function checkServices({ name, routes }: Deployment, services: readonly string[]): void {
  const unknown = services.filter((service) => !Object.hasOwn(routes, service));
  if (unknown.length > 0) {
    throw new Error(
      `The launcher "${name}" has no service ${unknown.map((service) => `"${service}"`).join(", ")}. It has: ${Object.keys(routes).join(", ")}.`,
    );
  }
}
