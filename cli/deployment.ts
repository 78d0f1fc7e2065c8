import {
  GetFunctionConfigurationCommand,
  type LambdaClient,
  paginateListFunctions,
} from "@aws-sdk/client-lambda";
import * as v from "valibot";
import { type Routes, startTaskEnvironment } from "../handlers/start-task/environment";

const START = "-start-task";

export type Deployment = {
  /** The launcher's name, with which all its functions begin. */
  name: string;
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
  const names = await launchersIn(lambda);
  const chosen = name ?? (names.length === 1 ? names[0] : undefined);
  if (chosen === undefined || !names.includes(chosen)) {
    const found = names.length === 0 ? "none" : names.join(", ");
    throw new Error(
      name === undefined
        ? `Name the launcher with --name. The region ${await lambda.config.region()} has: ${found}.`
        : `The region ${await lambda.config.region()} has no launcher "${name}". It has: ${found}.`,
    );
  }
  const startFunction = `${chosen}${START}`;
  const { Environment } = await lambda.send(
    new GetFunctionConfigurationCommand({ FunctionName: startFunction }),
  );
  return {
    name: chosen,
    startFunction,
    registrarFunction: await existing(lambda, `${chosen}-register-targets`),
    routes: v.parse(startTaskEnvironment.entries.ROUTES, Environment?.Variables?.ROUTES),
  };
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
