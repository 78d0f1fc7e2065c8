import { EfsAccessPoint } from "@cdktf/provider-aws/lib/efs-access-point";
import { EfsBackupPolicy } from "@cdktf/provider-aws/lib/efs-backup-policy";
import { EfsFileSystem } from "@cdktf/provider-aws/lib/efs-file-system";
import { EfsFileSystemPolicy } from "@cdktf/provider-aws/lib/efs-file-system-policy";
import { EfsMountTarget } from "@cdktf/provider-aws/lib/efs-mount-target";
import { SecurityGroup } from "@cdktf/provider-aws/lib/security-group";
import { VpcSecurityGroupIngressRule } from "@cdktf/provider-aws/lib/vpc-security-group-ingress-rule";
import { Fn, Lazy } from "cdktf";
import type { Construct } from "constructs";
import { checkCommonInputs } from "../core/common-inputs";
import { expression } from "../core/expression";
import { sortedEntries, sortedValues } from "../core/maps";
import { type PolicyStatement, policy } from "../core/policy";
import { withoutNulls } from "../core/props";
import { withTags } from "../core/tags";
import { Twin } from "../core/twin";
import { typed } from "../core/typed";
import { check, checkAtPlan, checkNotEmpty, isToken } from "../core/validation";
import type { Mount } from "../task/mount";
import { checkFileSystem } from "./checks";
import type { FileSystemClient, FileSystemProps } from "./props";

export type { AccessPoint, FileSystemClient, FileSystemProps } from "./props";

/**
 * An EFS file system for ECS tasks: encrypted, with daily backups, a mount target in each zone, and access points that
 * enforce the user and the root directory. Its policy denies mounts without TLS or without an access point, and allows the
 * roles of `clients` only. Twin of the module `file-system`.
 *
 * @example
 * import { FileSystem } from "cdktf-event-driven-ecs/file-system";
 *
 * const files = new FileSystem(this, "files", {
 *   name: "engines",
 *   vpcId: "vpc-0a1b2c3d4e5f60718",
 *   subnetIds: { "eu-west-1a": "subnet-0a1b2c3d4e5f60718" },
 *   accessPoints: { work: { uid: 1000, gid: 1000 } },
 * });
 * const mounts = { work: files.mount("work", "/work") }; // a prop of Task
 *
 * @throws ValidationError when a value is one that EFS refuses, or a client has an unknown access point.
 */
export class FileSystem extends Twin {
  /** ID of the file system. */
  readonly fileSystemId: string;
  /** ARN of the file system. */
  readonly fileSystemArn: string;
  /** ID of each access point, by name. */
  readonly accessPointIds: Readonly<Record<string, string>>;
  /** ARN of each access point, by name. */
  readonly accessPointArns: Readonly<Record<string, string>>;
  /** ID of the security group of the mount targets. */
  readonly securityGroupId: string;

  private readonly tags: Readonly<Record<string, string>> | undefined;
  private readonly clients: Record<string, FileSystemClient> = {};
  private readonly mountedFileSystemId: string;

