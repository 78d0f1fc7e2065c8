import type { Names } from "../core/twin";
/** An access point: a directory that its clients see as the root of the file system. */
export interface AccessPoint {
  /**
   * ID of the POSIX user of all file operations, which owns the directory: 1 to 4294967295 (EFS API reference: PosixUser),
   * not 0, which is root.
   * @default 1000
   */
  readonly uid?: number;
  /**
   * ID of the POSIX group of all file operations, which owns the directory: 1 to 4294967295 (EFS API reference:
   * PosixUser), not 0, which is root.
   * @default 1000
   */
  readonly gid?: number;
  /**
   * Absolute path of the directory, at most 100 characters in at most four levels (EFS API reference: RootDirectory).
   * @default - `/<name>`
   */
  readonly path?: string;
  /**
   * Permissions of the directory when it is created, octal.
   * @default "0750"
   */
  readonly permissions?: string;
}

/** A task that has permission to mount the file system. */
export interface FileSystemClient {
  /** ARN of the task role. */
  readonly taskRoleArn: string;
  /** ID of the task's security group. */
  readonly securityGroupId: string;
  /** Names of the access points that the task can mount: at least one. */
  readonly accessPoints: readonly string[];
  /**
   * Whether the task cannot write.
   * @default false
   */
  readonly readOnly?: boolean;
}

/** Settings of a {@link FileSystem}. */
export interface FileSystemProps {
  /** Name of the file system: 1 to 64 letters, digits, hyphens and underscores. */
  readonly name: string;
  /** ID of the VPC of the security group and of the subnets. */
  readonly vpcId: string;
  /**
   * IDs of the subnets that get a mount target, by zone or another key of your choice: one subnet in each zone in which
   * tasks run.
   */
  readonly subnetIds: Readonly<Record<string, string>>;
  /** Access points by name: at least one. */
  readonly accessPoints: Readonly<Record<string, AccessPoint>>;
  /**
   * Tasks that have permission to mount the file system, by a key of your choice; {@link FileSystem.grantMount} adds to
   * them. The file system policy allows no other role.
   * @default - none
   */
  readonly clients?: Readonly<Record<string, FileSystemClient>>;
  /**
   * IDs of more security groups that can reach the mount targets, by a key of your choice; {@link FileSystem.letIn} adds
   * to them. They are those of tasks whose task role itself has permission to mount, which the `mounts` of a {@link Task}
   * add.
   * @default - none
   */
  readonly clientSecurityGroupIds?: Readonly<Record<string, string>>;
  /**
   * Whether AWS Backup makes a daily backup and keeps it for 35 days (EFS User Guide: automatic backups).
   * @default true
   */
  readonly backup?: boolean;
  /**
   * Days without access after which EFS moves a file to the storage class Infrequent Access: 1, 7, 14, 30, 60, 90, 180,
   * 270 or 365 (EFS API reference: LifecyclePolicy). The next access moves it back. 0 or null: never.
   * @default 30
   */
  readonly infrequentAccessAfterDays?: number | null;
  /**
   * Throughput mode. `elastic`: scales with the workload and is paid per gigabyte. `bursting`: scales with the amount of
   * data stored. `provisioned`: fixed at `provisionedThroughputMibps`.
   * @default "elastic"
   */
  readonly throughputMode?: "elastic" | "bursting" | "provisioned";
  /**
   * Throughput in MiB per second, when `throughputMode` is `provisioned`: at least 1 (EFS API reference:
   * CreateFileSystem).
   * @default - none
   */
  readonly provisionedThroughputMibps?: number;
  /**
   * Performance mode. `generalPurpose`: the lowest latency. `maxIO`: more concurrent operations at a higher latency, not
   * with elastic throughput. A change replaces the file system.
   * @default "generalPurpose"
   */
  readonly performanceMode?: "generalPurpose" | "maxIO";
  /**
   * ARN of the KMS key that encrypts the files. A change replaces the file system.
   * @default - the key that EFS manages
   */
  readonly kmsKeyArn?: string;
  /**
   * Names of existing resources that this construct adopts, by twin address, such as `aws_security_group.this`: each
   * replaces the name that the construct would give, so that Terraform does not replace the resource. A description
   * that AWS cannot change has the address of its resource and `.description`.
   * @default - the names that the construct gives
   */
  readonly names?: Names;
  /** Tags of every resource of this construct that supports tags. */
  readonly tags?: Readonly<Record<string, string>>;
}
