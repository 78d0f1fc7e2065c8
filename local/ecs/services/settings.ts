import type { AwsVpcConfiguration, Tag, VolumeConfiguration } from "../types";

export interface LoadBalancer {
  targetGroupArn?: string;
  containerName?: string;
  containerPort?: number;
}

/** The settings of an ECS service that each deployment keeps. A change of one of them begins a deployment. */
export interface LaunchSettings {
  launchType?: string;
  capacityProviderStrategy?: { capacityProvider: string; weight?: number; base?: number }[];
  networkConfiguration?: { awsvpcConfiguration?: AwsVpcConfiguration };
  platformVersion?: string;
  loadBalancers?: LoadBalancer[];
  serviceConnectConfiguration?: object;
  volumeConfigurations?: VolumeConfiguration[];
}

/** What CreateService and UpdateService set. */
export interface ServiceSettings extends LaunchSettings {
  availabilityZoneRebalancing?: string;
  deploymentConfiguration?: {
    minimumHealthyPercent?: number;
    maximumPercent?: number;
    deploymentCircuitBreaker?: { enable: boolean; rollback: boolean };
  };
  deploymentController?: { type?: string };
  enableECSManagedTags?: boolean;
  enableExecuteCommand?: boolean;
  healthCheckGracePeriodSeconds?: number;
  placementConstraints?: object[];
  placementStrategy?: object[];
  propagateTags?: string;
  schedulingStrategy?: string;
}

export interface ServiceInput extends ServiceSettings {
  cluster?: string;
  serviceName?: string;
  service?: string;
  services?: string[];
  taskDefinition?: string;
  desiredCount?: number;
  force?: boolean;
  forceNewDeployment?: boolean;
  tags?: Tag[];
}

const LAUNCH_SETTINGS = [
  "launchType",
  "capacityProviderStrategy",
  "networkConfiguration",
  "platformVersion",
  "loadBalancers",
  "serviceConnectConfiguration",
  "volumeConfigurations",
] as const satisfies (keyof LaunchSettings)[];

const SETTINGS = [
  ...LAUNCH_SETTINGS,
  "availabilityZoneRebalancing",
  "deploymentConfiguration",
  "deploymentController",
  "enableECSManagedTags",
  "enableExecuteCommand",
  "healthCheckGracePeriodSeconds",
  "placementConstraints",
  "placementStrategy",
  "propagateTags",
  "schedulingStrategy",
] as const satisfies (keyof ServiceSettings)[];

/** What moto's CreateService forgets, although its UpdateService knows some of it. */
const FORGOTTEN = [
  "availabilityZoneRebalancing",
  "capacityProviderStrategy",
  "deploymentConfiguration",
  "enableECSManagedTags",
  "enableExecuteCommand",
  "healthCheckGracePeriodSeconds",
  "placementConstraints",
  "placementStrategy",
  "serviceConnectConfiguration",
  "volumeConfigurations",
] as const satisfies (keyof ServiceSettings)[];

/** What CreateService sets when the request does not. */
export const DEFAULTS: ServiceSettings = {
  availabilityZoneRebalancing: "ENABLED",
  deploymentConfiguration: { maximumPercent: 200, minimumHealthyPercent: 100 },
  enableECSManagedTags: false,
  enableExecuteCommand: false,
};

/** The settings after a request. */
export function withInput(before: ServiceSettings, input: ServiceInput): ServiceSettings {
  return { ...before, ...picked(input, SETTINGS) };
}

export function launchSettings(settings: ServiceSettings): LaunchSettings {
  const { launchType, ...rest } = picked(settings, LAUNCH_SETTINGS);
  return { ...rest, ...(rest.capacityProviderStrategy || launchType === undefined ? {} : { launchType }) };
}

/** The settings to add to what the control plane knows of an ECS service. */
export function forgottenSettings(settings: ServiceSettings): ServiceSettings {
  return picked(settings, FORGOTTEN);
}

function picked(from: ServiceSettings, names: readonly (keyof ServiceSettings)[]): ServiceSettings {
  return Object.fromEntries(names.filter((name) => isGiven(from[name])).map((name) => [name, from[name]]));
}

/** The AWS provider sends empty lists for what is not configured. */
const isGiven = (value: unknown): boolean =>
  value !== undefined && value !== null && !(Array.isArray(value) && value.length === 0);