  constructor(scope: Construct, id: string, given: FileSystemProps) {
    super(scope, id);
    const props = typed(this, "file-system", withoutNulls(given, ["infrequentAccessAfterDays"]));
    checkCommonInputs(this, "file-system", props);
    checkFileSystem(this, props);
    this.useNames(props.names);
    const { name, tags, infrequentAccessAfterDays = 30 } = props;
    this.tags = tags;

    const fileSystem = this.twin(
      "aws_efs_file_system.this",
      new EfsFileSystem(this, "file-system", {
        encrypted: true,
        kmsKeyId: props.kmsKeyArn,
        performanceMode: props.performanceMode ?? "generalPurpose",
        throughputMode: props.throughputMode ?? "elastic",
        provisionedThroughputInMibps: props.provisionedThroughputMibps,
        lifecyclePolicy: infrequentAccess(infrequentAccessAfterDays),
        tags: withTags({ Name: name }, tags),
      }),
    );
    if (isToken(infrequentAccessAfterDays)) setUnknownInfrequentAccess(fileSystem, infrequentAccessAfterDays);

    this.twin(
      "aws_efs_backup_policy.this",
      new EfsBackupPolicy(this, "backup-policy", {
        fileSystemId: fileSystem.id,
        backupPolicy: { status: (props.backup ?? true) ? "ENABLED" : "DISABLED" },
      }),
    );

    const accessPoints = sortedEntries(props.accessPoints).map(([point, settings]) => {
      const { uid = 1000, gid = 1000 } = settings;
      const accessPoint = this.twin(
        `aws_efs_access_point.this["${point}"]`,
        new EfsAccessPoint(this, `access-point-${point}`, {
          fileSystemId: fileSystem.id,
          posixUser: { uid, gid },
          rootDirectory: {
            path: settings.path ?? `/${point}`,
            creationInfo: { ownerUid: uid, ownerGid: gid, permissions: settings.permissions ?? "0750" },
          },
          tags: withTags({ Name: `${name}-${point}` }, tags),
        }),
      );
      return [point, accessPoint] as const;
    });

    const fileSystemPolicy = this.twin(
      "aws_efs_file_system_policy.this",
      new EfsFileSystemPolicy(this, "policy", {
        fileSystemId: fileSystem.id,
        policy: Lazy.stringValue({ produce: () => this.policy() }),
      }),
    );

    const securityGroup = this.twin(
      "aws_security_group.this",
      new SecurityGroup(this, "security-group", {
        name: this.named("aws_security_group.this") ?? `efs-${name}`,
        description: this.named("aws_security_group.this", "description") ?? `File system ${name}`,
        vpcId: props.vpcId,
        tags: withTags({ Name: `efs-${name}` }, tags),
      }),
    );

    const mountTargets = sortedEntries(props.subnetIds).map(([zone, subnetId]) =>
      this.twin(
        `aws_efs_mount_target.this["${zone}"]`,
        new EfsMountTarget(this, `mount-target-${zone}`, {
          fileSystemId: fileSystem.id,
          subnetId,
          securityGroups: [securityGroup.id],
          // No client reaches the file system before the policy exists.
          dependsOn: [fileSystemPolicy],
        }),
      ),
    );

    this.fileSystemId = fileSystem.id;
    this.fileSystemArn = fileSystem.arn;
    this.accessPointIds = Object.fromEntries(accessPoints.map(([point, { id }]) => [point, id]));
    this.accessPointArns = Object.fromEntries(accessPoints.map(([point, { arn }]) => [point, arn]));
    this.securityGroupId = securityGroup.id;
    this.refuseUnknownNames();
    // Taken from the mount targets: a task that starts before they exist fails.
    this.mountedFileSystemId = Fn.element(
      mountTargets.map((target) => target.fileSystemId),
      0,
    );
    for (const [key, client] of sortedEntries(props.clients)) this.addClient(key, client);
    for (const [key, securityGroupId] of sortedEntries(props.clientSecurityGroupIds))
      this.letIn(key, securityGroupId);
  }

  /**
   * Mount of an access point, an element of the prop `mounts` of a {@link Task}.
   *
   * @param accessPoint name of the access point.
   * @param containerPath path in the container.
   * @param options.readOnly whether the container cannot write, by default false.
   * @throws ValidationError when there is no such access point.
   */
  mount(accessPoint: string, containerPath: string, options: { readonly readOnly?: boolean } = {}): Mount {
    this.checkAccessPoints(`mount("${accessPoint}")`, [accessPoint]);
    return {
      fileSystemId: this.mountedFileSystemId,
      fileSystemArn: this.fileSystemArn,
      accessPointId: this.accessPointIds[accessPoint]!,
      accessPointArn: this.accessPointArns[accessPoint]!,
      securityGroupId: this.securityGroupId,
      containerPath,
      readOnly: options.readOnly,
    };
  }

  /**
   * Allows a task, such as a {@link Task}, to mount access points: the file system policy allows its task role, and the
   * security group of the mount targets allows its security group.
   *
   * @param task the task.
   * @param accessPoints names of the access points: at least one.
   * @param options.name key of the client, by default the task's container name.
   * @param options.readOnly whether the task cannot write, by default false.
   * @throws ValidationError when there is no such access point, or the task is a client already.
   */
  grantMount(
    task: { readonly containerName: string; readonly taskRoleArn: string; readonly securityGroupId: string },
    accessPoints: readonly string[],
    options: { readonly name?: string; readonly readOnly?: boolean } = {},
  ): void {
    const { containerName, taskRoleArn, securityGroupId } = task;
    const { name = containerName, readOnly } = options;
    this.addClient(name, { taskRoleArn, securityGroupId, accessPoints, readOnly });
  }

  /**
   * Allows a security group to reach the mount targets: that of a task whose task role itself has permission to mount.
   *
   * @param key of your choice, unique among the security groups of this file system.
   * @param securityGroupId ID of the task's security group.
   */
  letIn(key: string, securityGroupId: string): void {
    this.twin(
      `aws_vpc_security_group_ingress_rule.client["${key}"]`,
      new VpcSecurityGroupIngressRule(this, `client-ingress-${key}`, this.nfsFrom(key, securityGroupId)),
    );
  }

  private nfsFrom(key: string, securityGroupId: string) {
    return {
      securityGroupId: this.securityGroupId,
      description: `NFS from ${key}`,
      ipProtocol: "tcp",
      fromPort: 2049,
      toPort: 2049,
      referencedSecurityGroupId: securityGroupId,
      // Unlike others, this resource distinguishes no tags from an empty map, which the module passes.
      tags: this.tags ?? {},
    };
  }

