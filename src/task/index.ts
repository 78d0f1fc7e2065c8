import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group";
import { EcsTaskDefinition, type EcsTaskDefinitionVolume } from "@cdktf/provider-aws/lib/ecs-task-definition";
import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import { SecurityGroup } from "@cdktf/provider-aws/lib/security-group";
import { VpcSecurityGroupEgressRule } from "@cdktf/provider-aws/lib/vpc-security-group-egress-rule";
import { Token } from "cdktf";
import type { Construct } from "constructs";
import { accountOf } from "../core/account";
import { expression } from "../core/expression";
import { json } from "../core/json";
import { sortedEntries } from "../core/maps";
import { type PolicyStatement, policy, policyOf, trust, writeLog } from "../core/policy";
import { Twin } from "../core/twin";
import { typed } from "../core/typed";
import { isToken } from "../core/validation";
import { defaultInterruptionRetries, withDefaults } from "../launcher/on-failure";
import type { Capacity, LaunchRoute } from "../launcher/route";
import { checkTask } from "./checks";
import { containerDefinitions } from "./container";
import { pullImage } from "./ecr";
import type { Mount } from "./mount";
import type { EgressRule, TaskProps } from "./props";
import { readSecrets } from "./secret-arn";

export type { EgressRule, TaskProps } from "./props";

/**
 * A task that can be launched: a task definition, a log group, an execution role and a task role with the least
 * permissions, and a security group without ingress rules. The container runs as a user other than root, with a read-only
 * root file system and one writable path. Nothing runs until a launch. Twin of the module `task`.
 *
 * @example
 * import { Launcher } from "cdktf-event-driven-ecs/launcher";
 * import type { Network } from "cdktf-event-driven-ecs/network";
 * import { Task } from "cdktf-event-driven-ecs/task";
 *
 * declare const network: Network, clusterArn: string;
 * const { vpcId, privateSubnetIds: subnetIds } = network;
 * const image = "ghcr.io/acme/report:1.4.2";
 * const report = new Task(this, "report", { name: "engines-report", clusterArn, vpcId, subnetIds, image, memory: 1024 });
 * new Launcher(this, "launcher", { name: "engines", routes: { report } });
 *
 * @throws ValidationError when AWS would refuse a value, the user is root, or the name of an environment variable
 * indicates a secret.
 */
export class Task extends Twin {
  /** Family of the task definition. A launch that names no revision uses the newest. */
  readonly family: string;
  /** ARN of the newest revision of the task definition. */
  readonly taskDefinitionArn: string;
  /**
   * ARN of the task definition without its revision. With `:*` appended it is the resource of a permission to run any
   * revision.
   */
  readonly taskDefinitionArnWithoutRevision: string;
  /** Name of the container. */
  readonly containerName: string;
  /** TCP port that the container listens on. Not set when the task exposes none. */
  readonly port: number | undefined;
  /** ARN of the task role: the role that the container has. */
  readonly taskRoleArn: string;
  /** Name of the task role: the role that the container has. */
  readonly taskRoleName: string;
  /** ARN of the execution role: the role with which ECS pulls the image, reads the secrets and writes the log. */
  readonly executionRoleArn: string;
  /** ID of the task's security group. With `networkMode` bridge or host, attach it to the container instances. */
  readonly securityGroupId: string;
  /** Name of the task's log group. */
  readonly logGroupName: string;
  /**
   * Launch route of the task, as a launcher and a registrar take it. Merge it with the service's entry in the load
   * balancer's `targets` to give it a target group.
   */
  readonly route: LaunchRoute;

  constructor(scope: Construct, id: string, given: TaskProps) {
    super(scope, id);
    const props = typed(this, "task", given);
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
        description: `Execution role of ${name}.`,
        assumeRolePolicy,
        tags,
      }),
    );
    const executionPolicy = this.twin(
      "aws_iam_role_policy.execution",
      new IamRolePolicy(this, "execution-policy", {
        name: "execution",
        role: executionRole.name,
        policy: policyOf(
          // Built from names that are known before apply, so that the plan shows every permission.
          [writeLog(`arn:${partition}:logs:${region}:${accountId}:log-group:${logGroup.name}`)],
          pullImage(props.image, props.repositoryArn, partition),
          readSecrets(secrets),
        ),
      }),
    );

    const taskRole = this.twin(
      "aws_iam_role.task",
      new IamRole(this, "task-role", {
        name: `${name}-task`,
        description: `Task role of ${name}.`,
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
          policy: policy(useMount(mount)),
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
          // This resource, unlike the others, differs between no tags and an empty map, which the module passes.
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
        requiresCompatibilities: [compatibility(props.capacity)],
        networkMode: props.networkMode ?? "awsvpc",
        cpu: json(cpu),
        memory: json(memory),
        executionRoleArn: executionRole.arn,
        taskRoleArn: taskRole.arn,
        containerDefinitions: containerDefinitions(props, { logGroup: logGroup.name, region }),
        runtimePlatform: {
          cpuArchitecture: props.architecture ?? "X86_64",
          operatingSystemFamily: "LINUX",
        },
        volume: [{ name: "scratch" }, ...mounts.map(([volume, mount]) => volumeOf(volume, mount))],
        ephemeralStorage:
          props.ephemeralStorageGib === undefined ? undefined : { sizeInGib: props.ephemeralStorageGib },
        tags,
        // A family must always have an active revision, or launches fail.
        lifecycle: { createBeforeDestroy: true },
        // A task may be launched as soon as the task definition exists.
        dependsOn: [executionPolicy, ...taskPolicies, ...mountPolicies],
      }),
    );

    this.family = definition.family;
    this.taskDefinitionArn = definition.arn;
    // Built from known names, unlike the attribute of the resource: so the plan shows that a new revision changes no permission.
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

const compatibility = (capacity: Capacity | undefined): string =>
  isToken(capacity)
    ? Token.asString(expression`${capacity} == "EC2" ? "EC2" : "FARGATE"`)
    : capacity === "EC2"
      ? "EC2"
      : "FARGATE";

const useMount = (mount: Mount): PolicyStatement => ({
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
