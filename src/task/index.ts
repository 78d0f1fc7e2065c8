import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group";
import { EcsTaskDefinition, type EcsTaskDefinitionVolume } from "@cdktf/provider-aws/lib/ecs-task-definition";
import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import { IamRolePolicyAttachment } from "@cdktf/provider-aws/lib/iam-role-policy-attachment";
import { SecurityGroup } from "@cdktf/provider-aws/lib/security-group";
import { VpcSecurityGroupEgressRule } from "@cdktf/provider-aws/lib/vpc-security-group-egress-rule";
import { dependable, Fn, type IResolvable, type IResolveContext, Token } from "cdktf";
import type { Construct } from "constructs";
import { accountOf } from "../core/account";
import { nameIn } from "../core/arn";
import { checkCommonInputs } from "../core/common-inputs";
import { expression } from "../core/expression";
import { Grantee } from "../core/grants";
import { json } from "../core/json";
import { sortedEntries, sortedValues } from "../core/maps";
import { mergedPolicy, type PolicyStatement, policy, policyOf, trust, writeLog } from "../core/policy";
import { withoutNulls } from "../core/props";
import { roleWith } from "../core/roles";
import { typed } from "../core/typed";
import { isToken } from "../core/validation";
import { type Capacity, mayRunOnFargate, mayRunOnFargateAtPlan, runsOnFargate } from "../launcher/capacity";
import { defaultInterruptionRetries, withDefaults } from "../launcher/on-failure";
import type { LaunchRoute } from "../launcher/route";
import { checkDefinitionsSize, checkTask } from "./checks";
import { containerDefinitions } from "./container";
import { ebsVolumeName, launchVolume } from "./ebs-volume";
import { importUpstream, pullImage, pullSidecars } from "./ecr";
import { type EgressRule, egressRule } from "./egress";
import { executeCommand } from "./execute-command";
import type { Mount } from "./mount";
import type { TaskProps } from "./props";
import { readSecrets } from "./secret-arn";
import { essentialContainers } from "./sidecar";

export type { EbsVolume, FileSystemType, VolumeType } from "./ebs-volume";
export type { EgressRule } from "./egress";
export type { ContainerHealthCheck } from "./health-check";
export type { Ulimit } from "./linux";
export type { TaskProps } from "./props";
export type { DependencyCondition, Sidecar } from "./sidecar";

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
export class Task extends Grantee {
  /** Family of the task definition. A launch that names no revision uses the newest. */
  readonly family: string;
  /** ARN of the newest revision of the task definition. */
  readonly taskDefinitionArn: string;
  /** Newest revision of the task definition. */
  readonly taskDefinitionRevision: number;
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
  /** Name of the execution role: the role with which ECS pulls the image, reads the secrets and writes the log. */
  readonly executionRoleName: string;
  /**
   * ARN of the infrastructure role: the role with which ECS manages the volume of `ebsVolume`. Not set without it.
   */
  readonly infrastructureRoleArn: string | undefined;
  /** JSON text of the policy that the execution role has, or needs when it is `existingExecutionRole`. */
  readonly executionPolicyJson: string;
  /**
   * JSON text of a policy with everything that the task role has, or needs when it is `existingTaskRole`: `policies`,
   * `grants`, mounts and ECS Exec, without Sids. What a launcher adds, to read long payloads, is the launcher's output
   * `readPayloadPolicyJson`. Null when the task needs no permission, neither by a prop nor by a method.
   */
  readonly taskPolicyJson: string;
  /** ID of the task's security group. With `networkMode` bridge or host, attach it to the container instances. */
  readonly securityGroupId: string;
  /** Name of the task's log group. */
  readonly logGroupName: string;
  /** ARN of the task's log group. */
  readonly logGroupArn: string;
  /**
   * Launch route of the task, as a launcher and a registrar take it. Merge it with the service's entry in the load
   * balancer's `targets` to give it a target group.
   */
  readonly route: LaunchRoute;

  private readonly definition: EcsTaskDefinition;
  private readonly taskRole: IamRole | undefined;
  private readonly taskPolicies: TaskPolicy[] = [];

