import { AwsError } from "../../aws-error";
import type { Call } from "../../routing";
import type { Directory } from "../directory";
import type { Task } from "../task";
import type { CapacityProviderStrategyItem } from "../types";
import { FARGATE_PROVIDERS } from "./resolve-capacity";

interface ProviderInput {
  name?: string;
  cluster?: string;
  capacityProvider?: string;
  capacityProviders?: string[];
  defaultCapacityProviderStrategy?: CapacityProviderStrategyItem[];
}

const MAX_PROVIDERS = 20;

/** Throws the error of ECS for a call on capacity providers that the control plane would take. */
export async function checkProviders(
  call: Call,
  input: unknown,
  directory: Directory,
  living: Task[],
): Promise<void> {
  const given = input as ProviderInput;
  if (call.action === "CreateCapacityProvider") checkName(given.name ?? "");
  if (["CreateCluster", "PutClusterCapacityProviders"].includes(call.action)) {
    await checkExist(call, given, directory);
    checkStrategy(given);
  }
  if (call.action === "PutClusterCapacityProviders") {
    const { clusterArn } = await directory.cluster(call, given.cluster);
    const used = living.filter(({ launch }) => launch.cluster.clusterArn === clusterArn);
    checkUnused(used, (name) => !given.capacityProviders?.includes(name));
  }
  if (call.action === "DeleteCapacityProvider") {
    const name = given.capacityProvider?.split("/").pop();
    checkUnused(living, (used) => used === name);
  }
}

function checkName(name: string): void {
  if (!/^[A-Za-z0-9_-]{1,255}$/.test(name) || /^(aws|ecs|fargate)/i.test(name)) {
    throw new AwsError(
      "InvalidParameterException",
      `The specified capacity provider name is invalid: ${name}. It has up to 255 letters, numbers, underscores and hyphens, and is not prefixed with "aws", "ecs" or "fargate".`,
    );
  }
}

async function checkExist(
  call: Call,
  { capacityProviders = [] }: ProviderInput,
  directory: Directory,
): Promise<void> {
  if (capacityProviders.length > MAX_PROVIDERS) {
    throw new AwsError(
      "InvalidParameterException",
      `A cluster has at most ${MAX_PROVIDERS} capacity providers; ${capacityProviders.length} are given.`,
    );
  }
  for (const name of capacityProviders) {
    if (!FARGATE_PROVIDERS.includes(name)) await directory.capacityProvider(call, name);
  }
}

function checkStrategy({
  capacityProviders = [],
  defaultCapacityProviderStrategy = [],
}: ProviderInput): void {
  const other = defaultCapacityProviderStrategy.find(
    ({ capacityProvider }) => !capacityProviders.includes(capacityProvider),
  );
  if (!other) return;
  throw new AwsError(
    "InvalidParameterException",
    "The specified capacity provider strategy cannot contain a capacity provider that is not associated with the cluster. Associate the capacity provider with the cluster or specify a valid capacity provider and try again.",
  );
}

function checkUnused(tasks: Task[], isRemoved: (name: string) => boolean): void {
  const names = tasks.flatMap(({ launch }) => launch.capacity.providerName ?? []);
  if (names.some(isRemoved)) {
    throw new AwsError(
      "ResourceInUseException",
      "The specified capacity provider is in use and cannot be removed.",
    );
  }
}
