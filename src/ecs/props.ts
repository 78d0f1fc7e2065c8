import type { Names } from "../core/twin";
import type { CustomMetric } from "../ecs-service";
import type { AccessPoint } from "../file-system";
import type { ContainerHealthCheck, EgressRule } from "../task";

/** A health check that ECS runs in the container. Its start period is `healthCheckGracePeriod`. */
export type EcsHealthCheck = Omit<ContainerHealthCheck, "startPeriodSeconds">;

/** Settings of an {@link Ecs}. */
export interface EcsProps {
  /**
   * Name of the task definition's family, of the ECS service, of the container and of the file system, end of the name
   * of the log group `/aws/ecs/<projectName>`, and name of the cluster unless `clusterName` gives another: 1 to 54
   * letters, digits, hyphens and underscores. Two environments in one region of an account need two names.
   */
  readonly projectName: string;
  /**
   * Name of the environment: value of the tag `Environment` of every resource, unless `tags` has that tag. 1 to 256
   * letters, digits, spaces and _ . : / = + - @. No name of a resource has it.
   * @default "prod"
   */
  readonly environment?: string;
  /** AWS region, which must be that of the AWS provider. The container gets it in the environment variable `AWS_REGION`. */
  readonly awsRegion: string;
  /**
   * ID of the AWS account, 12 digits, which must be that of the AWS provider: so nothing is planned in another account
   * by mistake.
   */
  readonly awsAccountId: string;
  /** ID of the VPC of the security groups and of the subnets. */
  readonly vpcId: string;
  /**
   * IDs of the private subnets that tasks start in: 1 to 16 (Amazon ECS API Reference, AwsVpcConfiguration). They need a
   * route to the internet or VPC endpoints, because tasks get no public IP address. With `enableEfsStorage` each gets a
   * mount target with its index as key, so add new ones at the end, and give `efsSubnetIds` when two of them are in one
   * availability zone.
   */
  readonly privateSubnetIds: readonly string[];
  /**
   * IDs of security groups that the tasks have beside the one that is created: at most 4, because a task has at most 5
   * (Amazon ECS API Reference, AwsVpcConfiguration).
   */
  readonly securityGroupIds: readonly string[];
  /**
   * ARN of the execution role: the role with which ECS pulls the image, reads the secrets and writes the log. Nothing is
   * attached to it: it needs the policy in the output `requiredExecutionPolicy`, and must trust
   * `ecs-tasks.amazonaws.com`.
   */
  readonly taskExecutionRoleArn: string;
  /**
   * ARN of the task role: the role that the container has. Nothing is attached to it: it needs the policy in the output
   * `requiredTaskPolicy`, and must trust `ecs-tasks.amazonaws.com`.
   */
  readonly taskRoleArn: string;
  /**
   * Image of the container, with a tag or digest. Without a registry it is one of Docker Hub; an image of ECR has the
   * registry in its name.
   */
  readonly containerImage: string;
  /**
   * TCP port of the container, 1 to 65535: of its health check, and of `targetGroup`. Nothing has to listen on it. The
   * container gets it in the environment variable `PORT`.
   * @default 8080
   */
  readonly containerPort?: number;
  /**
   * CPU units of the task, where 1024 are one vCPU: 256, 512, 1024, 2048, 4096, 8192, 16384 or 32768 (Amazon ECS
   * Developer Guide, "Task CPU and memory").
   * @default 2048
   */
  readonly taskCpu?: number;
  /**
   * Memory of the task in MiB: a value that Fargate accepts with `taskCpu`, for instance 4096 to 16384 in steps of 1024
   * with 2048 (Amazon ECS Developer Guide, "Task CPU and memory").
   * @default 8192
   */
  readonly taskMemory?: number;
  /**
   * Whether there is an EFS file system, mounted at `efsMountPath`. Its monthly price is most of the costs; a task that
   * works in its ephemeral storage needs none.
   * @default true
   */
  readonly enableEfsStorage?: boolean;
  /**
   * Performance mode of the file system. `generalPurpose`: the lowest latency. `maxIO`: more concurrent operations at a
   * higher latency, not with elastic throughput. A change replaces the file system.
   * @default "generalPurpose"
   */
  readonly efsPerformanceMode?: "generalPurpose" | "maxIO";
  /**
   * Throughput mode of the file system. `bursting`: scales with the amount of data stored. `provisioned`: fixed at
   * `efsProvisionedThroughput`. `elastic`: scales with the workload and is paid per gigabyte.
   * @default "bursting"
   */
  readonly efsThroughputMode?: "bursting" | "provisioned" | "elastic";
  /**
   * Throughput in MiB per second, with `efsThroughputMode` `provisioned` only: 1 to 3414, and less in some regions (EFS
   * API reference: CreateFileSystem).
   * @default 100
   */
  readonly efsProvisionedThroughput?: number;
  /**
   * Whether the number of tasks follows the utilization of CPU and memory, and `customMetric`. If false, it is
   * `desiredCount`.
   * @default true
   */
  readonly enableAutoScaling?: boolean;
  /**
   * Least number of tasks, 0 to 5000 (Amazon ECS service quotas: tasks per service). From 0 only `customMetric` starts a
   * task, because without tasks there is no utilization.
   * @default 0
   */
  readonly minCapacity?: number;
  /**
   * Greatest number of tasks, 1 to 5000, at least `minCapacity`.
   * @default 10
   */
  readonly maxCapacity?: number;
  /**
   * Average utilization of CPU, in percent, more than 0 and at most 100: above it for two minutes a task is started;
   * below it for five, and memory and `customMetric` below theirs, one is stopped.
   * @default 70
   */
  readonly targetCpuUtilization?: number;
  /**
   * Average utilization of memory, in percent, more than 0 and at most 100, in the same way.
   * @default 80
   */
  readonly targetMemoryUtilization?: number;
  /**
   * Environment variables of the container, by name. They replace `AWS_REGION`, `LOG_LEVEL`, `PORT` and
   * `EFS_MOUNT_PATH`, which the container gets by itself. A name that ends with the word for a secret is refused,
   * because anyone who can read the task definition can read the value: give the ARN in `secrets`, or the name in
   * `plainEnvironmentNames` too.
   * @default - none
   */
  readonly environmentVariables?: Readonly<Record<string, string>>;
  /**
   * Secrets that the container gets as environment variables: the ARN of a Secrets Manager secret or of an SSM
   * parameter, by the name of the variable. The variable has the value of the secret. A container that reads a secret
   * itself takes its name in `environmentVariables`.
   * @default - none
   */
  readonly secrets?: Readonly<Record<string, string>>;
  /**
   * Retention of the log of the tasks and of that of ECS Exec sessions, in days, or 0 without limit: a value that
   * CloudWatch Logs takes (API reference: PutRetentionPolicy).
   * @default 30
   */
  readonly logRetentionDays?: number;
  /**
   * Level of the log, which the container gets in the environment variable `LOG_LEVEL`, for instance DEBUG, INFO,
   * WARNING or ERROR.
   * @default "INFO"
   */
  readonly logLevel?: string;
  /**
   * Whether ECS Exec can open a shell in the container (`aws ecs execute-command`). The task role needs the permissions
   * for it, which `requiredTaskPolicy` then has. It needs `readonlyRootFilesystem` false. Tasks that are running already
   * do not get it.
   * @default false
   */
  readonly enableExecuteCommand?: boolean;
  /**
   * How long failed health checks do not count after a task has started, in seconds: those of the load balancer with
   * `targetGroup`, 0 to 2147483647; those of `containerHealthCheck`, 0 to 300. Without both it has no effect, because
   * ECS refuses a grace period without a load balancer.
   * @default 300
   */
  readonly healthCheckGracePeriod?: number;
  /** Tags of every resource of this construct that supports tags. Tasks get those of the ECS service. */
  readonly tags?: Readonly<Record<string, string>>;
  /**
   * Name of the ECS cluster: 1 to 255 letters, digits, hyphens and underscores (ECS API reference: CreateCluster).
   * @default - `projectName`
   */
  readonly clusterName?: string;
  /**
   * Number of tasks without `enableAutoScaling`, 0 to 5000.
   * @default - `minCapacity`
   */
  readonly desiredCount?: number;
  /**
   * Seconds after a task was started in which no more is started, 0 or more.
   * @default 300
   */
  readonly scaleOutCooldown?: number;
  /**
   * Seconds after a task was stopped in which no more is stopped, 0 or more.
   * @default 600
   */
  readonly scaleInCooldown?: number;
  /**
   * A metric of your application, with 1 to 255 characters in `namespace` and `metricName` and at most 30 `dimensions`
   * (CloudWatch API reference: PutMetricData), of which CloudWatch takes the `statistic` of each minute: `Average`,
   * `Maximum`, `Minimum`, `SampleCount` or `Sum`. Above `value`, more than 0, for two minutes it starts a task, also the
   * first one if something else than the tasks reports it; while it is not below, no task is stopped.
   * @default - none
   */
  readonly customMetric?: CustomMetric;
  /**
   * A health check that ECS runs in the container; it replaces a task that is unhealthy. `command` starts with `CMD` or
   * `CMD-SHELL`; `intervalSeconds` is 5 to 300, `timeoutSeconds` 2 to 60, `retries` 1 to 10 (Amazon ECS API Reference,
   * HealthCheck). Failures do not count for `healthCheckGracePeriod`.
   * @default - none, because an image that does not answer it would be stopped again and again
   */
  readonly containerHealthCheck?: EcsHealthCheck;
  /**
   * Target group of a load balancer, of the target type `ip`, by its ARN: ECS registers the tasks in it with
   * `containerPort`. One of `securityGroupIds` must allow the load balancer to reach the port.
   * @default - none
   */
  readonly targetGroup?: {
    /** ARN of the target group. */
    readonly arn: string;
  };
  /**
   * What the tasks run on. `FARGATE`: Fargate on demand. `FARGATE_SPOT`: Fargate Spot, which costs up to 70 % less and
   * may interrupt a task with two minutes' notice.
   * @default "FARGATE"
   */
  readonly capacity?: "FARGATE" | "FARGATE_SPOT";
  /**
   * CPU architecture of the image: `X86_64`, or `ARM64`, which costs less.
   * @default "X86_64"
   */
  readonly architecture?: "X86_64" | "ARM64";
  /**
   * Command that replaces the command of the image.
   * @default - that of the image
   */
  readonly command?: readonly string[];
  /**
   * Entry point that replaces the entry point of the image.
   * @default - that of the image
   */
  readonly entryPoint?: readonly string[];
  /**
   * Ephemeral storage of the task in GiB: 21 to 200 (Amazon ECS API Reference, EphemeralStorage).
   * @default - the 20 GiB that Fargate includes
   */
  readonly ephemeralStorageGib?: number;
  /**
   * How long the container has to end after ECS asked it to stop, in whole seconds: 2 to 120 (Amazon ECS API Reference,
   * ContainerDefinition). Then it is killed. Fargate Spot interrupts a task with two minutes' notice, of which it uses
   * this much.
   * @default 30
   */
  readonly stopTimeoutSeconds?: number;
  /**
   * Names in `environmentVariables` that look like that of a secret and are none, for instance
   * `MYSQL_ALLOW_EMPTY_PASSWORD`.
   * @default - none
   */
  readonly plainEnvironmentNames?: readonly string[];
  /**
   * ARNs of the customer managed KMS keys that encrypt `secrets`. `requiredExecutionPolicy` then allows to decrypt with
   * them, only through Secrets Manager and SSM. Needed for every secret that is not encrypted by `aws/secretsmanager` or
   * `aws/ssm`, the keys that AWS manages; without it the task does not start (`Access to KMS is not allowed`). The key
   * policy must allow the account to use IAM policies.
   * @default - none
   */
  readonly secretsKmsKeyArns?: readonly string[];
  /**
   * Whether an init process runs in the container, which reaps child processes and forwards the stop signal; ECS Exec
   * leaves such processes. If false, the image has process 1 for itself, as one with s6 needs it.
   * @default false
   */
  readonly initProcess?: boolean;
  /**
   * User that the container runs as, by name or number; `:group` may follow. It must not be root.
   * @default - the user of the image, which is root unless the image sets another
   */
  readonly user?: string;
  /**
   * Whether the root file system of the container is read-only. Then `scratchPath` is a volume that the container may
   * write to, and so is `efsMountPath`. If false, the image may write where it did before, and ECS Exec works: the files
   * are gone with the task either way. Set it to true for an image that writes to these two paths only.
   * @default false
   */
  readonly readonlyRootFilesystem?: boolean;
  /**
   * Path of an empty volume that the container may write to, with `readonlyRootFilesystem` only. It belongs to root
   * unless the image declares the path as `VOLUME`; then it has the owner and mode of the image's directory.
   * @default "/tmp"
   */
  readonly scratchPath?: string;
  /**
   * Destinations that the task is allowed to reach, by a key of your choice. Each has one destination (`cidrIpv4`,
   * `cidrIpv6`, `securityGroupId` or `prefixListId`). The protocols `tcp` and `udp` take `port` (1 to 65535), or
   * `fromPort` and `toPort` (0 to 65535); `icmp` and `-1` (every protocol) take no ports and cover all types and ports.
   * The task needs HTTPS to pull its image, write its log, read its secrets and call AWS APIs.
   * @default - HTTPS and DNS to every address
   */
  readonly egress?: Readonly<Record<string, EgressRule>>;
  /**
   * Absolute path at which the container has the file system, without colons. It gets the path in the environment
   * variable `EFS_MOUNT_PATH`.
   * @default "/mnt/efs"
   */
  readonly efsMountPath?: string;
  /**
   * Access point of the tasks: a directory that they see as the root of the file system. All their file operations use
   * the POSIX user `uid` and group `gid`, which own the directory, whatever user the container has: 1 to 4294967295 (EFS
   * API reference: PosixUser), not 0, which is root. `path` is the directory: at most 100 characters in at most four
   * levels (EFS API reference: RootDirectory). `permissions` are those of the directory when it is created, octal.
   * @default - the user and the group 1000, the path `/tasks` and the permissions "0750"
   */
  readonly efsAccessPoint?: AccessPoint;
  /**
   * IDs of the subnets that get a mount target, by zone or another key of your choice: one subnet in each zone in which
   * tasks run.
   * @default - those of `privateSubnetIds`, by index
   */
  readonly efsSubnetIds?: Readonly<Record<string, string>>;
  /**
   * Whether AWS Backup makes a daily backup of the file system and keeps it for 35 days (EFS User Guide: automatic
   * backups).
   * @default true
   */
  readonly enableEfsBackup?: boolean;
  /**
   * ARN of the KMS key that encrypts the files. A change replaces the file system.
   * @default - the key that EFS manages
   */
  readonly efsKmsKeyArn?: string;
  /**
   * ARN of the KMS key that encrypts the logs and ECS Exec sessions. The key policy must allow CloudWatch Logs to use
   * the key.
   * @default - the key that CloudWatch Logs manages, and TLS for the sessions
   */
  readonly kmsKeyArn?: string;
  /**
   * Names of existing resources that this construct adopts, by twin address, such as
   * `module.cluster.aws_ecs_cluster.this`: each replaces the name that the construct would give, so that Terraform does
   * not replace the resource. A description that AWS cannot change has the address of its resource and `.description`.
   * @default - the names that the construct gives
   */
  readonly names?: Names;
}
