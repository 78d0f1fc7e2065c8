import type { AccessPoint, FileSystemProps } from "../file-system";
import type { LauncherEvent } from "../launcher";
import type { LoadBalancerProps } from "../load-balancer";
import type { ListenerRuleOptions } from "../load-balancer/listener-rule";
import type { NetworkProps } from "../network";
import type { RegistrarProps } from "../registrar";
import type { TaskProps } from "../task";
import type { Mount } from "../task/mount";

/**
 * What an event can start: a task, apart from what the layout itself decides. A service with a `path` is reached through
 * the load balancer while it runs; `healthCheck`, `stickinessSeconds`, `deregistrationDelaySeconds` and `priority` are
 * those of its route there.
 */
export type Service = Pick<
  TaskProps,
  | "image"
  | "cpu"
  | "memory"
  | "port"
  | "command"
  | "entryPoint"
  | "environment"
  | "secrets"
  | "policies"
  | "user"
  | "readonlyRootFilesystem"
  | "architecture"
  | "ephemeralStorageGib"
  | "repositoryArn"
  | "allowOverrides"
  | "networkMode"
  | "capacity"
  | "onFailure"
  | "interruptionRetries"
> &
  ListenerRuleOptions & {
    /**
     * Path of the requests that the load balancer leads to the service, such as `/api/auth/*`.
     * @default - it is not behind the load balancer
     */
    readonly path?: string;
    /**
     * Absolute path in the container where the service sees the shared file system.
     * @default - it sees none
     */
    readonly mountPath?: string;
  };

/** When services are started and stopped. */
export interface LayoutSchedule {
  /** `rate(…)`, `cron(…)` or `at(…)`, as EventBridge Scheduler takes it. */
  readonly expression: string;
  /**
   * IANA name of the time zone that the expression is read in.
   * @default "UTC"
   */
  readonly timeZone?: string;
  /**
   * Services of which one task each starts.
   * @default - none
   */
  readonly start?: readonly string[];
  /**
   * Services of which every task stops.
   * @default - none
   */
  readonly stop?: readonly string[];
}

/** A network that is there already. */
export interface ExistingNetwork {
  readonly vpcId: string;
  /** Subnets that tasks start in. */
  readonly subnetIds: readonly string[];
  /**
   * Whether a task gets a public IP address; it needs one in a public subnet to reach anything outside.
   * @default false
   */
  readonly assignPublicIp?: boolean;
  /**
   * Subnets that a public load balancer lies in.
   * @default - none
   */
  readonly publicSubnetIds?: readonly string[];
}

export interface EventDrivenEcsProps {
  /** Prefix of every name made here: 1 to 28 lower-case letters, digits and hyphens, starting with a letter. */
  readonly name: string;
  /**
   * Whether a network is made (`network`) or one is given (`existingNetwork`).
   * @default true
   */
  readonly createNetwork?: boolean;
  /** The network to make: two or more `availabilityZones` of the region, and what {@link Network} takes besides. */
  readonly network?: Pick<
    NetworkProps,
    | "cidrBlock"
    | "availabilityZones"
    | "publicSubnetCidrs"
    | "privateSubnetCidrs"
    | "nat"
    | "interfaceEndpoints"
  >;
  /** The network that tasks start in, when `createNetwork` is false. */
  readonly existingNetwork?: ExistingNetwork;
  /**
   * Whether an ECS cluster is made or one is given (`existingCluster`).
   * @default true
   */
  readonly createCluster?: boolean;
  /** The ECS cluster that tasks run on, when `createCluster` is false. */
  readonly existingCluster?: { readonly name: string; readonly arn: string };
  /** What an event can start, by name: 1 to 25 lower-case letters, digits and hyphens, starting with a letter. */
  readonly services: Readonly<Record<string, Service>>;
  /**
   * The events that start tasks, by name; {@link EventDrivenEcs.onEvent} adds to them.
   * @default - none
   */
  readonly events?: Readonly<Record<string, LauncherEvent>>;
  /**
   * When services are started and stopped, by name: 1 to 20 lower-case letters, digits and hyphens.
   * @default - never
   */
  readonly schedules?: Readonly<Record<string, LayoutSchedule>>;
  /**
   * The `Stop ECS Tasks` events that stop tasks, by name, as {@link Registrar} takes them.
   * @default - none
   */
  readonly stopEvents?: RegistrarProps["stopEvents"];
  /**
   * Whether the launcher puts events of EventBridge into a queue and launches from there: for bursts beyond the 20 tasks a
   * second that AWS starts.
   * @default false
   */
  readonly buffer?: boolean;
  /**
   * How long an event that is delivered again starts no second task, in whole hours: 1 to 720, which is how long the
   * record of a launch is kept.
   * @default 24
   */
  readonly deduplicationWindowHours?: number;
  /**
   * The load balancer of the services that have a `path`, as {@link LoadBalancer} takes it. `subnetIds` are those of the
   * network unless given: private ones if it is `internal`, else public ones. `ingress` says who may reach it.
   * @default - HTTPS, and nobody may reach it
   */
  readonly loadBalancer?: Partial<Omit<LoadBalancerProps, "name" | "vpcId" | "routes" | "tags">>;
  /**
   * Whether the shared file system of the services that have a `mountPath` is made (`fileSystem`) or given
   * (`existingFileSystem`).
   * @default true
   */
  readonly createFileSystem?: boolean;
  /**
   * The file system to make, as {@link FileSystem} takes it. The services share one directory, as user `uid` of group
   * `gid`.
   * @default - user and group 1000
   */
  readonly fileSystem?: Pick<AccessPoint, "uid" | "gid"> &
    Pick<
      FileSystemProps,
      "backup" | "infrequentAccessAfterDays" | "throughputMode" | "provisionedThroughputMibps"
    >;
  /**
   * The file system, when `createFileSystem` is false: an access point of it. Its policy and its security group must let
   * the services in.
   */
  readonly existingFileSystem?: Omit<Mount, "containerPath" | "readOnly">;
  /**
   * Whether the dashboard and the alarms of {@link Monitoring} are made.
   * @default true
   */
  readonly createMonitoring?: boolean;
  /**
   * Processor the functions run on; `arm64` costs less.
   * @default "arm64"
   */
  readonly functionArchitecture?: "arm64" | "x86_64";
  /**
   * How long logs are kept, in days: a value that CloudWatch Logs takes.
   * @default 365
   */
  readonly logRetentionDays?: number;
  /**
   * ARN of the KMS key that encrypts logs, dead letters, payloads and the function's environment.
   * @default - the keys that AWS manages
   */
  readonly kmsKeyArn?: string;
  /**
   * ARNs told when an alarm rings, for instance an SNS topic.
   * @default - the alarms show in CloudWatch only
   */
  readonly alarmActions?: readonly string[];
  /** Tags of every resource made here. */
  readonly tags?: Readonly<Record<string, string>>;
}
