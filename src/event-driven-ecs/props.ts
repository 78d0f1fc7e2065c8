import type { RoleSettings } from "../core/roles";
import type { Names } from "../core/twin";
import type { AccessPoint, FileSystemProps } from "../file-system";
import type { LauncherEvent } from "../launcher";
import type { LoadBalancerProps } from "../load-balancer";
import type { ListenerRuleOptions } from "../load-balancer/listener-rule";
import type { NetworkProps } from "../network";
import type { RegistrarProps } from "../registrar";
import type { TaskProps } from "../task";
import type { Mount } from "../task/mount";

/**
 * A service that an event can start: a task, without the props that the layout sets. A service with a `path` has a target
 * group behind the load balancer, with `healthCheck`, `stickinessSeconds`, `deregistrationDelaySeconds` and `priority` as
 * {@link LoadBalancer} takes them.
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
  | "plainEnvironmentNames"
  | "secrets"
  | "secretsKmsKeyArns"
  | "policies"
  | "grants"
  | "containerHealthCheck"
  | "stopTimeoutSeconds"
  | "ulimits"
  | "initProcess"
  | "linuxCapabilitiesDrop"
  | "linuxCapabilitiesAdd"
  | "runAsImageUser"
  | "user"
  | "readonlyRootFilesystem"
  | "enableExecuteCommand"
  | "scratchPath"
  | "architecture"
  | "ebsVolume"
  | "ephemeralStorageGib"
  | "repositoryArn"
  | "repositoryCredentialsArn"
  | "pullThroughCache"
  | "egress"
  | "securityGroupIds"
  | "allowOverrides"
  | "networkMode"
  | "capacity"
  | "sidecars"
  | "containerDependsOn"
  | "logDriver"
  | "logOptions"
  | "logSecrets"
  | "trackLatestRevision"
  | "existingExecutionRole"
  | "existingTaskRole"
  | "existingInfrastructureRole"
  | "existingLogGroup"
  | "onFailure"
  | "interruptionRetries"
> &
  ListenerRuleOptions & {
    /**
     * Path of the requests that the load balancer forwards to the service, such as `/api/auth/*`.
     * @default - the service is not behind the load balancer
     */
    readonly path?: string;
    /**
     * Absolute path in the container at which the shared file system is mounted.
     * @default - none is mounted
     */
    readonly mountPath?: string;
  };

/** When tasks of services are started and stopped. */
export interface LayoutSchedule {
  /** `rate(…)`, `cron(…)` or `at(…)`, as EventBridge Scheduler takes it. */
  readonly expression: string;
  /**
   * IANA name of the time zone of the expression.
   * @default "UTC"
   */
  readonly timeZone?: string;
  /**
   * Names of the services of which one task each is started.
   * @default - none
   */
  readonly start?: readonly string[];
  /**
   * Names of the services of which all tasks are stopped.
   * @default - none
   */
  readonly stop?: readonly string[];
}

/** An existing network. */
export interface ExistingNetwork {
  /** ID of the VPC. */
  readonly vpcId: string;
  /**
   * IDs of the subnets that tasks start in. Another order replaces the mount targets of a created file system.
   * @default - those in `subnets`: give one of both
   */
  readonly subnetIds?: readonly string[];
  /**
   * IDs of the subnets that tasks start in, by zone or another key of your choice.
   * @default - those in `subnetIds`: give one of both
   */
  readonly subnets?: Readonly<Record<string, string>>;
  /**
   * Whether a task gets a public IP address; in a public subnet it needs one to reach the internet.
   * @default false
   */
  readonly assignPublicIp?: boolean;
  /**
   * IDs of the public subnets of a public load balancer.
   * @default - none
   */
  readonly publicSubnetIds?: readonly string[];
}

