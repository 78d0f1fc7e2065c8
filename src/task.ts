import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group";
import { EcsTaskDefinition, type EcsTaskDefinitionVolume } from "@cdktf/provider-aws/lib/ecs-task-definition";
import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import { SecurityGroup } from "@cdktf/provider-aws/lib/security-group";
import { VpcSecurityGroupEgressRule } from "@cdktf/provider-aws/lib/vpc-security-group-egress-rule";
import type { Construct } from "constructs";
import { accountOf } from "./core/account";
import { json } from "./core/json";
import { sortedEntries, sortedValues } from "./core/maps";
import { type PolicyStatement, policy, trust, writeLog } from "./core/policy";
import { Twin } from "./core/twin";
import { defaultInterruptionRetries, withDefaults } from "./launcher/on-failure";
import type { Capacity, LaunchRoute, NetworkMode, OnFailure, Overridable } from "./launcher/route";
import { checkTask } from "./task/checks";
import { containerDefinition } from "./task/container";
import { repositoryArnOf } from "./task/ecr";
import type { Mount } from "./task/mount";
import { readableArns } from "./task/secret-arn";

/** Something a task may reach. */
export interface EgressRule {
  /** Port, 1 to 65535. */
  readonly port: number;
  /** IPv4 range, for instance `10.0.0.0/16`. */
  readonly cidrIpv4: string;
  /** @default "tcp" */
  readonly protocol?: "tcp" | "udp";
  /** @default "Outgoing traffic of the task" */
  readonly description?: string;
}

