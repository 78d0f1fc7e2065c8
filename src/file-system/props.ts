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
