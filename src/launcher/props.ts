import type { RoleSettings } from "../core/roles";
import type { Names } from "../core/twin";
import type { EventRule, EventRuleProps } from "../event-rule";
import type { PolicySelection } from "./policy-selection";
import type { LaunchRoute } from "./route";

/**
 * The events that one rule sends to a launcher: a pattern, a preset or a schedule, as {@link EventRule} takes them. Without
 * `service` the event names the service in `detail.service`; scheduled events, those of a preset and those of AWS services
 * do not, so `service` is required for them.
 */
export interface LauncherEvent
  extends Pick<
    EventRuleProps,
    | "detailType"
    | "detail"
    | "scheduleExpression"
    | "preset"
    | "minimumSeverity"
    | "eventNames"
    | "service"
    | "eventBusName"
    | "enabled"
  > {
  /**
   * Values of `source` that the rule matches, for instance `["custom.app"]`.
   * @default - any source
   */
  readonly source?: readonly string[];
}

/** Props of {@link Launcher}. */
export interface LauncherProps {
  /**
   * Prefix of the name of every resource of this block: 1 to 28 lower-case letters, digits and hyphens, starting with a
   * letter (28 because an S3 bucket prefix has at most 37 characters).
   */
  readonly name: string;
  /**
   * The launch route of each service, by the service's name: a {@link Task} or its `route`. 1 to 50 services, because
   * the environment of a Lambda function holds 4 KB (AWS Lambda Developer Guide, "Lambda quotas").
   */
  readonly routes: Readonly<Record<string, LaunchRoute | { readonly route: LaunchRoute }>>;
  /**
   * The EventBridge rules that send events to the launcher, by name: 1 to 35 letters, digits, hyphens and underscores.
   * {@link Launcher.onEvent} adds to them.
   * @default - none
   */
  readonly events?: Readonly<Record<string, LauncherEvent>>;
  /**
   * Makes the function `run-policy` in place of `start-task`: it selects Cloud Custodian policies for a security finding by
   * a mapping file in a bucket, and runs each in one task of the only launch route.
   * @default - the function is `start-task`
   */
  readonly policySelection?: PolicySelection;
  /**
   * Whether the function puts events from EventBridge into a queue and launches tasks from there: for bursts beyond the
   * 20 tasks a second that ECS starts (Amazon ECS Developer Guide, "Request throttling").
   * @default false
   */
  readonly buffer?: boolean;
  /**
   * How long the function waits for a task that it has launched, in whole seconds: 1 to 840 (a Lambda function runs for
   * 900 seconds at most, and one minute is added). It then registers the task in its target group and returns the task's
   * address, for callers that wait for the answer. API Gateway answers 504 after 29 seconds (Amazon API Gateway quotas), so
   * behind it give at most 25: then the answer says that the task goes on.
   * @default - it does not wait
   */
  readonly waitTimeoutSeconds?: number;
  /**
   * The state that the function waits for: `running`, or `healthy` in its target group.
   * @default "running"
   */
  readonly waitFor?: "running" | "healthy";
  /**
   * Processor architecture of the function: `arm64`, which costs less, or `x86_64`.
   * @default "arm64"
   */
  readonly architecture?: "arm64" | "x86_64";
  /**
   * Runtime of the function: `nodejs22.x` or later. The Terraform provider refuses a runtime that it does not know:
   * version 5.100 takes `nodejs22.x` at most, `nodejs24.x` needs 6.19 or later.
   * @default "nodejs22.x"
   */
  readonly runtime?: string;
  /**
   * How long a duplicate of an event starts no second task, in whole hours: 1 to `payloadRetentionDays` * 24, which is
   * how long the bucket keeps a launch record.
   * @default 24
   */
  readonly deduplicationWindowHours?: number;
  /**
   * How long the bucket keeps launch records and the payloads that are too long for RunTask, in days: 15 or more, because
   * a message stays in the dead-letter queue (DLQ) for 14 days and may refer to a payload.
   * @default 30
   */
  readonly payloadRetentionDays?: number;
  /**
   * Whether EventBridge writes each end of a task to a log group, so that it can be looked up when ECS has forgotten the
   * task: the command `runs` reads it. Queued runs have none.
   * @default true
   */
  readonly createRunHistory?: boolean;
  /**
   * Whether the log resource policy is created that allows EventBridge to write the run history. A region of an account
   * has at most 10 of them (Amazon CloudWatch Logs User Guide, "CloudWatch Logs quotas"). If false, a policy that exists
   * already must allow it, for instance one for all log groups under `/aws/events/`.
   * @default true
   */
  readonly createRunHistoryPolicy?: boolean;
  /**
   * How long the function's log and the run history are kept, in days, or 0 without limit: a value that CloudWatch Logs
   * accepts (Amazon CloudWatch Logs API Reference, PutRetentionPolicy).
   * @default 365
   */
  readonly logRetentionDays?: number;
  /**
   * ARN of the KMS key that encrypts the payloads, the messages in the queues, the log and the function's environment.
   * @default - the keys that AWS manages
   */
  readonly kmsKeyArn?: string;
  /**
   * ARNs that are notified when a launch fails, a task fails or a message arrives in the dead-letter queue (DLQ), for
   * instance an SNS topic.
   * @default - none: the alarms show in CloudWatch only
   */
  readonly alarmActions?: readonly string[];
  /**
   * What your organisation requires of the execution role of the function: a permissions boundary, a
   * path and a prefix of the name.
   * @default - no boundary, the path `/` and no prefix
   */
  readonly roles?: RoleSettings;
  /**
   * Names of existing resources that this construct adopts, by twin address, such as
   * `module.function.aws_lambda_function.this`: each replaces the name that the construct would give, so that Terraform
   * does not replace the resource. A description that AWS cannot change has the address of its resource and
   * `.description`.
   * @default - the names that the construct gives
   */
  readonly names?: Names;
  /** Tags of every resource of this block. */
  readonly tags?: Readonly<Record<string, string>>;
}