export interface TaskProps {
  /**
   * Name of the task: family, container and log group (`/ecs/<name>`) are called after it. 1 to 54 letters, digits,
   * hyphens and underscores (an IAM role name has at most 64, and `-execution` is added).
   */
  readonly name: string;
  /** ARN of the ECS cluster that the task is launched on. */
  readonly clusterArn: string;
  /** ID of the VPC of its security group. */
  readonly vpcId: string;
  /**
   * IDs of the subnets that the task may start in: 1 to 16. With `networkMode` bridge or host the container instance's
   * own count instead.
   */
  readonly subnetIds: readonly string[];
  /**
   * Whether the task gets a public IP address; it needs one in a public subnet to reach anything outside.
   * @default false
   */
  readonly assignPublicIp?: boolean;
  /**
   * Network of the task. `awsvpc`: an address and a security group of its own. `bridge`: Docker's network on a container
   * instance, where each copy gets a free port. `host`: the container instance's own. The last two need `capacity` EC2,
   * and the task's security group on the container instances.
   * @default "awsvpc"
   */
  readonly networkMode?: NetworkMode;
  /**
   * What the task runs on. `FARGATE`: on demand. `FARGATE_SPOT`: spare capacity, up to 70 % cheaper, taken back with two
   * minutes' notice; on demand when there is none. `EC2`: container instances of the cluster.
   * @default "FARGATE"
   */
  readonly capacity?: Capacity;
  /** Image of the container, with tag or digest. */
  readonly image: string;
  /**
   * CPU units of the task, 1024 being one vCPU. Fargate takes 256, 512, 1024, 2048, 4096, 8192 or 16384; EC2 takes 128
   * to 196608.
   * @default 256
   */
  readonly cpu?: number;
  /**
   * Memory of the task in MiB: a value that Fargate offers with the given CPU; on EC2 6 or more.
   * @default 512
   */
  readonly memory?: number;
  /**
   * TCP port that the container listens on, 1 to 65535; it also finds it in the environment variable `PORT`.
   * @default - none
   */
  readonly port?: number;
  /**
   * Command in place of the image's own.
   * @default - the image's
   */
  readonly command?: readonly string[];
  /**
   * Entry point in place of the image's own.
   * @default - the image's
   */
  readonly entryPoint?: readonly string[];
  /**
   * Environment variables in plain text. What a name tells to be a secret belongs into `secrets`.
   * @default - none
   */
  readonly environment?: Readonly<Record<string, string>>;
  /**
   * Environment variables whose values ECS reads at launch: name → ARN of a Secrets Manager secret (`:json-key::` may
   * follow) or of an SSM parameter. The execution role may read exactly these.
   * @default - none
   */
  readonly secrets?: Readonly<Record<string, string>>;
  /**
   * What the task may do: JSON policy documents of the task role, by name.
   * @default - nothing
   */
  readonly policies?: Readonly<Record<string, string>>;
  /**
   * User of the container, by name or number, `:group` may follow. Not root: what breaks out of a container is who it
   * was inside.
   * @default "1000:1000"
   */
  readonly user?: string;
  /**
   * Whether the container's own files are read-only; `scratchPath` is not.
   * @default true
   */
  readonly readonlyRootFilesystem?: boolean;
  /**
   * Where the container may write: an empty volume that goes with the task is mounted there. It belongs to root unless
   * the image declares the path as `VOLUME`; the volume then takes over owner and mode of the image's directory.
   * @default "/tmp"
   */
  readonly scratchPath?: string;
  /**
   * EFS file systems that the container sees, by name of the volume: over TLS, through one access point, by a right of
   * the task role for that access point alone.
   * @default - none
   */
  readonly mounts?: Readonly<Record<string, Mount>>;
  /**
   * Disk of the task in GiB: 21 to 200.
   * @default - the 20 GiB that Fargate includes
   */
  readonly ephemeralStorageGib?: number;
  /**
   * Processor that the image is built for; `ARM64` costs less.
   * @default "X86_64"
   */
  readonly architecture?: "X86_64" | "ARM64";
  /**
   * ARN of the ECR repository that the image is pulled from. An image from elsewhere needs none.
   * @default - taken from the image where it names one
   */
  readonly repositoryArn?: string;
  /**
   * What the task may reach, by a key of your choice. It needs HTTPS for its image, log, secrets and the AWS APIs.
   * @default { https: { port: 443, cidrIpv4: "0.0.0.0/0" } }
   */
  readonly egress?: Readonly<Record<string, EgressRule>>;
  /**
   * What an event may override.
   * @default - nothing
   */
  readonly allowOverrides?: readonly Overridable[];
  /**
   * What happens when the task fails: an essential container exits with a code other than 0, runs out of memory or fails
   * its health check.
   * @default - an alarm
   */
  readonly onFailure?: OnFailure;
  /**
   * How often the task is launched again when it was running and was interrupted, by Spot, its host or the
   * infrastructure, 0 to 10; then its event goes to the dead-letter queue (DLQ).
   * @default 3
   */
  readonly interruptionRetries?: number;
  /**
   * How long the task's log is kept, in days: a value that CloudWatch Logs takes.
   * @default 365
   */
  readonly logRetentionDays?: number;
  /**
   * ARN of the KMS key that encrypts the log; its key policy must let CloudWatch Logs use it.
   * @default - the key that CloudWatch Logs manages
   */
  readonly kmsKeyArn?: string;
  /** Tags of every resource made here; a task takes them over from its definition. */
  readonly tags?: Readonly<Record<string, string>>;
}

/**
 * A task that waits to be launched: task definition, log group, a role to start it and a role of its own that
 * can do no more than they are given, and a security group that lets nothing in. The container runs as an ordinary
 * user on a read-only root with one place to write. Twin of the module `task`.
 *
 * @throws ValidationError when a value is one that AWS refuses, when the user is root, when the name of an environment
 * variable tells a secret, or when the image is a token and no `repositoryArn` is given.
 */
export class Task extends Twin {
  /** Family of the task definition; a launch that names no revision takes the newest. */
  readonly family: string;
  /** ARN of the newest revision. */
  readonly taskDefinitionArn: string;
  /** With `:*` after it, what a right to launch is bound to. */
  readonly taskDefinitionArnWithoutRevision: string;
  readonly containerName: string;
  readonly port: number | undefined;
  readonly taskRoleArn: string;
  readonly taskRoleName: string;
  readonly executionRoleArn: string;
  /** With `networkMode` bridge or host the container instances need it. */
  readonly securityGroupId: string;
  readonly logGroupName: string;
  /** How to launch the task, as {@link Launcher} takes it. */
  readonly route: LaunchRoute;

