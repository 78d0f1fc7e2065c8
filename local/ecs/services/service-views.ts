import type { Deployment } from "./deployment";
import type { EcsService } from "./service";
import { forgottenSettings } from "./settings";

/** What the control plane answers about an ECS service. */
export interface StoredService {
  serviceArn: string;
  serviceName?: string;
  desiredCount?: number;
  launchType?: string;
  taskDefinition?: string;
  networkConfiguration?: object;
  deployments?: object[];
}

/** An ECS service as the API describes it. */
export function serviceDescription(stored: StoredService, service: EcsService | undefined): object {
  const { launchType, networkConfiguration, ...rest } = stored;
  if (!service) return stored;
  const { deployments, desiredCount, messages, primary, settings, status } = service;
  const forgotten = forgottenSettings(settings);
  return {
    ...rest,
    ...forgotten,
    status,
    desiredCount,
    runningCount: deployments.reduce((sum, { runningCount }) => sum + runningCount, 0),
    pendingCount: deployments.reduce((sum, { pendingCount }) => sum + pendingCount, 0),
    taskDefinition: primary?.taskDefinition ?? stored.taskDefinition,
    // A service has a launch type or a strategy. The AWS provider cannot read an empty network configuration.
    ...(forgotten.capacityProviderStrategy === undefined ? { launchType } : {}),
    ...(Object.keys(networkConfiguration ?? {}).length > 0 ? { networkConfiguration } : {}),
    deployments: deployments.map((deployment, index) =>
      deploymentDescription(service, deployment, index === 0),
    ),
    events: messages,
  };
}

function deploymentDescription(service: EcsService, deployment: Deployment, isPrimary: boolean): object {
  const { createdAt, failedTasks, id, pendingCount, rolloutState, rolloutStateReason } = deployment;
  const { runningCount, settings, taskDefinition, updatedAt } = deployment;
  const { capacityProviderStrategy, launchType, networkConfiguration, platformVersion } = settings;
  const isFargate = launchType !== "EC2";
  return {
    id,
    status: isPrimary ? "PRIMARY" : "ACTIVE",
    taskDefinition,
    desiredCount: isPrimary ? service.desiredCount : 0,
    runningCount,
    pendingCount,
    failedTasks,
    createdAt: createdAt.getTime() / 1000,
    updatedAt: updatedAt.getTime() / 1000,
    rolloutState,
    rolloutStateReason,
    ...(capacityProviderStrategy ? { capacityProviderStrategy } : { launchType: launchType ?? "EC2" }),
    ...(isFargate ? { platformVersion: platformVersion ?? "1.4.0", platformFamily: "Linux" } : {}),
    ...(networkConfiguration ? { networkConfiguration } : {}),
  };
}
