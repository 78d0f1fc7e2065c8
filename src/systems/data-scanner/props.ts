import type { BastionProps } from "../../bastion";
import type { BucketProps } from "../../bucket";
import type { DatabaseProps } from "../../database";
import type { EventDrivenEcsProps } from "../../event-driven-ecs";
import type { SystemCapacity } from "../../launcher/capacity";
import type { RepositoryProps } from "../../repository";
import type { RestApiProps } from "../../rest-api";
import type { TaskProps } from "../../task";

/** Range of the number of workers, and what moves it. */
export interface ScanWorkers {
  /**
   * Fewest workers, 0 to `max`. With 0 nothing runs while there is nothing to scan.
   * @default 0
   */
  readonly min?: number;
  /**
   * Most workers, 1 to 5000.
   * @default 5
   */
  readonly max?: number;
  /**
   * How many objects, waiting and in progress, there are for each worker, 1 or more.
   * @default 5
   */
  readonly messagesPerTask?: number;
  /**
   * After how many minutes without an object the number is `min`, 1 to 1440.
   * @default 5
   */
  readonly emptyMinutes?: number;
  /**
   * Seconds between two increases, 0 or more.
   * @default 60
   */
  readonly scaleOutCooldownSeconds?: number;
  /**
   * Seconds between two decreases, 0 or more.
   * @default 300
   */
  readonly scaleInCooldownSeconds?: number;
}

/** Reserved concurrency of the functions: at most so many invocations at a time. */
export interface ReservedConcurrency {
  /**
   * That of the function `scan`.
   * @default -1 (none is reserved)
   */
  readonly scan?: number;
  /**
   * That of the function `list-objects`.
   * @default -1 (none is reserved)
   */
  readonly listObjects?: number;
  /**
   * That of the function `jobs`.
   * @default -1 (none is reserved)
   */
  readonly jobs?: number;
  /**
   * That of the function `results`.
   * @default -1 (none is reserved)
   */
  readonly results?: number;
}

/** The API: settings of {@link RestApi}, and who may call it. */
export interface ScanApi
  extends Pick<
    RestApiProps,
    | "throttlingRateLimit"
    | "throttlingBurstLimit"
    | "createDomain"
    | "domainName"
    | "certificateArn"
    | "createAccountLogRole"
  > {
  /**
   * Name of the stage, with which the path of the default endpoint starts.
   * @default - `environment`
   */
  readonly stageName?: string;
  /**
   * `AWS_IAM` (signed requests of principals with permission) or `NONE` (any request from the internet).
   * @default "AWS_IAM"
   */
  readonly authorization?: "AWS_IAM" | "NONE";
}

