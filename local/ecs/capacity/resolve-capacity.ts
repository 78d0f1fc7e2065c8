import { AwsError } from "../../aws-error";
import type { Caller } from "../../routing";
import type { Directory } from "../directory";
import type { Cluster, RunTaskInput } from "../types";

/** A capacity provider of container instances, as ECS describes it. */
export interface CapacityProvider {
  name: string;
  /** absent: managed instances */
  autoScalingGroupProvider?: {
    autoScalingGroupArn: string;
    managedScaling?: { status?: string };
  };
}

/** What a task runs on. */
export interface Capacity {
  launchType: string;
  /** name of the capacity provider, if a strategy chose it */
  providerName?: string;
  /** absent: Fargate, or a launch type */
  provider?: CapacityProvider;
}

/** The capacity providers that every account has. */
export const FARGATE_PROVIDERS = ["FARGATE", "FARGATE_SPOT"];

/** Whether ECS adds instances for the tasks of a capacity provider. */
export const isScaled = ({ autoScalingGroupProvider: group }: CapacityProvider): boolean =>
  group?.managedScaling?.status === "ENABLED";

/** Throws the error of ECS for a capacity provider that the cluster does not have. */
export async function resolveCapacity(
  directory: Directory,
  caller: Caller,
  cluster: Cluster,
  { capacityProviderStrategy = [], launchType }: RunTaskInput,
): Promise<Capacity> {
  const { capacityProviders = [], defaultCapacityProviderStrategy = [] } = cluster;
  const byDefault = launchType === undefined ? defaultCapacityProviderStrategy : [];
  const strategy = capacityProviderStrategy.length > 0 ? capacityProviderStrategy : byDefault;
  // Of several capacity providers, the first one takes all tasks.
  const chosen = strategy.find(({ weight = 0, base = 0 }) => weight + base > 0) ?? strategy[0];
  if (chosen === undefined) return { launchType: launchType ?? "EC2" };
  if (strategy.some(({ capacityProvider }) => !capacityProviders.includes(capacityProvider))) {
    throw new AwsError(
      "InvalidParameterException",
      "The specified capacity provider strategy cannot contain a capacity provider that is not associated with the cluster. Associate the capacity provider with the cluster or specify a valid capacity provider and try again.",
    );
  }
  const providerName = chosen.capacityProvider;
  if (FARGATE_PROVIDERS.includes(providerName)) return { launchType: "FARGATE", providerName };
  const provider = await directory.capacityProvider(caller, providerName);
  if (!provider.autoScalingGroupProvider) {
    throw new AwsError(
      "UnsupportedFeatureException",
      `Local AWS has no managed instances: capacity provider ${providerName}.`,
    );
  }
  return { launchType: "EC2", providerName, provider };
}
