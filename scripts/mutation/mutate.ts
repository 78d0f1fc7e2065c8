import { IAMClient } from "@aws-sdk/client-iam";
import {
  LambdaClient,
  ListFunctionsCommand,
  UpdateFunctionConfigurationCommand,
} from "@aws-sdk/client-lambda";
import { clientConfig } from "./client-config";
import { notEmulated } from "./not-emulated";
import { unusedInGrant } from "./of-grants";
import { actionsOf, type RolePolicy, rolePolicies, without } from "./role-policies";
import type { Scenario } from "./system";
import type { World } from "./world";

/** The result of removing one action from one policy. */
export interface Mutation {
  readonly role: string;
  readonly policy: string;
  readonly action: string;
  /** The scenario that failed, and its error; undefined if none failed. */
  readonly caughtBy?: { readonly scenario: string; readonly how: string };
  /** Why no scenario can miss the action. */
  readonly exempt?: string;
}

/**
 * Removes each action of each role policy in turn, and plays the scenarios that depend on its service.
 *
 * @param roles part of the names of the roles to mutate; "": all roles
 */
export async function mutatePolicies(
  environment: Readonly<Record<string, string>>,
  world: World,
  scenarios: readonly Scenario[],
  roles: string,
  report: (mutation: Mutation) => void,
): Promise<Mutation[]> {
  const iam = new IAMClient(clientConfig(environment));
  const lambda = new LambdaClient(clientConfig(environment));
  for (const scenario of scenarios) await mustPass(scenario, world);
  const mutations: Mutation[] = [];
  for (const policy of await rolePolicies(iam)) {
    if (!policy.role.includes(roles)) continue;
    for (const action of actionsOf(policy)) {
      const exempt = exemption(policy, action);
      const caughtBy = exempt
        ? undefined
        : await findFailingScenario(lambda, policy, action, scenarios, world);
      const mutation = { role: policy.role, policy: policy.name, action, caughtBy, exempt };
      mutations.push(mutation);
      report(mutation);
    }
  }
  return mutations;
}

function exemption(policy: RolePolicy, action: string): string | undefined {
  const why = notEmulated(policy, action);
  if (why) return `not emulated: ${why}`;
  const unused = unusedInGrant(policy, action);
  return unused && `part of a grant: ${unused}`;
}

async function findFailingScenario(
  lambda: LambdaClient,
  policy: RolePolicy,
  action: string,
  scenarios: readonly Scenario[],
  world: World,
): Promise<Mutation["caughtBy"]> {
  const [service = ""] = action.split(":");
  const restore = await policy.replace(without(policy, action));
  await restartFunctions(lambda);
  let found: { scenario: Scenario; how: string } | undefined;
  for (const scenario of scenarios.filter(({ needs }) => needs.includes(service))) {
    const how = await playAndCatch(scenario, world);
    if (how) found = { scenario, how };
    if (found) break;
  }
  await restore();
  await restartFunctions(lambda);
  // An error that names the action has no other reason.
  if (found && !found.how.includes(action)) await mustPass(found.scenario, world);
  return found && { scenario: found.scenario.name, how: found.how };
}

async function mustPass(scenario: Scenario, world: World): Promise<void> {
  const how = await playAndCatch(scenario, world);
  if (how) throw new Error(`"${scenario.name}" fails with all permissions: ${how}`);
}

/** Replaces the environments of all functions: some permissions are used only when an environment starts. */
async function restartFunctions(lambda: LambdaClient): Promise<void> {
  const { Functions = [] } = await lambda.send(new ListFunctionsCommand());
  for (const { FunctionName } of Functions)
    await lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName }));
}

async function playAndCatch(scenario: Scenario, world: World): Promise<string | undefined> {
  await world.begin();
  try {
    await scenario.play(world);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