  constructor(scope: Construct, id: string, given: TaskProps) {
    super(scope, id);
    const props = typed(this, "task", withoutNulls(given));
    checkCommonInputs(this, "task", props);
    checkTask(this, props);
    this.useNames(props.names, formerAddresses);
    const { name, tags, secrets = {}, cpu = 256, memory = 512 } = props;
    const sidecars = sortedValues(props.sidecars);
    const { accountId, partition, region, regionalDomain } = accountOf(this);

    this.logGroupName = this.logGroup(props);
    this.logGroupArn = `arn:${partition}:logs:${region}:${accountId}:log-group:${this.logGroupName}`;
    const assumeRolePolicy = trust("ecs-tasks.amazonaws.com", {
      StringEquals: { "aws:SourceAccount": accountId },
      ArnLike: { "aws:SourceArn": `arn:${partition}:ecs:${region}:${accountId}:*` },
    });
    this.executionPolicyJson = policyOf(
      // Built from names that are known before apply, so that the plan shows every permission.
      [writeLog(this.logGroupArn)],
      pullImage(props.image, props.repositoryArn, partition),
      readSecrets([secrets, ...sidecars.map((sidecar) => sidecar.secrets ?? {}), props.logSecrets ?? {}], {
        partition,
        region,
        accountId,
      }),
      readCredentials(props.repositoryCredentialsArn),
      pullSidecars(sidecars, partition),
      props.pullThroughCache ? importUpstream([props, ...sidecars], partition) : [],
      decryptSecrets(props.secretsKmsKeyArns, regionalDomain),
    );
    const policies: (IamRolePolicy | IamRolePolicyAttachment)[] = [];
    const { existingExecutionRole, existingTaskRole } = props;
    if (existingExecutionRole) {
      this.executionRoleArn = existingExecutionRole.arn;
      this.executionRoleName = nameIn(existingExecutionRole.arn);
    } else {
      const role = this.role("execution", props, assumeRolePolicy);
      this.executionRoleArn = role.arn;
      this.executionRoleName = role.name;
      const address = 'aws_iam_role_policy.execution["this"]';
      policies.push(
        this.twin(
          address,
          new IamRolePolicy(this, "execution-policy", {
            name: this.named(address) ?? "execution",
            role: role.name,
            policy: this.executionPolicyJson,
          }),
          "aws_iam_role_policy.execution",
        ),
      );
    }

    this.taskRole = existingTaskRole ? undefined : this.role("task", props, assumeRolePolicy);
    this.taskRoleArn = this.taskRole?.arn ?? existingTaskRole!.arn;
    this.taskRoleName = this.taskRole?.name ?? nameIn(existingTaskRole!.arn);
    const mounts = sortedEntries(props.mounts);
    const taskPolicies: TaskPolicy[] = [
      ...sortedEntries(props.policies).map(([key, document]) => ({
        kind: "task" as const,
        key,
        name: key,
        document,
      })),
      ...mounts.map(([key, mount]) => ({
        kind: "mount" as const,
        key,
        name: `mount-${key}`,
        document: policy(useMount(mount)),
      })),
      ...(props.enableExecuteCommand
        ? [
            {
              kind: "execute_command" as const,
              key: "this",
              name: "execute-command",
              document: policy(
                ...executeCommand(
                  props,
                  (logGroup) => `arn:${partition}:logs:${region}:${accountId}:log-group:${logGroup}`,
                ),
              ),
            },
          ]
        : []),
    ];
    for (const taskPolicy of taskPolicies) policies.push(...this.addTaskPolicy(taskPolicy));
    this.taskPolicyJson = Token.asString({
      creationStack: [],
      resolve: (context: IResolveContext) => mergedPolicy(this.taskDocuments()).resolve(context),
    });

    this.infrastructureRoleArn = props.existingInfrastructureRole?.arn;
    if (props.ebsVolume && !props.existingInfrastructureRole) {
      // AWS documents no condition on the account or the task for this trust.
      const role = this.role("infrastructure", props, trust("ecs.amazonaws.com"));
      this.infrastructureRoleArn = role.arn;
      policies.push(
        this.twin(
          'aws_iam_role_policy_attachment.infrastructure["this"]',
          new IamRolePolicyAttachment(this, "infrastructure-policy-attachment", {
            role: role.name,
            policyArn: `arn:${partition}:iam::aws:policy/service-role/AmazonECSInfrastructureRolePolicyForVolumes`,
          }),
        ),
      );
    }

    const securityGroup = this.twin(
      "aws_security_group.this",
      new SecurityGroup(this, "security-group", {
        name: this.named("aws_security_group.this") ?? `ecs-${name}`,
        description: this.named("aws_security_group.this", "description") ?? `Tasks of ${name}`,
        vpcId: props.vpcId,
        tags,
      }),
    );
    for (const [key, rule] of sortedEntries(props.egress ?? httpsOnly)) {
      this.twin(
        `aws_vpc_security_group_egress_rule.this["${key}"]`,
        new VpcSecurityGroupEgressRule(this, `egress-${key}`, {
          securityGroupId: securityGroup.id,
          ...egressRule(rule),
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

    const definitions = containerDefinitions(props, {
      "awslogs-group": this.logGroupName,
      "awslogs-region": region,
      "awslogs-stream-prefix": "task",
    });
    checkDefinitionsSize(this, definitions);
    const family = this.named("aws_ecs_task_definition.this") ?? name;
    const definition = this.twin(
      "aws_ecs_task_definition.this",
      new EcsTaskDefinition(this, "task-definition", {
        family,
        requiresCompatibilities: compatibilities(props.capacity),
        networkMode: props.networkMode ?? "awsvpc",
        cpu: json(cpu),
        memory: json(memory),
        executionRoleArn: this.executionRoleArn,
        taskRoleArn: this.taskRoleArn,
        trackLatest: props.trackLatestRevision ?? false,
        containerDefinitions: definitions,
        runtimePlatform: {
          cpuArchitecture: props.architecture ?? "X86_64",
          operatingSystemFamily: "LINUX",
        },
        volume: [
          ...((props.createScratchVolume ?? true) ? [{ name: "scratch" }] : []),
          ...mounts.map(([volume, mount]) => volumeOf(volume, mount)),
          ...(props.ebsVolume ? [{ name: ebsVolumeName, configureAtLaunch: true }] : []),
        ],
        ephemeralStorage:
          props.ephemeralStorageGib === undefined ? undefined : { sizeInGib: props.ephemeralStorageGib },
        tags,
        // A family must always have an active revision, or launches fail.
        lifecycle: { createBeforeDestroy: true },
        // A task may be launched as soon as the task definition exists.
        dependsOn: policies,
      }),
    );

    this.definition = definition;
    this.family = definition.family;
    this.taskDefinitionArn = definition.arn;
    this.taskDefinitionRevision = definition.revision;
    // Built from known names, unlike the attribute of the resource: so the plan shows that a new revision changes no permission.
    this.taskDefinitionArnWithoutRevision = `arn:${partition}:ecs:${region}:${accountId}:task-definition/${family}`;
    this.containerName = name;
    this.port = props.port;
    this.securityGroupId = securityGroup.id;
    this.route = {
      clusterArn: props.clusterArn,
      family: this.family,
      taskDefinitionArnWithoutRevision: this.taskDefinitionArnWithoutRevision,
      containerName: this.containerName,
      subnetIds: props.subnetIds,
      securityGroupIds: withOwn(this.securityGroupId, props.securityGroupIds),
      assignPublicIp: props.assignPublicIp,
      port: this.port,
      allowOverrides: props.allowOverrides,
      taskRoleArn: this.taskRoleArn,
      taskRoleName: this.taskRoleName,
      executionRoleArn: this.executionRoleArn,
      existingTaskRole: existingTaskRole && true,
      networkMode: props.networkMode,
      capacity: props.capacity,
      onFailure: withDefaults(props.onFailure),
      interruptionRetries: props.interruptionRetries ?? defaultInterruptionRetries,
      enableExecuteCommand: props.enableExecuteCommand,
      essentialContainers: essentialContainers(props),
      ebsVolume: props.ebsVolume && launchVolume(props.ebsVolume, this.infrastructureRoleArn!),
    };
    this.addGrants(props.grants, props.policies);
    this.refuseUnknownNames("aws_iam_role_policy.grant[");
  }

  protected override addGrantPolicy(key: string, document: string): void {
    const grantPolicies = this.addTaskPolicy({ kind: "grant", key, name: `grant-${key}`, document });
    // A task may be launched as soon as the task definition exists.
    this.definition.dependsOn = [...(this.definition.dependsOn ?? []), ...grantPolicies.map(dependable)];
  }

  /** Attaches a policy to the task role, unless that is an existing one. */
  private addTaskPolicy(taskPolicy: TaskPolicy): IamRolePolicy[] {
    this.taskPolicies.push(taskPolicy);
    if (!this.taskRole) return [];
    const { kind, key, name, document } = taskPolicy;
    const address = `aws_iam_role_policy.${kind}["${key}"]`;
    const id = kind === "execute_command" ? "execute-command-policy" : `${kind}-policy-${key}`;
    const attached = new IamRolePolicy(this, id, {
      name: this.named(address) ?? name,
      role: this.taskRole.name,
      policy: document,
    });
    return [this.twin(address, attached)];
  }

  /** The documents of the policies of the task role, in the order of the module. */
  private taskDocuments(): string[] {
    const kinds: readonly TaskPolicy["kind"][] = ["task", "grant", "mount", "execute_command"];
    return kinds.flatMap((kind) => {
      const ofKind = this.taskPolicies.filter((taskPolicy) => taskPolicy.kind === kind);
      return sortedValues(Object.fromEntries(ofKind.map(({ key, document }) => [key, document])));
    });
  }

  private role(kind: keyof typeof roleKinds, props: TaskProps, assumeRolePolicy: string): IamRole {
    const former = `aws_iam_role.${kind}`;
    const address = `${former}["this"]`;
    const { suffix, title } = roleKinds[kind];
    return this.twin(
      address,
      new IamRole(this, `${kind}-role`, {
        ...roleWith(this, props.roles, `${props.name}-${suffix}`, this.named(address)),
        description: `${title} role of ${props.name}.`,
        assumeRolePolicy,
        tags: props.tags,
      }),
      former in formerAddresses ? former : undefined,
    );
  }

  /** @returns the name of the log group, created or existing. */
  private logGroup({ name, existingLogGroup, logRetentionDays, kmsKeyArn, tags }: TaskProps): string {
    if (existingLogGroup) return existingLogGroup.name;
    const address = 'aws_cloudwatch_log_group.this["this"]';
    const logGroup = new CloudwatchLogGroup(this, "log-group", {
      name: this.named(address) ?? `/ecs/${name}`,
      retentionInDays: logRetentionDays ?? 365,
      kmsKeyId: kmsKeyArn,
      tags,
    });
    return this.twin(address, logGroup, "aws_cloudwatch_log_group.this").name;
  }
}

const roleKinds = {
  execution: { suffix: "execution", title: "Execution" },
  task: { suffix: "task", title: "Task" },
  infrastructure: { suffix: "volumes", title: "Infrastructure" },
} as const;

/** A policy of the task role. */
interface TaskPolicy {
  /** Name of the resource in the module. */
  readonly kind: "task" | "grant" | "mount" | "execute_command";
  /** Key of the resource in the module. */
  readonly key: string;
  /** Name of the inline policy. */
  readonly name: string;
  readonly document: string;
}

/** Addresses that these resources had before they could exist already; `names` still takes them. */
const formerAddresses = Object.fromEntries(
  [
    "aws_cloudwatch_log_group.this",
    "aws_iam_role.execution",
    "aws_iam_role_policy.execution",
    "aws_iam_role.task",
  ].map((address) => [address, `${address}["this"]`]),
);

const httpsOnly: Readonly<Record<string, EgressRule>> = { https: { port: 443, cidrIpv4: "0.0.0.0/0" } };

/** The task's own security group and the given ones, which may be a list that only Terraform resolves. */
const withOwn = (own: string, others: readonly string[] = []): readonly string[] =>
  Token.isUnresolved(others) ? Token.asList(Fn.concat([[own], [...others]])) : [own, ...others];

const compatibilities = (capacity: Capacity = "FARGATE"): string[] =>
  isToken(capacity)
    ? Token.asList(
        expression`concat(contains(${["FARGATE", "FARGATE_SPOT"]}, ${capacity}) ? [] : ["EC2"], ${mayRunOnFargateAtPlan(capacity)} ? ["FARGATE"] : [])`,
      )
    : [...(runsOnFargate(capacity) ? [] : ["EC2"]), ...(mayRunOnFargate(capacity) ? ["FARGATE"] : [])];

const readCredentials = (secretArn: string | undefined): PolicyStatement[] =>
  secretArn === undefined
    ? []
    : [{ Effect: "Allow", Action: "secretsmanager:GetSecretValue", Resource: secretArn }];

function decryptSecrets(
  keyArns: readonly string[] = [],
  regionalDomain: string,
): PolicyStatement[] | IResolvable {
  const statement = (arns: unknown): PolicyStatement => ({
    Effect: "Allow",
    Action: "kms:Decrypt",
    Resource: arns as string[],
    Condition: {
      StringEquals: {
        "kms:ViaService": ["secretsmanager", "ssm"].map((service) => `${service}.${regionalDomain}`),
      },
    },
  });
  if (isToken(keyArns))
    return expression`[for arns in [${keyArns}] : ${statement(expression`arns`)} if length(arns) > 0]`;
  return keyArns.length === 0 ? [] : [statement(keyArns)];
}

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
