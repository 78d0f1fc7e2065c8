import type { RoleSettings } from "../core/roles";
import type { Names } from "../core/twin";

/** A secret of Secrets Manager. */
export interface MasterSecret {
  /** ARN of the secret. */
  readonly arn: string;
  /**
   * ARN of the KMS key that encrypts the secret, if it is a customer managed one.
   * @default - the key that AWS manages
   */
  readonly kmsKeyArn?: string;
}

/** A read replica of a database. */
export interface ReadReplica {
  /**
   * Class of the DB instance.
   * @default - that of the database
   */
  readonly instanceClass?: string;
  /**
   * Whether RDS keeps a standby of the read replica in another zone.
   * @default false
   */
  readonly multiAz?: boolean;
}

/** A parameter of PostgreSQL. */
export interface DatabaseParameter {
  /** Value of the parameter. */
  readonly value: string;
  /**
   * When a change applies. RDS takes only `pending-reboot` for static parameters.
   * @default "pending-reboot"
   */
  readonly applyMethod?: "immediate" | "pending-reboot";
}

/** Settings of a {@link Database}. */
export interface DatabaseProps {
  /**
   * Name of the DB instance and beginning of the names of everything else here: 1 to 42 lower-case letters, digits and
   * hyphens. It begins with a letter, and does not end with a hyphen or have two in a row. RDS allows 63 (RDS API
   * reference: CreateDBInstance), and a read replica is named `<name>-<key>`.
   */
  readonly name: string;
  /** ID of the VPC of the security groups and of the subnets. */
  readonly vpcId: string;
  /**
   * IDs of private subnets in which RDS places the database, in at least two zones, also for a single instance (RDS User
   * Guide: DB subnet groups).
   */
  readonly subnetIds: readonly string[];
  /**
   * IDs of the security groups that can reach the database, and its proxy if there is one, by a key of your choice;
   * {@link Database.allowFrom} adds to them. No other address can.
   * @default - none
   */
  readonly clientSecurityGroupIds?: Readonly<Record<string, string>>;
  /**
   * Major version of PostgreSQL, 11 or later, such as `17`. RDS takes its default minor version, and
   * `autoMinorVersionUpgrade` moves it on.
   * @default "17"
   */
  readonly engineVersion?: string;
  /**
   * Whether RDS upgrades the minor version in the maintenance window.
   * @default true
   */
  readonly autoMinorVersionUpgrade?: boolean;
  /**
   * Whether another major version in `engineVersion` is allowed to upgrade the database. RDS makes a snapshot before it,
   * and the database is not available meanwhile.
   * @default false
   */
  readonly allowMajorVersionUpgrade?: boolean;
  /**
   * Class of the DB instance, such as `db.t4g.micro` or `db.m7g.large` (RDS User Guide: DB instance classes).
   * @default "db.t3.micro"
   */
  readonly instanceClass?: string;
  /**
   * Storage in GiB, 20 to 65536, of the type gp3 (RDS User Guide: storage). From 400 GiB on, RDS stripes it over four
   * volumes, with 12,000 IOPS instead of 3,000.
   * @default 20
   */
  readonly allocatedStorageGib?: number;
  /**
   * Storage in GiB up to which RDS extends it when less than 10 percent are free: at least 10 percent more than
   * `allocatedStorageGib`, and at most 65536 (RDS User Guide: storage autoscaling).
   * @default - RDS does not extend it
   */
  readonly maxAllocatedStorageGib?: number;
  /**
   * Name of the database that RDS creates: 1 to 63 letters, digits and underscores, of which the first is a letter (RDS
   * API reference: CreateDBInstance). A change replaces the DB instance.
   * @default - only the database `postgres`, which always exists
   */
  readonly databaseName?: string;
  /**
   * Name of the master user: 1 to 16 letters, digits and underscores, of which the first is a letter (RDS API reference:
   * CreateDBInstance). PostgreSQL reserves names that begin with `pg_`, RDS reserves `admin` and `rdsadmin`. A change
   * replaces the DB instance.
   * @default "dbowner"
   */
  readonly masterUsername?: string;
  /**
   * Whether RDS makes the password of the master user, keeps it in a secret of Secrets Manager and rotates it every seven
   * days. If false, `existingMasterSecret` must be given. RDS creates no read replica of a PostgreSQL database whose
   * password it manages (RDS User Guide: password management with Secrets Manager, limitations).
   * @default true
   */
  readonly createMasterSecret?: boolean;
  /**
   * Secret of Secrets Manager with the password of the master user, when `createMasterSecret` is false. Its value is JSON
   * with `username`, which is `masterUsername`, and `password`. Terraform reads the password, so it is in the state.
   * @default - none; RDS makes the secret
   */
  readonly existingMasterSecret?: MasterSecret;
  /**
   * Port of the database, 1150 to 65535 (RDS API reference: CreateDBInstance). A proxy has the port 5432 whatever this
   * is.
   * @default 5432
   */
  readonly port?: number;
  /**
   * Whether roles can connect with a token of IAM in place of a password. A database user needs `GRANT rds_iam`, its role
   * `rds-db:connect`.
   * @default true
   */
  readonly iamAuthentication?: boolean;
  /**
   * Whether RDS keeps a standby in another zone, to which it fails over. It doubles the cost of the instance and its
   * storage.
   * @default false
   */
  readonly multiAz?: boolean;
  /**
   * Read replicas by a key of your choice: at most 15 (RDS API reference: CreateDBInstanceReadReplica), with keys of 1 to
   * 20 lower-case letters, digits and hyphens. They need backups, and `createMasterSecret` must be false.
   * @default - none
   */
  readonly readReplicas?: Readonly<Record<string, ReadReplica>>;
  /**
   * Days for which RDS keeps automated backups, 0 to 35 (RDS API reference: CreateDBInstance). The database can be
   * restored to each second of them but for the last five minutes. 0: no backups, no point-in-time recovery and no read
   * replicas.
   * @default 7
   */
  readonly backupRetentionDays?: number;
  /**
   * Daily time of the automated backup in UTC, `hh:mm-hh:mm`, of at least 30 minutes and apart from the maintenance
   * window (RDS API reference: CreateDBInstance).
   * @default "03:00-04:00"
   */
  readonly backupWindow?: string;
  /**
   * Weekly time of maintenance in UTC, `ddd:hh:mm-ddd:hh:mm`, of at least 30 minutes and apart from the backup window
   * (RDS API reference: CreateDBInstance).
   * @default "sun:04:30-sun:05:30"
   */
  readonly maintenanceWindow?: string;
  /**
   * Whether destroying the database makes a snapshot first, and keeps the automated backups until they expire. If false,
   * all of its data is lost.
   * @default true
   */
  readonly finalSnapshot?: boolean;
  /**
   * Name of that snapshot: 1 to 255 letters, digits and hyphens, of which the first is a letter; no hyphen at the end and
   * no two in a row (RDS API reference: DeleteDBInstance). Another one is needed while a snapshot of an earlier database
   * has the name.
   * @default - `<name>-final`
   */
  readonly finalSnapshotIdentifier?: string;
  /**
   * Whether RDS refuses to delete the database and its read replicas. Set it to false and apply before you destroy them.
   * @default true
   */
  readonly deletionProtection?: boolean;
  /**
   * Whether changes are applied at once, also those that restart the database. If false, RDS applies them in the
   * maintenance window.
   * @default false
   */
  readonly applyImmediately?: boolean;
  /**
   * Parameters of PostgreSQL beside `rds.force_ssl`, which is always 1, by name. A log of statements has the data that is
   * in them.
   * @default - none
   */
  readonly parameters?: Readonly<Record<string, DatabaseParameter>>;
  /**
   * Whether RDS keeps what the database waits for and by which statements, as Performance Insights.
   * @default false
   */
  readonly performanceInsights?: boolean;
  /**
   * Days for which Performance Insights keeps its data, when it is on: 7, which costs nothing, a multiple of 31 up to 713,
   * or 731 (RDS API reference: CreateDBInstance).
   * @default 7
   */
  readonly performanceInsightsRetentionDays?: number;
  /**
   * Seconds between the metrics of the operating system, as Enhanced Monitoring: 1, 5, 10, 15, 30 or 60 (RDS API
   * reference: CreateDBInstance). They are in the log group `RDSOSMetrics` of the account. 0: none.
   * @default 0
   */
  readonly monitoringIntervalSeconds?: number;
  /**
   * Retention of the logs, in days, or 0 without limit: a value that CloudWatch Logs takes (API reference:
   * PutRetentionPolicy).
   * @default 365
   */
  readonly logRetentionDays?: number;
  /**
   * Whether to create an RDS Proxy, which shares connections to the database among many clients. It reads the secret of
   * the master user, and takes connections with TLS only.
   * @default false
   */
  readonly createProxy?: boolean;
  /**
   * Average utilization of the CPU over 15 minutes, in percent, from which the alarm is in ALARM: more than 0 and at most
   * 100.
   * @default 80
   */
  readonly maxCpuPercent?: number;
  /**
   * Connections from which the alarm is in ALARM, more than 0. Set it to about 80 percent of what the class allows, which
   * is its memory in bytes divided by 9531392: about 110 for a class with 1 GiB (RDS User Guide: quotas and constraints).
   * @default 80
   */
  readonly maxConnections?: number;
  /**
   * Free storage in GiB below which the alarm is in ALARM, more than 0. RDS extends the storage when less than 10 percent
   * are free.
   * @default 2
   */
  readonly minFreeStorageGib?: number;
  /**
   * Average time of a read from the storage over 15 minutes, in milliseconds, from which the alarm is in ALARM. It must be
   * more than 0.
   * @default 50
   */
  readonly maxReadLatencyMs?: number;
  /**
   * Average time of a write to the storage over 15 minutes, in milliseconds, from which the alarm is in ALARM. It must be
   * more than 0.
   * @default 50
   */
  readonly maxWriteLatencyMs?: number;
  /**
   * How far a read replica is behind the database for 5 minutes, in seconds, from which its alarm is in ALARM. It must be
   * more than 0.
   * @default 300
   */
  readonly maxReplicaLagSeconds?: number;
  /**
   * ARN of the KMS key that encrypts the storage, the backups, the secret that RDS makes, the logs and Performance
   * Insights. The key policy must allow CloudWatch Logs to use the key. A change replaces the DB instance.
   * @default - the keys that AWS manages
   */
  readonly kmsKeyArn?: string;
  /**
   * ARNs that the alarms notify, for instance the ARN of an SNS topic.
   * @default - none
   */
  readonly alarmActions?: readonly string[];
  /**
   * What your organisation requires of every IAM role of this construct.
   * @default - no boundary, the path `/` and no prefix
   */
  readonly roles?: RoleSettings;
  /**
   * Names of existing resources that this construct adopts, by twin address, such as `aws_db_instance.this`: each
   * replaces the name that the construct would give, so that Terraform does not replace the resource. A description
   * that AWS cannot change has the address of its resource and `.description`.
   * @default - the names that the construct gives
   */
  readonly names?: Names;
  /** Tags of every resource of this construct. */
  readonly tags?: Readonly<Record<string, string>>;
}