  constructor(scope: Construct, id: string, props: TaskProps) {
    super(scope, id);
    checkTask(this, props);
    const { name, tags, secrets = {}, cpu = 256, memory = 512 } = props;
    const { accountId, partition, region } = accountOf(this);

    const logGroup = this.twin(
      "aws_cloudwatch_log_group.this",
      new CloudwatchLogGroup(this, "log-group", {
        name: `/ecs/${name}`,
        retentionInDays: props.logRetentionDays ?? 365,
        kmsKeyId: props.kmsKeyArn,
        tags,
      }),
    );

    const assumeRolePolicy = trust("ecs-tasks.amazonaws.com", {
      StringEquals: { "aws:SourceAccount": accountId },
      ArnLike: { "aws:SourceArn": `arn:${partition}:ecs:${region}:${accountId}:*` },
    });
    const executionRole = this.twin(
      "aws_iam_role.execution",
      new IamRole(this, "execution-role", {
        name: `${name}-execution`,
        description: `Taken by ECS to start the tasks of ${name}.`,
        assumeRolePolicy,
        tags,
      }),
    );
    const executionPolicy = this.twin(
      "aws_iam_role_policy.execution",
      new IamRolePolicy(this, "execution-policy", {
        name: "execution",
        role: executionRole.name,
        policy: policy(
          // Of names that are known before anything is made, so that the plan shows every right.
          writeLog(`arn:${partition}:logs:${region}:${accountId}:log-group:${logGroup.name}`),
          ...pullFrom(props.repositoryArn ?? repositoryArnOf(this, props.image, partition)),
          ...read(readableArns(sortedValues(secrets))),
        ),
      }),
    );

    const taskRole = this.twin(
      "aws_iam_role.task",
      new IamRole(this, "task-role", {
        name: `${name}-task`,
        description: `Taken by the tasks of ${name} themselves.`,
        assumeRolePolicy,
        tags,
      }),
    );
    const taskPolicies = sortedEntries(props.policies).map(([policyName, document]) =>
      this.twin(
        `aws_iam_role_policy.task["${policyName}"]`,
        new IamRolePolicy(this, `task-policy-${policyName}`, {
          name: policyName,
          role: taskRole.name,
          policy: document,
        }),
      ),
    );

    const mounts = sortedEntries(props.mounts);
    const mountPolicies = mounts.map(([volume, mount]) =>
      this.twin(
        `aws_iam_role_policy.mount["${volume}"]`,
        new IamRolePolicy(this, `mount-policy-${volume}`, {
          name: `mount-${volume}`,
          role: taskRole.name,
          policy: policy(use(mount)),
        }),
      ),
    );

    const securityGroup = this.twin(
      "aws_security_group.this",
      new SecurityGroup(this, "security-group", {
        name: `ecs-${name}`,
        description: `Tasks of ${name}`,
        vpcId: props.vpcId,
        tags,
      }),
    );
    for (const [key, rule] of sortedEntries(props.egress ?? httpsOnly)) {
      this.twin(
        `aws_vpc_security_group_egress_rule.this["${key}"]`,
        new VpcSecurityGroupEgressRule(this, `egress-${key}`, {
          securityGroupId: securityGroup.id,
          description: rule.description ?? "Outgoing traffic of the task",
          ipProtocol: rule.protocol ?? "tcp",
          fromPort: rule.port,
          toPort: rule.port,
          cidrIpv4: rule.cidrIpv4,
          // This resource, unlike the others, tells no tags from an empty map, which the module passes.
          tags: tags ?? {},
        }),
      );
    }

    for (const [volume, mount] of mounts) {
      this.twin(
        `aws_vpc_security_group_egress_rule.mount["${volume}"]`,
        new VpcSecurityGroupEgressRule(this, `mount-egress-${volume}`, {
          securityGroupId: securityGroup.id,
          description: `File system mounted as ${volume}`,
          ipProtocol: "tcp",
          fromPort: 2049,
          toPort: 2049,
          referencedSecurityGroupId: mount.securityGroupId,
          tags: tags ?? {},
        }),
      );
    }

    const definition = this.twin(
      "aws_ecs_task_definition.this",
      new EcsTaskDefinition(this, "task-definition", {
        family: name,
        requiresCompatibilities: [props.capacity === "EC2" ? "EC2" : "FARGATE"],
        networkMode: props.networkMode ?? "awsvpc",
        cpu: json(cpu),
        memory: json(memory),
        executionRoleArn: executionRole.arn,
        taskRoleArn: taskRole.arn,
        containerDefinitions: json([containerDefinition(props, { logGroup: logGroup.name, region })]),
        runtimePlatform: {
          cpuArchitecture: props.architecture ?? "X86_64",
          operatingSystemFamily: "LINUX",
        },
        volume: [{ name: "scratch" }, ...mounts.map(([volume, mount]) => volumeOf(volume, mount))],
        ephemeralStorage:
          props.ephemeralStorageGib === undefined ? undefined : { sizeInGib: props.ephemeralStorageGib },
        tags,
        // A family without an active revision cannot be launched, not even for a moment.
        lifecycle: { createBeforeDestroy: true },
        // A launch may come as soon as the definition is there.
        dependsOn: [executionPolicy, ...taskPolicies, ...mountPolicies],
      }),
    );

    this.family = definition.family;
    this.taskDefinitionArn = definition.arn;
    // Known beforehand, unlike the attribute of the definition: a new revision changes no right, and the plan says so.
    this.taskDefinitionArnWithoutRevision = `arn:${partition}:ecs:${region}:${accountId}:task-definition/${name}`;
    this.containerName = name;
    this.port = props.port;
    this.taskRoleArn = taskRole.arn;
    this.taskRoleName = taskRole.name;
    this.executionRoleArn = executionRole.arn;
    this.securityGroupId = securityGroup.id;
    this.logGroupName = logGroup.name;
    this.route = {
      clusterArn: props.clusterArn,
      family: this.family,
      taskDefinitionArnWithoutRevision: this.taskDefinitionArnWithoutRevision,
      containerName: this.containerName,
      subnetIds: props.subnetIds,
      securityGroupIds: [this.securityGroupId],
      assignPublicIp: props.assignPublicIp,
      port: this.port,
      allowOverrides: props.allowOverrides,
      taskRoleArn: this.taskRoleArn,
      taskRoleName: this.taskRoleName,
      executionRoleArn: this.executionRoleArn,
      networkMode: props.networkMode,
      capacity: props.capacity,
      onFailure: withDefaults(props.onFailure),
      interruptionRetries: props.interruptionRetries ?? defaultInterruptionRetries,
      essentialContainers: [this.containerName],
    };
  }
}

