/** A container of a task definition, as ECS describes it. */
export interface ContainerDefinition {
  name: string;
  image: string;
  essential?: boolean;
  cpu?: number;
  memory?: number;
  command?: string[];
  entryPoint?: string[];
  environment?: KeyValue[];
  secrets?: { name: string; valueFrom: string }[];
  workingDirectory?: string;
  portMappings?: PortMapping[];
  stopTimeout?: number;
  /** command by which Docker checks the container's health */
  healthCheck?: { command: string[] };
  mountPoints?: { sourceVolume: string; containerPath: string }[];
  logConfiguration?: { logDriver: string; options?: Record<string, string> };
}

export interface Volume {
  name: string;
  /** RunTask says which EBS volume this is */
  configuredAtLaunch?: boolean;
  efsVolumeConfiguration?: {
    fileSystemId: string;
    transitEncryption?: string;
    authorizationConfig?: { accessPointId?: string; iam?: string };
  };
}

export interface PortMapping {
  containerPort: number;
  /** 0 or absent: any free port of the host, in network mode bridge */
  hostPort?: number;
  protocol?: string;
}

export interface KeyValue {
  name: string;
  value: string;
}

export interface Tag {
  key: string;
  value: string;
}

export interface TaskDefinition {
  taskDefinitionArn: string;
  family: string;
  revision: number;
  status?: string;
  networkMode?: string;
  requiresCompatibilities?: string[];
  cpu?: string;
  memory?: string;
  taskRoleArn?: string;
  executionRoleArn?: string;
  volumes?: Volume[];
  containerDefinitions: ContainerDefinition[];
  tags?: Tag[];
}

export interface Cluster {
  clusterArn: string;
  clusterName: string;
  status: string;
  capacityProviders?: string[];
  defaultCapacityProviderStrategy?: CapacityProviderStrategyItem[];
}

export interface CapacityProviderStrategyItem {
  capacityProvider: string;
  weight?: number;
  base?: number;
}

export interface ContainerOverride {
  name?: string;
  command?: string[];
  environment?: KeyValue[];
  cpu?: number;
  memory?: number;
}

export interface TaskOverride {
  containerOverrides?: ContainerOverride[];
  cpu?: string;
  memory?: string;
  taskRoleArn?: string;
  executionRoleArn?: string;
}

export interface RunTaskInput {
  cluster?: string;
  taskDefinition?: string;
  count?: number;
  clientToken?: string;
  launchType?: string;
  capacityProviderStrategy?: CapacityProviderStrategyItem[];
  networkConfiguration?: { awsvpcConfiguration?: AwsVpcConfiguration };
  overrides?: TaskOverride;
  group?: string;
  startedBy?: string;
  tags?: Tag[];
  propagateTags?: string;
  enableExecuteCommand?: boolean;
  platformVersion?: string;
  volumeConfigurations?: VolumeConfiguration[];
}

export interface VolumeConfiguration {
  name?: string;
  managedEBSVolume?: ManagedEbsVolume;
}

export interface ManagedEbsVolume {
  roleArn?: string;
  encrypted?: boolean;
  kmsKeyId?: string;
  volumeType?: string;
  sizeInGiB?: number;
  snapshotId?: string;
  iops?: number;
  throughput?: number;
  filesystemType?: string;
  terminationPolicy?: { deleteOnTermination: boolean };
}

export interface AwsVpcConfiguration {
  subnets?: string[];
  securityGroups?: string[];
  assignPublicIp?: string;
}

/** How long a task stays in each state before the next one, and what its container instance takes, in milliseconds. */
export interface TaskTimings {
  provisioning: number;
  pending: number;
  activating: number;
  deactivating: number;
  deprovisioning: number;
  /** From the scale-out of a capacity provider until its new instances take tasks. */
  instanceStart: number;
  /** How long an instance of a capacity provider has no tasks before it goes. */
  instanceIdle: number;
  /** How long a task waits in PROVISIONING for a container instance, at most. */
  provisioningTimeout: number;
}
