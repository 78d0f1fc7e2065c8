import type { EventDrivenEcsProps } from "../../event-driven-ecs";
import type { EventPreset, Severity } from "../../event-rule/presets";
import type { SystemCapacity } from "../../launcher/capacity";
import type { OnFailure } from "../../launcher/on-failure";
import type { RepositoryProps } from "../../repository";
import type { TaskProps } from "../../task";
import type { Permission } from "./permissions";

/** Where findings come from: a rule with a preset of {@link EventRule}. */
export interface FindingSource {
  /**
   * The source of findings: `security_hub`, `guardduty`, `config`, `macie`, `access_analyzer`, `inspector` or
   * `cloudtrail`.
   */
  readonly preset: EventPreset;
  /**
   * Lowest severity that is acted on, for the presets that have severities.
   * @default - any
   */
  readonly minimumSeverity?: Severity;
  /**
   * With `cloudtrail`: the called AWS service, for instance `["aws.s3"]`.
   * @default - none
   */
  readonly source?: readonly string[];
  /**
   * With `cloudtrail`: the calls, for instance `["CreateBucket"]`.
   * @default - none
   */
  readonly eventNames?: readonly string[];
  /**
   * Name or ARN of the event bus that gets the findings.
   * @default "default"
   */
  readonly eventBusName?: string;
}

/** Other accounts whose findings are acted on. */
export interface MemberAccounts {
  /** IDs of the accounts. */
  readonly accountIds: readonly string[];
  /** Name of the role in each of them that a task assumes, with its path if it has one. */
  readonly roleName: string;
  /**
   * External id with which the role is assumed.
   * @default - none
   */
  readonly externalId?: string;
}

/** A queue that gets a message with the result of each run. */
export interface NotificationQueue {
  /** URL of the queue. */
  readonly url: string;
  /** ARN of the queue. */
  readonly arn: string;
  /**
   * ARN of the KMS key that encrypts the queue.
   * @default - none: keys that AWS manages need no permission
   */
  readonly kmsKeyArn?: string;
}

/** Range of the number of workers. */
export interface Workers {
  /**
   * Fewest workers, 0 to `max`. From 0, the first run of a quiet time waits for two minutes or more until a worker is there.
   * @default 1
   */
  readonly min?: number;
  /**
   * Most workers, 1 to 5000.
   * @default 4
   */
  readonly max?: number;
  /**
   * How many runs, waiting and in progress, there are for each worker, 1 or more.
   * @default 5
   */
  readonly runsPerWorker?: number;
}