const httpsOnly: Readonly<Record<string, EgressRule>> = { https: { port: 443, cidrIpv4: "0.0.0.0/0" } };

const pullFrom = (repositoryArn: string | undefined): PolicyStatement[] =>
  repositoryArn === undefined
    ? []
    : [
        {
          Effect: "Allow",
          Action: ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
          Resource: repositoryArn,
        },
        // The token is one for all repositories: AWS has no resource to name.
        { Effect: "Allow", Action: "ecr:GetAuthorizationToken", Resource: "*" },
      ];

const read = (secretArns: readonly string[]): PolicyStatement[] =>
  secretArns.length === 0
    ? []
    : [
        {
          Effect: "Allow",
          Action: ["secretsmanager:GetSecretValue", "ssm:GetParameters"],
          Resource: secretArns,
        },
      ];

const use = (mount: Mount): PolicyStatement => ({
  Effect: "Allow",
  Action: ["elasticfilesystem:ClientMount", ...(mount.readOnly ? [] : ["elasticfilesystem:ClientWrite"])],
  Resource: mount.fileSystemArn,
  Condition: { StringEquals: { "elasticfilesystem:AccessPointArn": mount.accessPointArn } },
});

const volumeOf = (name: string, mount: Mount): EcsTaskDefinitionVolume => ({
  name,
  efsVolumeConfiguration: {
    fileSystemId: mount.fileSystemId,
    transitEncryption: "ENABLED",
    authorizationConfig: { accessPointId: mount.accessPointId, iam: "ENABLED" },
  },
});
