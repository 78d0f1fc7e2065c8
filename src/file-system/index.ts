import { EfsAccessPoint } from "@cdktf/provider-aws/lib/efs-access-point";
import { EfsBackupPolicy } from "@cdktf/provider-aws/lib/efs-backup-policy";
import { EfsFileSystem } from "@cdktf/provider-aws/lib/efs-file-system";
import { EfsFileSystemPolicy } from "@cdktf/provider-aws/lib/efs-file-system-policy";
import { EfsMountTarget } from "@cdktf/provider-aws/lib/efs-mount-target";
import { SecurityGroup } from "@cdktf/provider-aws/lib/security-group";
import { VpcSecurityGroupIngressRule } from "@cdktf/provider-aws/lib/vpc-security-group-ingress-rule";
import { Fn, Lazy } from "cdktf";
import type { Construct } from "constructs";
import { sortedEntries, sortedValues } from "../core/maps";
import { type PolicyStatement, policy } from "../core/policy";
import { Twin } from "../core/twin";
import { check } from "../core/validation";
import type { Mount } from "../task/mount";
import { checkFileSystem } from "./checks";
import type { FileSystemClient, FileSystemProps } from "./props";

export type { AccessPoint, FileSystemClient, FileSystemProps } from "./props";

/**
 * An EFS file system for tasks: encrypted, backed up, a mount target in each zone, and access points that fix user and
 * directory. It refuses whoever comes without TLS, without an access point, or without a role that it names. Twin of
 * the module `file-system`.
 *
 * @throws ValidationError when a value is one that EFS refuses, or a client names an access point that is not there.
 */
export class FileSystem extends Twin {
  readonly fileSystemId: string;
  readonly fileSystemArn: string;
  readonly accessPointIds: Readonly<Record<string, string>>;
  readonly accessPointArns: Readonly<Record<string, string>>;
  readonly securityGroupId: string;

  private readonly tags: Readonly<Record<string, string>> | undefined;
  private readonly clients: Record<string, FileSystemClient> = {};
  private readonly mountedFileSystemId: string;

  constructor(scope: Construct, id: string, props: FileSystemProps) {
    super(scope, id);
    checkFileSystem(this, props);
    const { name, tags } = props;
    this.tags = tags;

    const fileSystem = this.twin(
      "aws_efs_file_system.this",
      new EfsFileSystem(this, "file-system", {
        encrypted: true,
        kmsKeyId: props.kmsKeyArn,
        performanceMode: props.performanceMode ?? "generalPurpose",
        throughputMode: props.throughputMode ?? "elastic",
        provisionedThroughputInMibps: props.provisionedThroughputMibps,
        lifecyclePolicy: infrequentAccess(props.infrequentAccessAfterDays),
        tags: { Name: name, ...tags },
      }),
    );

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
          tags: { Name: `${name}-${point}`, ...tags },
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
        name: `efs-${name}`,
        description: `File system ${name}`,
        vpcId: props.vpcId,
        tags: { Name: `efs-${name}`, ...tags },
      }),
    );

    const mountTargets = sortedEntries(props.subnetIds).map(([zone, subnetId]) =>
      this.twin(
        `aws_efs_mount_target.this["${zone}"]`,
        new EfsMountTarget(this, `mount-target-${zone}`, {
          fileSystemId: fileSystem.id,
          subnetId,
          securityGroups: [securityGroup.id],
          // Nobody reaches the file system before its policy stands.
          dependsOn: [fileSystemPolicy],
        }),
      ),
    );

    this.fileSystemId = fileSystem.id;
    this.fileSystemArn = fileSystem.arn;
    this.accessPointIds = Object.fromEntries(accessPoints.map(([point, { id }]) => [point, id]));
    this.accessPointArns = Object.fromEntries(accessPoints.map(([point, { arn }]) => [point, arn]));
    this.securityGroupId = securityGroup.id;
    // By way of the mount targets: a task that starts before they are there fails.
    this.mountedFileSystemId = Fn.element(
      mountTargets.map((target) => target.fileSystemId),
      0,
    );
    for (const [key, client] of sortedEntries(props.clients)) this.addClient(key, client);
    for (const [key, securityGroupId] of sortedEntries(props.clientSecurityGroupIds))
      this.letIn(key, securityGroupId);
  }

  /**
   * What a {@link Task} takes as one of its `mounts`, to see an access point at `containerPath`.
   *
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
   * Lets a task in, such as a {@link Task}: by its role to the access points named, and by its security group to the
   * mount targets.
   *
   * @param options.name key of the client, by default the task's container name.
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

  /** Lets a security group in, of a task whose own role has the right to mount. */
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
      // This resource, unlike the others, tells no tags from an empty map, which the module passes.
      tags: this.tags ?? {},
    };
  }

  private addClient(key: string, client: FileSystemClient): void {
    check(
      this,
      client.accessPoints.length > 0,
      `clients.${key}.accessPoints is empty; a client needs at least one.`,
    );
    this.checkAccessPoints(`clients.${key}`, client.accessPoints);
    const known = Object.entries(this.clients).find(
      ([other, { taskRoleArn }]) => other === key || taskRoleArn === client.taskRoleArn,
    );
    check(
      this,
      known === undefined,
      `clients names the task of "${key}" twice; "${known?.[0]}" is there. Give each task once, with all its access points.`,
    );
    this.clients[key] = client;
    this.twin(
      `aws_vpc_security_group_ingress_rule.this["${key}"]`,
      new VpcSecurityGroupIngressRule(this, `ingress-${key}`, this.nfsFrom(key, client.securityGroupId)),
    );
  }

  private checkAccessPoints(asker: string, wanted: readonly string[]): void {
    const known = Object.keys(this.accessPointIds);
    const unknown = wanted.filter((point) => !known.includes(point));
    check(
      this,
      unknown.length === 0,
      `${asker} names access points that are not there: ${unknown.map((point) => `"${point}"`).join(", ")}; accessPoints has ${known.map((point) => `"${point}"`).join(", ")}.`,
    );
  }

  /**
   * Without a policy EFS lets in whoever reaches it, and a Deny alone takes nothing from those whom it does not name.
   * With one, whoever does not prove a role is nobody, and nobody is allowed here. EFS looks at few conditions only:
   * who a principal is, it does not compare, so roles are named as principals.
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
        // True as well where no access point is named at all.
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
              "elasticfilesystem:AccessPointArn": accessPoints.map((point) => accessPointArns[point]!),
            },
          },
        }),
      ),
    );
  }
}

/** EFS takes each transition in a policy of its own. */
const infrequentAccess = (days: number | null = 30) =>
  days === null
    ? []
    : [
        { transitionToIa: `AFTER_${days}_DAY${days === 1 ? "" : "S"}` },
        { transitionToPrimaryStorageClass: "AFTER_1_ACCESS" },
      ];
