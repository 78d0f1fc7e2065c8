import type { DetailPattern } from "./pattern";
import type { EventPreset, Severity } from "./presets";

/** What a rule may hand events to. */
export type EventTarget = "function" | "queue" | "workflow";

export interface EventRuleProps {
  /**
   * Name of the rule: 1 to 64 letters, digits, hyphens and underscores (EventBridge allows dots too, but the
   * dead-letter queue, `<name>-undelivered`, is named after the rule).
   */
  readonly name: string;
  /**
   * What the rule is for, at most 512 characters.
   * @default - none
   */
  readonly description?: string;
  /**
   * Name or ARN of the event bus that the rule listens on.
   * @default "default"
   */
  readonly eventBusName?: string;
  /**
   * Values of `source` that the rule takes, for instance `["custom.app"]`. With the preset `cloudtrail`: the source
   * of the service whose API calls are meant, for instance `["aws.s3"]`.
   * @default - any
   */
  readonly eventSource?: readonly string[];
  /**
   * Values of `detail-type` that the rule takes, for instance `["Start ECS Task"]`.
   * @default - any
   */
  readonly detailType?: readonly string[];
  /**
   * Content filter on `detail`, in EventBridge's pattern language, for instance `{ service: ["auth"] }`.
   * @default - any
   */
  readonly detail?: DetailPattern;
  /**
   * When to fire, in UTC: `rate(5 minutes)` or `cron(0 3 * * ? *)`. Only on the default bus.
   * @default - the rule waits for events
   */
  readonly scheduleExpression?: string;
  /**
   * A ready pattern. All leave out what asks for no action: Security Hub findings that are archived or in work,
   * resources that comply, findings that are resolved, API calls that were refused.
   * @default - none
   */
  readonly preset?: EventPreset;
  /**
   * Least severity that a preset takes, where its findings have one (Security Hub, GuardDuty, Inspector; Macie up to
   * `HIGH`).
   * @default - any
   */
  readonly minimumSeverity?: Severity;
  /**
   * API calls that the preset `cloudtrail` takes, for instance `["PutBucketAcl"]`.
   * @default - none
   */
  readonly eventNames?: readonly string[];
  /**
   * What gets the events: a `function` (`functionArn`, `functionName`), a `queue` (`queueArn`) or a `workflow`
   * (`stateMachineArn`, `roleArn`).
   * @default "function"
   */
  readonly target?: EventTarget;
  /** ARN of the Lambda function that gets the events. */
  readonly functionArn?: string;
  /** Name of the same function, to which the permission is attached. */
  readonly functionName?: string;
  /**
   * ARN of the SQS queue that gets the events, when `target` is queue. Its policy must let the rule in, as
   * {@link Queue.admit} does.
   */
  readonly queueArn?: string;
  /** ARN of the Step Functions state machine that the events start, when `target` is workflow. */
  readonly stateMachineArn?: string;
  /** ARN of the role that EventBridge takes to start the state machine. */
  readonly roleArn?: string;
  /**
   * Service that every event of this rule starts, whatever the event says: the target gets
   * `{ "service": …, "event": … }`.
   * @default - the target gets the event itself, which names its service
   */
  readonly service?: string;
  /**
   * How long EventBridge tries to hand over an event, in seconds: 60 to 86400.
   * @default 86400
   */
  readonly maximumEventAgeSeconds?: number;
  /**
   * How often EventBridge tries again to hand over an event: 0 to 185.
   * @default 185
   */
  readonly maximumRetryAttempts?: number;
  /**
   * ARN of the KMS key that encrypts the undelivered events; its key policy must let `events.amazonaws.com` use it.
   * @default - the key that SQS manages
   */
  readonly kmsKeyArn?: string;
  /**
   * ARNs told when an event cannot be delivered, for instance an SNS topic.
   * @default - the alarm shows in CloudWatch only
   */
  readonly alarmActions?: readonly string[];
  /** Tags of every resource made here. */
  readonly tags?: Readonly<Record<string, string>>;
}
