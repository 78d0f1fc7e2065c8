import { IAMClient } from "@aws-sdk/client-iam";
import {
  LambdaClient,
  ListFunctionsCommand,
  UpdateFunctionConfigurationCommand,
} from "@aws-sdk/client-lambda";
import { clientConfig } from "./client-config";
import { notEmulated } from "./not-emulated";
import { actionsOf, type RolePolicy, rolePolicies, without } from "./role-policies";
import type { Scenario } from "./scenarios";
import type { World } from "./world";

/** What became of the layout when one action was taken from one policy. */
export interface Mutation {
  readonly role: string;
  readonly policy: string;
  readonly action: string;
  /** The scenario that failed and how; undefined when none did. */
  readonly caughtBy?: { readonly scenario: string; readonly how: string };
  /** Why local AWS cannot miss the action. */
  readonly notEmulated?: string;
}

/** Takes every action of every role policy away in turn and plays what depends on its service. */
export async function mutatePolicies(
  environment: Readonly<Record<string, string>>,
  world: World,
  scenarios: readonly Scenario[],
  report: (mutation: Mutation) => void,
): Promise<Mutation[]> {
  const iam = new IAMClient(clientConfig(environment));
  const lambda = new LambdaClient(clientConfig(environment));
  for (const scenario of scenarios) {
    const how = await failure(scenario, world);
    if (how) throw new Error(`"${scenario.name}" fails with every right in place: ${how}`);
  }
  const mutations: Mutation[] = [];
  for (const policy of await rolePolicies(iam)) {
    for (const action of actionsOf(policy)) {
      const [service = ""] = action.split(":");
      const mutation = {
        role: policy.role,
        policy: policy.name,
        action,
        ...(notEmulated(policy, action) === undefined
          ? await caught(
              lambda,
              policy,
              action,
              scenarios.filter(({ needs }) => needs.includes(service)),
              world,
            )
          : { notEmulated: notEmulated(policy, action) }),
      };
      mutations.push(mutation);
      report(mutation);
    }
  }
  return mutations;
}

async function caught(
  lambda: LambdaClient,
  policy: RolePolicy,
  action: string,
  scenarios: readonly Scenario[],
  world: World,
): Promise<Pick<Mutation, "caughtBy">> {
  const restore = await policy.replace(without(policy, action));
  try {
    await startAnew(lambda);
    for (const scenario of scenarios) {
      const how = await failure(scenario, world);
      if (how) return { caughtBy: { scenario: scenario.name, how } };
    }
    return {};
  } finally {
    await restore();
    await startAnew(lambda);
  }
}

/** An update gives every function new environments: some rights are used only when one starts. */
async function startAnew(lambda: LambdaClient): Promise<void> {
  const { Functions = [] } = await lambda.send(new ListFunctionsCommand());
  for (const { FunctionName } of Functions)
    await lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName }));
}

async function failure(scenario: Scenario, world: World): Promise<string | undefined> {
  try {
    await scenario.play(world);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
