import type { IResolvable } from "cdktf";
import type { Construct } from "constructs";
import { expression } from "../core/expression";
import { check, checkAtPlan, isKnown, isToken } from "../core/validation";

/** The words for what a task runs on. Any other {@link Capacity} is the name of a capacity provider. */
export const capacities = ["FARGATE", "FARGATE_SPOT", "EC2", "CLUSTER_DEFAULT"] as const;

/** What a task runs on: one of the words, or the name of a capacity provider of the cluster. */
// With `string & {}` editors still offer the words.
export type Capacity = (typeof capacities)[number] | (string & {});

const systemCapacities = ["FARGATE", "FARGATE_SPOT"] as const;

/** What the tasks of a system run on: Fargate, Fargate Spot, or the capacity provider of that name. */
export type SystemCapacity = (typeof systemCapacities)[number] | (string & {});

/** Whether tasks run on Fargate, whatever the cluster says. */
export const runsOnFargate = (capacity: Capacity): boolean => ["FARGATE", "FARGATE_SPOT"].includes(capacity);

/** Whether tasks may run on Fargate, so that they have to fit it. */
export const mayRunOnFargate = (capacity: Capacity): boolean =>
  runsOnFargate(capacity) || capacity === "CLUSTER_DEFAULT";

/** {@link mayRunOnFargate} of a capacity that only Terraform knows. */
export const mayRunOnFargateAtPlan = (capacity: Capacity): IResolvable =>
  expression`contains(${["FARGATE", "FARGATE_SPOT", "CLUSTER_DEFAULT"]}, ${capacity})`;

/** What to add to the refusal of what does not fit Fargate. */
export const defaultHint = (capacity: Capacity): string =>
  capacity === "CLUSTER_DEFAULT"
    ? " The default of the cluster may be Fargate; if it is a capacity provider, give its name."
    : "";

/** The launch type and the capacity provider strategy of AWS for a capacity. */
export const placementOf = (capacity: Capacity) => {
  const isLaunchType = capacity === "FARGATE" || capacity === "EC2";
  const isProvider = !isLaunchType && capacity !== "CLUSTER_DEFAULT";
  return {
    launchType: isLaunchType ? capacity : undefined,
    capacityProviderStrategy: isProvider ? [{ capacityProvider: capacity, weight: 1 }] : undefined,
  };
};

const isProviderName = (name: string): boolean =>
  /^[A-Za-z0-9_-]{1,255}$/.test(name) && !/^(aws|ecs|fargate)/i.test(name);

const isProviderNameAtPlan = (name: string): IResolvable =>
  expression`can(regex("^[A-Za-z0-9_-]{1,255}$", ${name})) && !can(regex("(?i)^(aws|ecs|fargate)", ${name}))`;

const nameRule =
  '1 to 255 letters, digits, hyphens and underscores that do not begin with "aws", "ecs" or "fargate".';

/** @throws ValidationError unless `capacity` is one of the words, or the name of a capacity provider. */
export function checkCapacity(
  scope: Construct,
  prop: string,
  capacity: Capacity | undefined,
  words: readonly string[] = capacities,
): void {
  const quoted = words.map((word) => `"${word}"`).join(", ");
  const message = `${prop} is "${capacity}"; allowed are ${quoted}, and the name of a capacity provider: ${nameRule}`;
  if (isKnown(capacity)) {
    const isOtherWord = (capacities as readonly string[]).includes(capacity!) && !words.includes(capacity!);
    check(scope, !isOtherWord && (words.includes(capacity!) || isProviderName(capacity!)), message);
  }
  if (isToken(capacity))
    checkAtPlan(
      scope,
      [capacity],
      expression`contains(${words}, ${capacity!}) || ${isProviderNameAtPlan(capacity!)}`,
      message,
    );
}

/**
 * @param remedy what to do otherwise
 * @param others names of the capacity providers of the cluster beside those of Fargate
 * @throws ValidationError when `capacity` is a capacity provider that a cluster made by the same block does not have.
 */
export function checkInCreatedCluster(
  scope: Construct,
  prop: string,
  capacity: Capacity | undefined,
  remedy: string,
  others: readonly string[] = [],
): void {
  if (capacity === undefined) return;
  const names = ["FARGATE", "FARGATE_SPOT", ...(isToken(others) ? [] : others)];
  const message = `${prop} is "${capacity}", and the created cluster has the capacity providers ${names.map((name) => `"${name}"`).join(", ")}; ${remedy}`;
  if ([capacity, others, ...names].some(isToken))
    checkAtPlan(
      scope,
      [capacity, others],
      expression`contains(concat(${[...capacities]}, ${others}), ${capacity})`,
      message,
    );
  else check(scope, [...capacities, ...names].includes(capacity), message);
}

/** @throws ValidationError unless tasks of a system can run on `capacity`, in a cluster that it creates or in another. */
export function checkSystemCapacity(
  scope: Construct,
  { capacity, createCluster = true }: { capacity?: SystemCapacity; createCluster?: boolean },
): void {
  checkCapacity(scope, "capacity", capacity, systemCapacities);
  if (createCluster)
    checkInCreatedCluster(scope, "capacity", capacity, "give an existingCluster that has it.");
}

/** @throws ValidationError unless AWS takes the names for capacity providers that a cluster has beside those of Fargate. */
export function checkCapacityProviders(
  scope: Construct,
  prop: string,
  names: readonly string[] | undefined,
): void {
  if (names === undefined) return;
  const rule = nameRule.replace(" that do not begin", " and does not begin");
  const tooMany = (found: string) =>
    `${prop} has ${found}; a cluster has at most 20 capacity providers, FARGATE and FARGATE_SPOT included.`;
  if (isToken(names)) {
    checkAtPlan(
      scope,
      [names],
      expression`alltrue([for name in ${names} : can(regex("^[A-Za-z0-9_-]{1,255}$", name)) && !can(regex("(?i)^(aws|ecs|fargate)", name))])`,
      `${prop} has a name that no capacity provider has; it has ${rule}`,
    );
    checkAtPlan(scope, [names], expression`length(${names}) <= 18`, tooMany("more than 18 names"));
    return;
  }
  for (const name of names) {
    const message = `${prop} has "${name}"; the name of a capacity provider has ${rule}`;
    if (isToken(name)) checkAtPlan(scope, [name], isProviderNameAtPlan(name), message);
    else check(scope, isProviderName(name), message);
  }
  check(scope, names.length <= 18, tooMany(`${names.length} names`));
}
