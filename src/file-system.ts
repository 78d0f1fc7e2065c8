import { EfsAccessPoint } from "@cdktf/provider-aws/lib/efs-access-point";
import { EfsBackupPolicy } from "@cdktf/provider-aws/lib/efs-backup-policy";
import { EfsFileSystem } from "@cdktf/provider-aws/lib/efs-file-system";
import { EfsFileSystemPolicy } from "@cdktf/provider-aws/lib/efs-file-system-policy";
import { EfsMountTarget } from "@cdktf/provider-aws/lib/efs-mount-target";
import { SecurityGroup } from "@cdktf/provider-aws/lib/security-group";
import { VpcSecurityGroupIngressRule } from "@cdktf/provider-aws/lib/vpc-security-group-ingress-rule";
import { Fn, Lazy } from "cdktf";
import type { Construct } from "constructs";
import { sortedEntries, sortedValues } from "./core/maps";
import { type PolicyStatement, policy } from "./core/policy";
import { Twin } from "./core/twin";
import { check } from "./core/validation";
import { checkFileSystem } from "./file-system/checks";
import type { Mount } from "./task/mount";

/** A directory that clients see as their root. */
export interface AccessPoint {
  /**
   * User that every client is on the file system, and to whom the directory belongs: 1 to 4294967295 (0 is root).
   * @default 1000
   */
  readonly uid?: number;
  /**
   * Group likewise.
   * @default 1000
   */
  readonly gid?: number;
  /**
   * The directory: an absolute path below the root, at most 100 characters in at most four levels.
   * @default "/" and the name of the access point
   */
  readonly path?: string;
  /**
   * Permissions with which the directory is made, octal.
   * @default "0750"
   */
  readonly permissions?: string;
}

/** A task that may mount the file system. */
export interface FileSystemClient {
  /** ARN of the role that the task itself has. */
  readonly taskRoleArn: string;
  /** ID of the task's security group. */
  readonly securityGroupId: string;
  /** Names of the access points that it may use: at least one. */
  readonly accessPoints: readonly string[];
  /**
   * Whether it may only read.
   * @default false
   */
  readonly readOnly?: boolean;
}

export interface FileSystemProps {
  /** Name of the file system: 1 to 64 letters, digits, hyphens and underscores. */
  readonly name: string;
  /** ID of the VPC of its security group. */
  readonly vpcId: string;
  /**
   * ID of the subnet that gets a mount target, by zone (or another key of your choice): one subnet in each zone that
   * tasks run in.
   */
  readonly subnetIds: Readonly<Record<string, string>>;
  /** Directories that clients see as their root, by name: at least one. */
  readonly accessPoints: Readonly<Record<string, AccessPoint>>;
  /**
   * Tasks that may mount the file system, by a key of your choice; {@link FileSystem.grantMount} adds to them.
   * @default - none
   */
  readonly clients?: Readonly<Record<string, FileSystemClient>>;
  /**
   * Security groups let in besides those of `clients`, by a key of your choice: of tasks whose own role has the right to
   * mount, as the `mounts` of a {@link Task} give it; {@link FileSystem.letIn} adds to them.
   * @default - none
   */
  readonly clientSecurityGroupIds?: Readonly<Record<string, string>>;
  /**
   * Whether AWS Backup keeps a copy of each day, for 35 days.
   * @default true
   */
  readonly backup?: boolean;
  /**
   * Days without access after which a file goes to the cheaper storage class; its next access brings it back.
   * 1, 7, 14, 30, 60, 90, 180, 270 or 365; null: never.
   * @default 30
   */
  readonly infrequentAccessAfterDays?: number | null;
  /**
   * How much the file system transfers. `elastic`: what is asked, paid by the gigabyte. `bursting`: grows with what is
   * stored. `provisioned`: `provisionedThroughputMibps`.
   * @default "elastic"
   */
  readonly throughputMode?: "elastic" | "bursting" | "provisioned";
  /**
   * MiB per second with `throughputMode` provisioned, at least 1.
   * @default - none
   */
  readonly provisionedThroughputMibps?: number;
  /**
   * `generalPurpose`: the quickest answers. `maxIO`: more clients at a time, slower answers; not with elastic
   * throughput. Changing it replaces the file system.
   * @default "generalPurpose"
   */
  readonly performanceMode?: "generalPurpose" | "maxIO";
  /**
   * ARN of the KMS key that encrypts the files. Changing it replaces the file system.
   * @default - the key that EFS manages
   */
  readonly kmsKeyArn?: string;
  /** Tags of every resource made here. */
  readonly tags?: Readonly<Record<string, string>>;
}

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