/** Props of {@link PolicyRunner}. */
export interface PolicyRunnerProps
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
      | "logRetentionDays"
      | "kmsKeyArn"
      | "alarmActions"
      | "roles"
      | "names"
      | "tags"
    >,
    Pick<TaskProps, "image" | "architecture" | "interruptionRetries"> {
  /**
   * Whether findings are acted on. If false, the rules of all sources are disabled: findings that arrive then are not
   * kept. What runs or waits already goes on.
   * @default true
   */
  readonly enabled?: boolean;
  /**
   * Who makes a policy run: `task`, a task of its own, which costs nothing while there are no findings, or `service`, the
   * workers of an ECS service, which take runs from a queue and are there all the time.
   * @default "task"
   */
  readonly mode?: "task" | "service";
  /**
   * The workers with `mode: "service"`.
   * @default - 1 to 4 workers, one for each 5 runs
   */
  readonly workers?: Workers;
  /**
   * Where findings come from, by name: 1 to 35 letters, digits, hyphens and underscores.
   * @example
   * sources: {
   *   hub: { preset: "security_hub", minimumSeverity: "HIGH" },
   *   buckets: { preset: "cloudtrail", source: ["aws.s3"], eventNames: ["CreateBucket"] },
   * }
   */
  readonly sources: Readonly<Record<string, FindingSource>>;
  /**
   * Path of a folder with Cloud Custodian policies: all its files that end with `.yml`, `.yaml` or `.json`. They are put
   * into the policy bucket under `policies/`.
   */
  readonly policiesFolder: string;
  /**
   * Path of the mapping file, which says what policy a finding selects, in format 2.0 or 1.0. It is put into the policy
   * bucket as `config/policy-mappings.json`.
   */
  readonly mappingsFile: string;
  /**
   * Key of a policy in the policy bucket, such as `policies/report.yml`, for findings that match no mapping, with
   * `useDefaultPolicy`.
   * @default - none
   */
  readonly defaultPolicy?: string;
  /**
   * Whether `defaultPolicy` acts on findings that match no mapping. If false, the mapping file says what becomes of them.
   * @default false
   */
  readonly useDefaultPolicy?: boolean;
  /**
   * Whether the function adds a link to the resource to a finding.
   * @default true
   */
  readonly enableEnrichment?: boolean;
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
   * Named permissions of the task role, each with what the example policies of a service need: `s3` (block public access,
   * encrypt), `ec2` (require IMDSv2, tag, stop), `iam-user` (disable access keys, delete the password), `security-group`
   * (remove ingress rules), `rds` (modify instances).
   * @default - none
   */
  readonly permissions?: readonly Permission[];
  /**
   * Further inline policies of the task role, by name: 1 to 128 characters, not beginning with `runner-`. Each is the JSON
   * text of a policy document. A statement that allows all actions, or all but some, is refused.
   * @default - none
   */
  readonly policies?: Readonly<Record<string, string>>;
  /**
   * Other accounts whose findings are acted on: their IDs, and the role in each of them that a task assumes. The session is
   * confined to the finding's resource. Findings of any other account go to the dead-letter queue.
   * @default - only the own account
   */
  readonly memberAccounts?: MemberAccounts;
  /**
   * Whether a bucket is created that keeps the output files of Cloud Custodian.
   * @default false
   */
  readonly createOutputBucket?: boolean;
  /**
   * Age in days at which output files expire, at least 1 (S3 API reference: LifecycleExpiration).
   * @default - never
   */
  readonly outputExpirationDays?: number;
  /**
   * A queue that gets a message with the result of each run.
   * @default - no messages
   */
  readonly notificationQueue?: NotificationQueue;
  /**
   * An existing network, when `createNetwork` is false.
   * @default - a network is created
   */
  readonly existingNetwork?: {
    /** ID of the VPC. */
    readonly vpcId: string;
    /** IDs of the subnets that tasks start in. */
    readonly subnetIds: readonly string[];
    /**
     * Whether a task gets a public IP address; in a public subnet it needs one to reach the internet.
     * @default false
     */
    readonly assignPublicIp?: boolean;
  };
  /**
   * CPU units of a task, where 1024 are one vCPU, as {@link Task} takes them.
   * @default 512
   */
  readonly cpu?: number;
  /**
   * Memory of a task in MiB, as {@link Task} takes it.
   * @default 1024
   */
  readonly memory?: number;
  /**
   * What a task runs on: `FARGATE`; `FARGATE_SPOT`, which costs less and may be interrupted; or the name of a capacity
   * provider of `existingCluster`, whose container instances it runs on.
   * @default "FARGATE"
   */
  readonly capacity?: SystemCapacity;
  /**
   * What happens when a run fails.
   * @default - a crash is retried once, then the finding goes to the dead-letter queue (DLQ)
   */
  readonly onFailure?: OnFailure;
  /**
   * Whether findings wait in a queue: for bursts beyond the 20 tasks a second that ECS starts (Amazon ECS Developer Guide,
   * "Request throttling"), such as the first evaluation of a Security Hub standard.
   * @default false
   */
  readonly buffer?: boolean;
  /**
   * How long a duplicate of an event starts no second run, in whole hours: 1 to 720.
   * @default 24
   */
  readonly deduplicationWindowHours?: number;
}
