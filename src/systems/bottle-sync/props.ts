import type { EventDrivenEcsProps } from "../../event-driven-ecs";
import type { FileSystemProps } from "../../file-system";
import type { SystemCapacity } from "../../launcher/capacity";
import type { OnFailure } from "../../launcher/on-failure";
import type { RepositoryProps } from "../../repository";
import type { ScheduleProps } from "../../schedule";
import type { TaskProps } from "../../task";

/** Homebrew's signed API files, which clients read before they install from the mirror. */
export interface ApiFiles {
  /**
   * URL below which they are.
   * @default "https://formulae.brew.sh/api"
   */
  readonly url?: string;
  /**
   * The key that Homebrew signs them with, as PEM text: Homebrew's file `Library/Homebrew/api/homebrew-1.pem`. They are
   * verified before they are published.
   * @default - none; no API files are published
   */
  readonly publicKey?: string;
  /**
   * Their paths below `url`.
   * @default - those that clients of `platforms` need, of all versions from 4
   */
  readonly files?: readonly string[];
}

/** A `bottles_hash.json` from elsewhere: at a URL, or an object of a bucket. */
export interface ExternalHashFile {
  /**
   * URL of the file, which begins with `https://`.
   * @default - it is in a bucket
   */
  readonly url?: string;
  /**
   * Name of the bucket.
   * @default - it is at a URL
   */
  readonly bucket?: string;
  /**
   * Key of the object in the bucket.
   * @default - it is at a URL
   */
  readonly key?: string;
  /**
   * ARN of the KMS key that encrypts the object.
   * @default - none: keys that AWS manages need no permission
   */
  readonly kmsKeyArn?: string;
}

/** A secret in Secrets Manager with the URL of a Slack webhook. */
export interface WebhookSecret {
  /** Name of the secret. */
  readonly name: string;
  /** ARN of the secret. */
  readonly arn: string;
  /**
   * ARN of the KMS key that encrypts the secret.
   * @default - the key that AWS manages, which needs no permission
   */
  readonly kmsKeyArn?: string;
}

/** Settings of the created bucket of the mirror. */
export interface MirrorBucket {
  /**
   * S3 endpoints of the VPCs whose clients install from the mirror, without credentials.
   * @default - none; clients need credentials
   */
  readonly readerVpcEndpointIds?: readonly string[];
  /**
   * Whether destroying the bucket also deletes all bottles.
   * @default false
   */
  readonly forceDestroy?: boolean;
}

