import type { Grant } from "../core/grants";
import type { RoleSettings } from "../core/roles";
import type { Names } from "../core/twin";
import type { Capacity, NetworkMode, OnFailure, Overridable } from "../launcher/route";
import type { EbsVolume } from "./ebs-volume";
import type { EgressRule } from "./egress";
import type { ContainerHealthCheck } from "./health-check";
import type { Ulimit } from "./linux";
import type { Mount } from "./mount";
import type { DependencyCondition, Sidecar } from "./sidecar";

/** Props of {@link Task}. */
export interface TaskProps {
  /**
   * Name of the task definition's family, of the container and of the log group (`/ecs/<name>`), and prefix of the
   * other names: 1 to 54 letters, digits, hyphens and underscores (an IAM role name has at most 64 characters, and
   * `-execution` is added).
   */
  readonly name: string;
  /** ARN of the ECS cluster that the task is launched on. */
  readonly clusterArn: string;
  /** ID of the VPC of the task's security group. */
  readonly vpcId: string;
  /**
   * IDs of the subnets that the task may start in: 1 to 16 (Amazon ECS API Reference, AwsVpcConfiguration). With
   * `networkMode` bridge or host the task uses the network of its container instance, and the list may be empty.
   */
  readonly subnetIds: readonly string[];
  /**
   * Whether the task gets a public IP address; in a public subnet it needs one to reach the internet.
   * @default false
   */
  readonly assignPublicIp?: boolean;
  /**
   * Network mode of the task. `awsvpc`: a network interface with its own IP address and security group. `bridge`:
   * Docker's network on a container instance, where each copy gets a free host port. `host`: the network of the
   * container instance. The last two need `capacity` EC2 or a capacity provider, and the task's security group on the
   * container instances.
   * @default "awsvpc"
   */
  readonly networkMode?: NetworkMode;
  /**
   * What the task runs on. `FARGATE`: Fargate on demand. `FARGATE_SPOT`: Fargate Spot, which costs up to 70 % less and
   * may be interrupted with two minutes' notice; on demand when there is no Spot capacity or its quota is used up.
   * `EC2`: container instances that the cluster has; nothing adds instances. The name of a capacity provider of the
   * cluster: its container instances, those of an EC2 Auto Scaling group or managed instances; with managed scaling the
   * task waits for an instance, also when there is none yet. `CLUSTER_DEFAULT`: what the default capacity provider
   * strategy of the cluster says; the task then fits both Fargate and container instances.
   * @default "FARGATE"
   */
  readonly capacity?: Capacity;
  /** Image of the container, with a tag or digest. */
  readonly image: string;
  /**
   * Whether Terraform compares the newest revision of the family with the configuration, also one that was registered
   * elsewhere, for instance by a deployment of CI. If false, it compares the revision that it registered itself, so a plan
   * does not show that its next revision replaces a newer one of others. Either way a new revision has the settings and
   * the image of the configuration: let both take the image from one place, such as an SSM parameter.
   * @default false
   */
  readonly trackLatestRevision?: boolean;
  /**
   * CPU units of the task, where 1024 are one vCPU. Fargate accepts 256, 512, 1024, 2048, 4096, 8192, 16384 and 32768
   * (Amazon ECS Developer Guide, "Task CPU and memory"); EC2 accepts 128 to 196608.
   * @default 256
   */
  readonly cpu?: number;
  /**
   * Memory of the task in MiB. Fargate accepts the values that belong to the given `cpu` (Amazon ECS Developer Guide,
   * "Task CPU and memory"); EC2 accepts 6 or more.
   * @default 512
   */
  readonly memory?: number;
  /**
   * TCP port that the container listens on, 1 to 65535. The container also gets it in the environment variable `PORT`.
   * @default - none
   */
  readonly port?: number;
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
   * Environment variables in plain text. A name that ends like that of a secret, such as `DB_PASSWORD` or
   * `GITHUB_TOKEN`, is refused: use `secrets`, or `plainEnvironmentNames` if it is none. Names that only contain such a
   * word, such as `MAX_TOKENS` or `SECRET_NAME`, are accepted.
   * @default - none
   */
  readonly environment?: Readonly<Record<string, string>>;
  /**
   * Names in `environment` that look like that of a secret and are none, for instance `MYSQL_ALLOW_EMPTY_PASSWORD`.
   * @default - none
   */
  readonly plainEnvironmentNames?: readonly string[];
  /**
   * Environment variables whose values ECS reads at launch: the ARN of a Secrets Manager secret (`:json-key::` may
   * follow) or of an SSM parameter, or the name of an SSM parameter of the same account and region that begins with /, by the variable's
   * name. The execution role is allowed to read only these.
   * @default - none
   */
  readonly secrets?: Readonly<Record<string, string>>;
  /**
   * ARNs of the customer managed KMS keys that encrypt `secrets` and `repositoryCredentialsArn`. The execution role is
   * allowed to decrypt with them, only through Secrets Manager and SSM. Needed for every secret that is not encrypted by
   * `aws/secretsmanager` or `aws/ssm`, the keys that AWS manages; without it the task does not start (`Access to KMS is
   * not allowed`). The key policy must allow the account to use IAM policies.
   * @default - none
   */
  readonly secretsKmsKeyArns?: readonly string[];
  /**
   * Inline policies of the task role, by name: 1 to 128 characters. Each is the JSON text of a policy document.
   * @default - none
   */
  readonly policies?: Readonly<Record<string, string>>;
  /**
   * Access of the task role to resources of others, by a key of your choice: 1 to 122 letters, digits and _ + = , . @ -.
   * Each grant is an inline policy named `grant-<key>`. The methods `grant…` of the construct add to them.
   * @default - none
   */
  readonly grants?: Readonly<Record<string, Grant>>;
  /**
   * A health check that ECS runs in the container. `command` starts with `CMD`, for a program and its arguments, or
   * `CMD-SHELL`, for one text that a shell runs. `intervalSeconds` is 5 to 300, `timeoutSeconds` 2 to 60, `retries` 1
   * to 10, `startPeriodSeconds` 0 to 300, in which failures do not count (Amazon ECS API Reference, HealthCheck). ECS
   * shows the health and starts containers that depend on it; it does not stop a task that no ECS service started.
   * @default - none
   */
  readonly containerHealthCheck?: ContainerHealthCheck;
  /**
   * How long the container has to end after ECS asked it to stop, in whole seconds: 2 to 120 on Fargate, 2 or more on
   * EC2 (Amazon ECS API Reference, ContainerDefinition). Then it is killed. Fargate Spot interrupts a task with two
   * minutes' notice, of which it uses this much.
   * @default 30
   */
  readonly stopTimeoutSeconds?: number;
  /**
   * Limits of the container's processes, by the name of the limit, for instance `nofile` (Amazon ECS API Reference,
   * Ulimit): `soft` and `hard`, each a whole number, or -1 for no limit.
   * @default - those of ECS
   */
  readonly ulimits?: Readonly<Record<string, Ulimit>>;
  /**
   * Whether an init process runs in the container, which reaps child processes and forwards the stop signal. An image
   * that needs process 1 for itself, such as one with s6, takes false.
   * @default true
   */
  readonly initProcess?: boolean;
  /**
   * Linux capabilities that the container does not get, for instance `ALL` or `NET_RAW` (Amazon ECS API Reference,
   * KernelCapabilities).
   * @default - none
   */
  readonly linuxCapabilitiesDrop?: readonly string[];
  /**
   * Linux capabilities that the container gets beside those of Docker. On Fargate only `SYS_PTRACE` (Amazon ECS API
   * Reference, KernelCapabilities).
   * @default - none
   */
  readonly linuxCapabilitiesAdd?: readonly string[];
  /**
   * Whether the container runs as the user that its image sets, which is root unless the image sets another. Then
   * `user` is not given.
   * @default false
   */
  readonly runAsImageUser?: boolean;
  /**
   * User that the container runs as, by name or number; `:group` may follow. It must not be root: a process that
   * escapes from the container keeps its user.
   * @default "1000:1000"
   */
  readonly user?: string;
  /**
   * Whether the root file system of the container is read-only. `scratchPath` stays writable.
   * @default true
   */
  readonly readonlyRootFilesystem?: boolean;
  /**
   * Whether ECS Exec can open a shell in the container (`aws ecs execute-command`). The task role gets the permissions
   * for it. Its agent writes to the root file system, so it needs `readonlyRootFilesystem` false (Amazon ECS Developer
   * Guide, "Monitor Amazon ECS containers with ECS Exec"). Tasks that are running already do not get it.
   * @default false
   */
  readonly enableExecuteCommand?: boolean;
  /**
   * Name of the log group in which the cluster records ECS Exec sessions, with `enableExecuteCommand`: the output
   * `execLogGroupName` of the module `cluster`. The task role is allowed to write to it.
   * @default - the cluster records none
   */
  readonly executeCommandLogGroupName?: string;
  /**
   * ARN of the KMS key with which the cluster encrypts ECS Exec sessions, with `enableExecuteCommand`. The task role is
   * allowed to decrypt with it.
   * @default - the cluster has no such key
   */
  readonly executeCommandKmsKeyArn?: string;
  /**
   * Path of an empty volume that the container may write to; the volume is deleted with the task. It belongs to root
   * unless the image declares the path as `VOLUME`; then it has the owner and mode of the image's directory.
   * @default "/tmp"
   */
  readonly scratchPath?: string;
  /**
   * Whether the container has the volume at `scratchPath`. If false, the path is what the image has there, for instance a
   * `/tmp` that its user can write to; then `readonlyRootFilesystem` true leaves no path writable but those of mounts.
   * @default true
   */
  readonly createScratchVolume?: boolean;
  /**
   * EFS file systems that the container mounts, by the name of the volume: 1 to 100 letters, digits, hyphens and
   * underscores. Each is mounted over TLS and through one access point, and the task role is allowed to use only that
   * access point. `securityGroupId` is that of the file system; the task is allowed to reach it.
   * @default - none
   */
  readonly mounts?: Readonly<Record<string, Mount>>;
  /**
   * A new EBS volume for each task: ECS creates it at launch, mounts it at `containerPath`, lets the container's user
   * write to it, and deletes it when the task has stopped. Only a launcher starts such a task; a schedule with `route`
   * does not.
   * @default - none
   * @example
   * ebsVolume: { containerPath: "/data", sizeGib: 500, throughputMibps: 500 },
   */
  readonly ebsVolume?: EbsVolume;
  /**
   * Ephemeral storage of the task in GiB: 21 to 200 (Amazon ECS API Reference, EphemeralStorage).
   * @default - the 20 GiB that Fargate includes
   */
  readonly ephemeralStorageGib?: number;
  /**
   * CPU architecture of the image: `X86_64`, or `ARM64`, which costs less.
   * @default "X86_64"
   */
  readonly architecture?: "X86_64" | "ARM64";
  /**
   * ARN of the ECR repository of the image.
   * @default - the repository that the image names; an image from another registry needs none
   */
  readonly repositoryArn?: string;
  /**
   * Whether images of the task come from pull-through cache rules of ECR. The execution role is then also allowed to
   * import them, and to create their repositories at the first pull (Amazon ECR User Guide, "IAM permissions required to
   * sync an upstream registry with an Amazon ECR private registry"): only the repositories that `image`, `repositoryArn`
   * and `sidecars` name.
   * @default false
   */
  readonly pullThroughCache?: boolean;
  /**
   * ARN of the Secrets Manager secret with user name and password of a private registry other than ECR, such as
   * `ghcr.io` (Amazon ECS Developer Guide, "Using non-AWS container images in Amazon ECS"). The execution role is allowed
   * to read it.
   * @default - the image needs no credentials
   */
  readonly repositoryCredentialsArn?: string;
  /**
   * Destinations that the task is allowed to reach, by a key of your choice. Each has one destination (`cidrIpv4`,
   * `cidrIpv6`, `securityGroupId` or `prefixListId`), and `port` or `fromPort` and `toPort` with the protocols `tcp` and
   * `udp`. The task needs HTTPS to pull its image, write its log, read its secrets and call AWS APIs.
   * @default { https: { port: 443, cidrIpv4: "0.0.0.0/0" } }
   * @example
   * egress: {
   *   https: { port: 443, cidrIpv4: "0.0.0.0/0" },
   *   database: { port: 5432, securityGroupId: database.securityGroupId },
   * }
   */
  readonly egress?: Readonly<Record<string, EgressRule>>;
  /**
   * IDs of security groups that the task has beside its own: at most 4, because a task has at most 5 (Amazon ECS API
   * Reference, AwsVpcConfiguration). Only with `networkMode` awsvpc.
   * @default - none
   */
  readonly securityGroupIds?: readonly string[];
  /**
   * Names of the settings that an event may override: any of `taskDefinition`, `subnets`, `securityGroups`, `port`,
   * `command`, `environment`, `cpu`, `memory`. Not `port` of a service behind a load balancer, which reaches its own port
   * only.
   * @default - none
   */
  readonly allowOverrides?: readonly Overridable[];
  /**
   * What happens when the task fails: an essential container exits with a code other than 0, runs out of memory or
   * fails its health check. `action` is one of three. `alarm`: only the metric `TasksFailed`, which has an alarm.
   * `retry`: the task is launched again with its event until `maxAttempts` launches, 1 to 10, were made; then the event
   * goes to the dead-letter queue (DLQ). The delay before the second launch is `backoffSeconds`, 0 to 900 (SQS delays a
   * message by at most 15 minutes); it doubles with each attempt, up to 900. `dead_letter`: its event goes to the DLQ.
   * @default - only an alarm
   */
  readonly onFailure?: OnFailure;
  /**
   * How many times a running task that is interrupted, by Spot, its host or the infrastructure, is launched again: 0 to
   * 10. Then its event goes to the dead-letter queue (DLQ).
   * @default 3
   */
  readonly interruptionRetries?: number;
  /**
   * Containers beside the one of the task, by name: 1 to 255 letters, digits, hyphens and underscores, for instance a
   * proxy or a log router. `essential` ends the task when the container ends; the task has failed if such a container
   * exits with a code other than 0, but for the codes 130, 131, 137 and 143 of a sidecar that ECS stops after the main
   * container. `dependsOn` maps the name of another container (a sidecar, or `name` for
   * the main one) to the condition `START`, `COMPLETE`, `SUCCESS` or `HEALTHY` (Amazon ECS API Reference,
   * ContainerDependency). `firelens` makes one of them the log router of FireLens. Each runs as `user`, by default
   * 1000:1000, with a read-only root file system; `runAsImageUser` and `readonlyRootFilesystem` change that. Their logs
   * go to the log group of the task.
   * @default - none
   */
  readonly sidecars?: Readonly<Record<string, Sidecar>>;
  /**
   * What the container waits for before it starts: the name of a sidecar, and the condition `START`, `COMPLETE`,
   * `SUCCESS` or `HEALTHY` (Amazon ECS API Reference, ContainerDependency).
   * @default - nothing
   */
  readonly containerDependsOn?: Readonly<Record<string, DependencyCondition>>;
  /**
   * Log driver of the container: `awslogs`, which writes to the log group, or `awsfirelens`, which sends the log to the
   * sidecar with `firelens`.
   * @default "awslogs"
   */
  readonly logDriver?: "awslogs" | "awsfirelens";
  /**
   * Options of the log driver. `awslogs` takes `mode`, `max-buffer-size`, `awslogs-datetime-format` and
   * `awslogs-multiline-pattern`: with the mode `blocking` the container waits when its log cannot be delivered, with
   * `non-blocking` messages are lost when the buffer is full. Without `mode` the account's setting
   * `defaultLogDriverMode` applies. `awsfirelens` takes the options of the plugin that the log router uses, such as
   * `Name`.
   * @default - none
   */
  readonly logOptions?: Readonly<Record<string, string>>;
  /**
   * Options of the log driver whose values ECS reads at launch: the ARN of a Secrets Manager secret or of an SSM
   * parameter, by the name of the option, for instance an API key of `awsfirelens`. The execution role is allowed to
   * read them.
   * @default - none
   */
  readonly logSecrets?: Readonly<Record<string, string>>;
  /**
   * How long the task's log is kept, in days, or 0 without limit: a value that CloudWatch Logs accepts (Amazon
   * CloudWatch Logs API Reference, PutRetentionPolicy).
   * @default 365
   */
  readonly logRetentionDays?: number;
  /**
   * ARN of the KMS key that encrypts the log. The key policy must allow CloudWatch Logs to use the key.
   * @default - the key that CloudWatch Logs manages
   */
  readonly kmsKeyArn?: string;
  /**
   * An existing role as execution role: the role with which ECS pulls the image, reads the secrets and writes the log.
   * Then none is created, and nothing is attached to it: it needs the policy in `executionPolicyJson`, and must trust
   * `ecs-tasks.amazonaws.com`.
   * @default - a role is created
   * @example
   * existingExecutionRole: { arn: "arn:aws:iam::123456789012:role/engines-execution" },
   */
  readonly existingExecutionRole?: {
    /** ARN of the role. */
    readonly arn: string;
  };
  /**
   * An existing role as task role: the role that the container has. Then none is created, and nothing is attached to it:
   * it needs the policy in `taskPolicyJson`, and must trust `ecs-tasks.amazonaws.com`. `policies`, `grants`, mounts and
   * ECS Exec are in that policy.
   * @default - a role is created
   */
  readonly existingTaskRole?: {
    /** ARN of the role. */
    readonly arn: string;
  };
  /**
   * An existing role as infrastructure role: the role with which ECS manages the volume of `ebsVolume`. Then none is
   * created, and nothing is attached to it: it needs the AWS managed policy
   * `AmazonECSInfrastructureRolePolicyForVolumes`, and must trust `ecs.amazonaws.com`.
   * @default - a role is created with `ebsVolume`
   */
  readonly existingInfrastructureRole?: {
    /** ARN of the role. */
    readonly arn: string;
  };
  /**
   * An existing log group for the task's log, in the region of the task. Then none is created; its retention and its key
   * are its own. Several tasks can share one: a stream is named `task/<container>/<task ID>`.
   * @default - a log group is created
   */
  readonly existingLogGroup?: {
    /** Name of the log group. */
    readonly name: string;
  };
  /**
   * What your organisation requires of every IAM role of this block: a permissions boundary, a path and a prefix of
   * the name.
   * @default - no boundary, the path `/` and no prefix
   */
  readonly roles?: RoleSettings;
  /**
   * Names of existing resources that this construct adopts, by twin address, such as `aws_iam_role.execution["this"]`: each
   * replaces the name that the construct would give, so that Terraform does not replace the resource. A description
   * that AWS cannot change has the address of its resource and `.description`.
   * @default - the names that the construct gives
   */
  readonly names?: Names;
  /** Tags of every resource of this block. Tasks get them from the task definition. */
  readonly tags?: Readonly<Record<string, string>>;
}