/** Props of {@link DataScanner}. */
export interface DataScannerProps
  extends Pick<
      EventDrivenEcsProps,
      | "createNetwork"
      | "network"
      | "createCluster"
      | "existingCluster"
      | "functionArchitecture"
      | "functionRuntime"
      | "kmsKeyArn"
      | "alarmActions"
      | "roles"
      | "names"
      | "tags"
    >,
    Pick<TaskProps, "image" | "architecture"> {
  /**
   * Prefix of the name of every resource, such as `aws-data-scanner`: 1 to 20 lower-case letters, digits and hyphens. It
   * begins with a letter, and does not end with a hyphen or have two in a row. `environment` is the end of each name.
   */
  readonly name: string;
  /**
   * End of the name of every resource, such as `dev` or `production`: 1 to 10 lower-case letters and digits.
   * @default "dev"
   */
  readonly environment?: string;
  /**
   * Whether an ECR repository for the image is created. `image` says which image workers use, also then.
   * @default false
   */
  readonly createRepository?: boolean;
  /**
   * Settings of the created repository.
   * @default - those of {@link Repository}
   */
  readonly repository?: Pick<RepositoryProps, "keepImages" | "pullAccountIds" | "replicateToRegions">;
  /**
   * Whether a bucket for data is created, with versions, which may be scanned.
   * @default true
   */
  readonly createDataBucket?: boolean;
  /**
   * Settings of the created bucket. Old versions of its objects expire after 30 days.
   * @default - those of {@link Bucket}
   */
  readonly dataBucket?: Pick<BucketProps, "expirationDays" | "transitions" | "forceDestroy" | "replicateTo">;
  /**
   * Names of existing buckets of the region that may be scanned, beside the created one. Requests for any other bucket are
   * refused, and neither functions nor workers have permission to read one.
   * @default - only the created bucket
   */
  readonly scanBucketNames?: readonly string[];
  /**
   * ARNs of the KMS keys that encrypt objects of these buckets. Workers have permission to decrypt with them.
   * @default - none: keys that AWS manages need no permission
   */
  readonly scanBucketKmsKeyArns?: readonly string[];
  /**
   * Size in MiB up to which an object is scanned, 1 or more. A larger one is skipped.
   * @default 500
   */
  readonly maxFileSizeMib?: number;
  /**
   * For how long the same request of the same caller gets the same job, in whole minutes: 1 to 1440. An `Idempotency-Key`
   * holds for 24 hours.
   * @default 10
   */
  readonly deduplicationWindowMinutes?: number;
  /**
   * Range of the number of workers, and what moves it.
   * @default - 0 to 5 workers, one for each 5 objects
   */
  readonly workers?: ScanWorkers;
  /**
   * CPU units of a worker, where 1024 are one vCPU, as {@link Task} takes them.
   * @default 256
   */
  readonly cpu?: number;
  /**
   * Memory of a worker in MiB, as {@link Task} takes it.
   * @default 512
   */
  readonly memory?: number;
  /**
   * What a worker runs on: `FARGATE`; `FARGATE_SPOT`, which costs less and may be interrupted, after which another
   * worker scans the object; or the name of a capacity provider of `existingCluster`, whose container instances it runs
   * on. A change replaces the ECS service.
   * @default "FARGATE"
   */
  readonly capacity?: SystemCapacity;
  /**
   * Settings of the database. `maxConnections` and `minFreeStorageGib` are those of its alarms. Functions and workers log in
   * as the master user. A read replica needs `createMasterSecret` false.
   * @default - a db.t3.micro with 20 GiB, in one zone; the database is `scanner`
   */
  readonly database?: Pick<
    DatabaseProps,
    | "engineVersion"
    | "autoMinorVersionUpgrade"
    | "allowMajorVersionUpgrade"
    | "instanceClass"
    | "allocatedStorageGib"
    | "maxAllocatedStorageGib"
    | "databaseName"
    | "masterUsername"
    | "createMasterSecret"
    | "existingMasterSecret"
    | "port"
    | "multiAz"
    | "readReplicas"
    | "backupRetentionDays"
    | "backupWindow"
    | "maintenanceWindow"
    | "finalSnapshot"
    | "finalSnapshotIdentifier"
    | "deletionProtection"
    | "applyImmediately"
    | "parameters"
    | "performanceInsights"
    | "performanceInsightsRetentionDays"
    | "monitoringIntervalSeconds"
    | "maxConnections"
    | "minFreeStorageGib"
  >;
  /**
   * Settings of the API.
   * @default - those of {@link RestApi}, with the stage `environment`
   */
  readonly api?: ScanApi;
  /**
   * Reserved concurrency of the functions: at most so many invocations at a time, each with one connection to the database.
   * @default - none is reserved
   */
  readonly reservedConcurrency?: ReservedConcurrency;
  /**
   * An existing network, when `createNetwork` is false.
   * @default - a network is created
   */
  readonly existingNetwork?: {
    /** ID of the VPC. */
    readonly vpcId: string;
    /**
     * IDs of private subnets in two zones or more with a way to AWS APIs, for the database, the functions and the workers.
     */
    readonly subnetIds: readonly string[];
  };
  /**
   * Whether an instance is created through which a session of Systems Manager is forwarded to the database. Nothing can
   * connect to it.
   * @default false
   */
  readonly createBastion?: boolean;
  /**
   * Settings of the created instance.
   * @default - those of {@link Bastion}
   */
  readonly bastion?: Pick<BastionProps, "instanceType" | "running">;
  /**
   * Whether a dashboard is created, and alarms on invocations close to the timeout and on objects whose scan failed because
   * workers died.
   * @default true
   */
  readonly createMonitoring?: boolean;
  /**
   * Lowest level of the lines that functions and workers log: `DEBUG`, `INFO`, `WARN` or `ERROR`.
   * @default "INFO"
   */
  readonly logLevel?: "DEBUG" | "INFO" | "WARN" | "ERROR";
  /**
   * How long logs are kept, in days: a value that CloudWatch Logs accepts (Amazon CloudWatch Logs API Reference,
   * PutRetentionPolicy).
   * @default 7
   */
  readonly logRetentionDays?: number;
}