  private addClient(key: string, client: FileSystemClient): void {
    checkNotEmpty(this, `clients.${key}.accessPoints`, client.accessPoints, "a client needs at least one.");
    this.checkAccessPoints(`clients.${key}`, client.accessPoints);
    const known = Object.entries(this.clients).find(
      ([other, { taskRoleArn }]) => other === key || taskRoleArn === client.taskRoleArn,
    );
    check(
      this,
      known === undefined,
      `clients has the task of "${key}" twice, also as "${known?.[0]}"; list each task once, with all its access points.`,
    );
    this.clients[key] = client;
    this.twin(
      `aws_vpc_security_group_ingress_rule.this["${key}"]`,
      new VpcSecurityGroupIngressRule(this, `ingress-${key}`, this.nfsFrom(key, client.securityGroupId)),
    );
  }

  private checkAccessPoints(where: string, wanted: readonly string[]): void {
    const known = Object.keys(this.accessPointIds);
    if (isToken(wanted)) {
      const condition = expression`length(setsubtract(${wanted}, ${known})) == 0`;
      checkAtPlan(
        this,
        [wanted],
        condition,
        `${where} has unknown access points; the known ones are ${known.join(", ")}.`,
      );
      return;
    }
    const unknown = wanted.filter((point) => !isToken(point) && !known.includes(point));
    check(
      this,
      unknown.length === 0,
      `${where} has unknown access points: ${unknown.map((point) => `"${point}"`).join(", ")}; the known ones are ${known.map((point) => `"${point}"`).join(", ")}.`,
    );
  }

  /**
   * Without a policy EFS allows every client that reaches a mount target, and a policy with Deny statements only allows
   * everyone else. With Allow statements a client needs IAM authorization by a role that the policy names. EFS supports
   * few condition keys, and none for the principal, so each role is the principal of a statement.
   */
  private policy(): string {
    const { fileSystemArn, accessPointArns, clients } = this;
    return policy(
      {
        Sid: "TlsOnly",
        Effect: "Deny",
        Principal: "*",
        Action: "elasticfilesystem:*",
        Resource: fileSystemArn,
        Condition: { Bool: { "aws:SecureTransport": "false" } },
      },
      {
        Sid: "AccessPointsOnly",
        Effect: "Deny",
        Principal: "*",
        Action: [
          "elasticfilesystem:ClientMount",
          "elasticfilesystem:ClientRootAccess",
          "elasticfilesystem:ClientWrite",
        ],
        Resource: fileSystemArn,
        // The condition also matches a mount without an access point.
        Condition: {
          StringNotEquals: { "elasticfilesystem:AccessPointArn": sortedValues(accessPointArns) },
        },
      },
      ...sortedValues(clients).map(
        ({ taskRoleArn, accessPoints, readOnly }): PolicyStatement => ({
          Effect: "Allow",
          Principal: { AWS: taskRoleArn },
          Action: ["elasticfilesystem:ClientMount", ...(readOnly ? [] : ["elasticfilesystem:ClientWrite"])],
          Resource: fileSystemArn,
          Condition: {
            Bool: { "elasticfilesystem:AccessedViaMountTarget": "true" },
            StringEquals: {
              "elasticfilesystem:AccessPointArn":
                isToken(accessPoints) || accessPoints.some(isToken)
                  ? expression`[for point in ${accessPoints} : ${accessPointArns}[point]]`
                  : accessPoints.map((point) => accessPointArns[point]!),
            },
          },
        }),
      ),
    );
  }
}

/** EFS takes one transition in each lifecycle policy. */
const infrequentAccess = (days: number | null) =>
  days === null || days === 0 || isToken(days)
    ? []
    : [
        { transitionToIa: `AFTER_${days}_DAY${days === 1 ? "" : "S"}` },
        { transitionToPrimaryStorageClass: "AFTER_1_ACCESS" },
      ];

/** A number that only Terraform knows may be 0, so Terraform decides whether there are lifecycle policies. */
function setUnknownInfrequentAccess(fileSystem: EfsFileSystem, days: number | null): void {
  const after = expression`"AFTER_\${${days}}_DAY\${${days} == 1 ? "" : "S"}"`;
  fileSystem.addOverride("dynamic.lifecycle_policy", {
    for_each: expression`${days} == 0 ? [] : [{ to_ia = ${after}, back = null }, { to_ia = null, back = "AFTER_1_ACCESS" }]`,
    content: {
      transition_to_ia: "${lifecycle_policy.value.to_ia}",
      transition_to_primary_storage_class: "${lifecycle_policy.value.back}",
    },
  });
}