/** Props of {@link EventDrivenEcs}. */
export interface EventDrivenEcsProps {
  /**
   * Prefix of the name of every resource: 1 to 28 lower-case letters, digits and hyphens, starting with a letter and not
   * ending with a hyphen.
   */
  readonly name: string;
  /**
   * Whether a network is created, with the settings in `network`. If false, give `existingNetwork`.
   * @default true
   */
  readonly createNetwork?: boolean;
  /**
   * Settings of the created network, as {@link Network} takes them. `availabilityZones` has two or more zones of
   * the region.
   */
  readonly network?: Pick<
    NetworkProps,
    | "cidrBlock"
    | "availabilityZones"
    | "publicSubnetCidrs"
    | "privateSubnetCidrs"
    | "nat"
    | "interfaceEndpoints"
  >;
  /**
   * An existing network, when `createNetwork` is false: its VPC, the subnets that tasks start in, whether a task gets a
   * public IP address (in a public subnet it needs one to reach the internet), and the public subnets of a public load
   * balancer. Give the subnets either in `subnets`, by zone or another key of your choice, or in `subnetIds`. A service
   * with a `mountPath` needs a mount target for each subnet: with `subnetIds` another order replaces them, and the list
   * must not be a token; with `subnets` only the values may be tokens.
   */
  readonly existingNetwork?: ExistingNetwork;
  /**
   * Whether an ECS cluster is created. If false, give `existingCluster`.
   * @default true
   */
  readonly createCluster?: boolean;
  /**
   * Names of the capacity providers that the created cluster has beside FARGATE and FARGATE_SPOT, such as those of EC2
   * Auto Scaling groups, for services whose `capacity` names one. An existing cluster has its own.
   * @default - none
   */
  readonly capacityProviders?: readonly string[];
  /** An existing ECS cluster, when `createCluster` is false. */
  readonly existingCluster?: {
    /** Name of the cluster. */
    readonly name: string;
    /** ARN of the cluster. */
    readonly arn: string;
  };
  /**
   * The services that an event can start, by name: 1 to 25 lower-case letters, digits and hyphens, starting with a
   * letter. Each is a task, as {@link Task} takes it. A service with a `path` has a target group behind the load
   * balancer, with `healthCheck`, `stickinessSeconds`, `deregistrationDelaySeconds` and `priority` as {@link LoadBalancer}
   * takes them. A service with a `mountPath` mounts the shared file system there.
   */
  readonly services: Readonly<Record<string, Service>>;
  /**
   * The EventBridge rules that start tasks, by name: 1 to 35 letters, digits, hyphens and underscores. Each is a
   * pattern (`source`, `detailType`, `detail`), a `preset` or a `scheduleExpression`, as {@link EventRule} takes them.
   * `service` is the service that the rule starts; without it the event names the service in `detail.service`. Scheduled
   * events, those of a preset and those of AWS services do not, so `service` is required for them.
   * {@link EventDrivenEcs.onEvent} adds to them.
   * @default - none
   */
  readonly events?: Readonly<Record<string, LauncherEvent>>;
  /**
   * When tasks of services are started and stopped, by name: 1 to 20 lower-case letters, digits and hyphens.
   * `expression` is rate(…), cron(…) or at(…), as EventBridge Scheduler takes it, in the time zone `timeZone`. At each
   * scheduled time one task of every service in `start` is started, and all tasks of the services in `stop` are
   * stopped.
   * @default - never
   */
  readonly schedules?: Readonly<Record<string, LayoutSchedule>>;
  /**
   * The EventBridge rules whose `Stop ECS Tasks` events stop tasks, by name: 1 to 18 letters, digits, hyphens and
   * underscores, as {@link Registrar} takes them. The event names the services in `detail.services`; without it, it stops
   * the tasks of all services.
   * @default - none
   */
  readonly stopEvents?: RegistrarProps["stopEvents"];
  /**
   * Whether the launcher puts events from EventBridge into a queue and launches tasks from there: for bursts beyond the
   * 20 tasks a second that ECS starts (Amazon ECS Developer Guide, "Request throttling").
   * @default false
   */
  readonly buffer?: boolean;
  /**
   * How long a duplicate of an event starts no second task, in whole hours: 1 to 720, which is how long the launcher
   * keeps a launch record.
   * @default 24
   */
  readonly deduplicationWindowHours?: number;
  /**
   * The load balancer of the services that have a `path`, as {@link LoadBalancer} takes it. `subnetIds` are by
   * default the private subnets of the network if `internal` is true, else the public ones. `ingress` has the IPv4
   * ranges that are allowed to reach it; none by default.
   * @default - HTTPS, and no `ingress`
   */
  readonly loadBalancer?: Partial<Omit<LoadBalancerProps, "name" | "vpcId" | "routes" | "names" | "tags">>;
  /**
   * Whether the shared file system of the services that have a `mountPath` is created, with the settings in
   * `fileSystem`. If false, give `existingFileSystem`.
   * @default true
   */
  readonly createFileSystem?: boolean;
  /**
   * Settings of the created file system, as {@link FileSystem} takes them. The services share one directory, as
   * user `uid` of group `gid`.
   * @default - user and group 1000
   */
  readonly fileSystem?: Pick<AccessPoint, "uid" | "gid"> &
    Pick<
      FileSystemProps,
      "backup" | "infrequentAccessAfterDays" | "throughputMode" | "provisionedThroughputMibps"
    >;
  /**
   * An access point of an existing file system, when `createFileSystem` is false, as {@link Task} takes it in `mounts`. The file system's policy and security group must allow the services.
   */
  readonly existingFileSystem?: Omit<Mount, "containerPath" | "readOnly">;
  /**
   * Whether the dashboard and the alarms of {@link Monitoring} are created.
   * @default true
   */
  readonly createMonitoring?: boolean;
  /**
   * Processor architecture of the Lambda functions: `arm64`, which costs less, or `x86_64`.
   * @default "arm64"
   */
  readonly functionArchitecture?: "arm64" | "x86_64";
  /**
   * Whether EventBridge writes each end of a task to a log group, so that it can be looked up when ECS has forgotten the
   * task: the command `runs` reads it.
   * @default true
   */
  readonly createRunHistory?: boolean;
  /**
   * Whether the log resource policy is created that allows EventBridge to write the run history. A region of an account
   * has at most 10 of them (Amazon CloudWatch Logs User Guide, "CloudWatch Logs quotas"). If false, a policy that exists
   * already must allow it, for instance one for all log groups under `/aws/events/`.
   * @default true
   */
  readonly createRunHistoryPolicy?: boolean;
  /**
   * Runtime of the Lambda functions: `nodejs22.x` or later. The Terraform provider refuses a runtime that it does not know:
   * version 5.100 takes `nodejs22.x` at most, `nodejs24.x` needs 6.19 or later.
   * @default "nodejs22.x"
   */
  readonly functionRuntime?: string;
  /**
   * How long logs are kept, in days, or 0 without limit: a value that CloudWatch Logs accepts (Amazon CloudWatch Logs
   * API Reference, PutRetentionPolicy).
   * @default 365
   */
  readonly logRetentionDays?: number;
  /**
   * ARN of the KMS key that encrypts the logs, the messages in the queues, the payloads and the environments of the
   * functions.
   * @default - the keys that AWS manages
   */
  readonly kmsKeyArn?: string;
  /**
   * ARNs that each alarm notifies when it is in ALARM, for instance an SNS topic.
   * @default - none: the alarms show in CloudWatch only
   */
  readonly alarmActions?: readonly string[];
  /**
   * What your organisation requires of every IAM role: a permissions boundary, a path and a prefix of the name.
   * @default - no boundary, the path `/` and no prefix
   */
  readonly roles?: RoleSettings;
  /**
   * Names of existing resources that this construct adopts, by twin address, such as `module.task["auth"].aws_iam_role.task["this"]`: each replaces the
   * name that the construct would give, so that Terraform does not replace the resource. A description that AWS cannot
   * change has the address of its resource and `.description`.
   * @default - the names that the construct gives
   */
  readonly names?: Names;
  /** Tags of every resource. */
  readonly tags?: Readonly<Record<string, string>>;
}