/** Props of {@link BottleSync}. */
export interface BottleSyncProps
  extends Pick<
      EventDrivenEcsProps,
      | "name"
      | "createNetwork"
      | "network"
      | "createCluster"
      | "existingCluster"
      | "createMonitoring"
      | "createRunHistory"
      | "createRunHistoryPolicy"
      | "functionArchitecture"
      | "functionRuntime"
      | "kmsKeyArn"
      | "alarmActions"
      | "roles"
      | "names"
      | "tags"
    >,
    Pick<TaskProps, "image" | "architecture" | "interruptionRetries">,
    Pick<ScheduleProps, "timeZone"> {
  /**
   * Whether the schedule runs. If false, a run begins only when somebody invokes the function `plan-sync`.
   * @default true
   */
  readonly enabled?: boolean;
  /**
   * When a run begins, as {@link Schedule} takes it.
   * @default "cron(0 3 ? * SUN *)" (Sunday at 03:00)
   */
  readonly scheduleExpression?: string;
  /**
   * Platforms of the clients, by Homebrew's tags: `arm64_<macOS>`, `<macOS>` for Intel, `arm64_linux`, `x86_64_linux`. A
   * formula without a bottle for one of them is mirrored by the bottle that its clients take in its place: the newest one
   * for an older macOS, or that for all platforms. Homebrew builds for the newest three versions of macOS.
   * @default ["arm64_tahoe", "arm64_sequoia", "arm64_sonoma"] (those of November 2026)
   */
  readonly platforms?: readonly string[];
  /**
   * Size of what a run has to download from which a task does it, and not the function `sync-bottles`, in GB of 1024³
   * bytes. 0: always a task. Many small bottles, which would take the function more than nine minutes by estimate, are
   * downloaded by a task too.
   * @default 20
   */
  readonly sizeThresholdGb?: number;
  /**
   * Downloads at a time: 1 to 32. More than 10 are of little use, and the registry may slow them down.
   * @default 5
   */
  readonly downloadConcurrency?: number;
  /**
   * Time between two notices of progress, in seconds: 60 to 3600.
   * @default 300
   */
  readonly progressReportIntervalSeconds?: number;
  /**
   * Days for which a bottle that the catalogue does not name any more stays in the mirror, at least 1. Its versions can be
   * restored for 30 days more.
   * @default 30
   */
  readonly retentionDays?: number;
  /**
   * URL of Homebrew's catalogue, or of a copy. It has the URLs of the bottles.
   * @default "https://formulae.brew.sh/api/formula.json"
   */
  readonly catalogueUrl?: string;
  /**
   * Homebrew's signed API files.
   * @default - without the key that verifies them none are published
   */
  readonly api?: ApiFiles;
  /**
   * A `bottles_hash.json` from elsewhere, whose bottles the first run does not download. It is read while the mirror has no
   * such file of its own.
   * @default - none
   */
  readonly externalHashFile?: ExternalHashFile;
  /**
   * Whether a secret is created for the URL of a Slack webhook, without a value: put the URL into it, and notices are sent.
   * If false, give `existingWebhookSecret` or have no notices.
   * @default true
   */
  readonly createWebhookSecret?: boolean;
  /**
   * An existing secret with the URL of a Slack webhook, when `createWebhookSecret` is false.
   * @default - no notices
   */
  readonly existingWebhookSecret?: WebhookSecret;
  /**
   * Whether the bucket of the mirror is created. If false, give `existingMirrorBucket`.
   * @default true
   */
  readonly createMirrorBucket?: boolean;
  /**
   * Settings of the created bucket.
   * @default - clients need credentials, and a bucket with bottles cannot be destroyed
   */
  readonly mirrorBucket?: MirrorBucket;
  /** Name of an existing bucket for the mirror, when `createMirrorBucket` is false. It must have versioning, and its policy says who reads it. */
  readonly existingMirrorBucket?: string;
  /**
   * Whether tasks write bottles to an EFS file system before they upload them. They need none: bottles are uploaded while
   * they are downloaded. A file system with provisioned throughput costs more than all else together.
   * @default false
   */
  readonly createFileSystem?: boolean;
  /**
   * Settings of the created file system.
   * @default - elastic throughput, no backup
   */
  readonly fileSystem?: Pick<FileSystemProps, "throughputMode" | "provisionedThroughputMibps" | "backup">;
  /**
   * Whether an ECR repository for the image is created. `image` says which image tasks use, also then.
   * @default false
   */
  readonly createRepository?: boolean;
  /**
   * Settings of the created repository.
   * @default - those of {@link Repository}
   */
  readonly repository?: Pick<RepositoryProps, "keepImages" | "pullAccountIds" | "replicateToRegions">;
  /**
   * An existing network, when `createNetwork` is false.
   * @default - a network is created
   */
  readonly existingNetwork?: {
    /** ID of the VPC. */
    readonly vpcId: string;
    /** IDs of the subnets that tasks start in, by zone or another key of your choice. */
    readonly subnets: Readonly<Record<string, string>>;
    /**
     * Whether a task gets a public IP address; in a public subnet it needs one to reach the internet.
     * @default false
     */
    readonly assignPublicIp?: boolean;
  };
  /**
   * CPU units of a task, where 1024 are one vCPU, as {@link Task} takes them.
   * @default 2048
   */
  readonly cpu?: number;
  /**
   * Memory of a task in MiB, as {@link Task} takes it.
   * @default 8192
   */
  readonly memory?: number;
  /**
   * What a task runs on: `FARGATE`; `FARGATE_SPOT`, which costs less and may be interrupted; or the name of a capacity
   * provider of `existingCluster`, whose container instances it runs on.
   * @default "FARGATE"
   */
  readonly capacity?: SystemCapacity;
  /**
   * What happens when a task fails.
   * @default - it is tried again twice, and goes on where it was; then its event goes to the dead-letter queue (DLQ)
   */
  readonly onFailure?: OnFailure;
  /**
   * Lowest level of the lines that functions and tasks log: `DEBUG`, `INFO`, `WARN` or `ERROR`.
   * @default "INFO"
   */
  readonly logLevel?: "DEBUG" | "INFO" | "WARN" | "ERROR";
  /**
   * Retention of all logs, in days, or 0 without limit: a value that CloudWatch Logs takes (API reference:
   * PutRetentionPolicy).
   * @default 30
   */
  readonly logRetentionDays?: number;
}
