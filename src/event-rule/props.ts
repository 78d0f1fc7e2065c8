import type { Names } from "../core/twin";
import type { DetailPattern } from "./pattern";
import type { EventPreset, Severity } from "./presets";

/** Kind of target that a rule sends events to. */
export type EventTarget = "function" | "queue" | "workflow";

/** Settings of an {@link EventRule}. */
export interface EventRuleProps {
  /**
   * Name of the rule: 1 to 64 letters, digits, hyphens and underscores (EventBridge API reference: PutRule). EventBridge
   * allows dots too, but the dead-letter queue is named `<name>-undelivered`.
   */
  readonly name: string;
  /**
   * Description of the rule, at most 512 characters (EventBridge API reference: PutRule).
   * @default - none
   */
  readonly description?: string;
  /**
   * Name or ARN of the event bus of the rule: a name has 1 to 256 letters, digits and `/ . _ -` (EventBridge API
   * reference: CreateEventBus).
   * @default "default"
   */
  readonly eventBusName?: string;
  /**
   * Values of the event's `source` that the rule matches, for instance `["custom.app"]`. With the preset `cloudtrail`: the
   * source of the AWS service whose API calls the rule matches, for instance `["aws.s3"]`.
   * @default - any
   */
  readonly eventSource?: readonly string[];
  /**
   * Values of the event's `detail-type` that the rule matches, for instance `["Start ECS Task"]`.
   * @default - any
   */
  readonly detailType?: readonly string[];
  /**
   * Content filter on the event's `detail`, in EventBridge's pattern language, for instance `{ service: ["auth"] }`
   * (EventBridge User Guide: event patterns).
   * @default - any
   */
  readonly detail?: DetailPattern;
  /**
   * Schedule of the rule, in UTC: `rate(5 minutes)` or `cron(0 3 * * ? *)`. It works on the default event bus only
   * (EventBridge User Guide: scheduled rules).
   * @default - none; the rule matches events
   */
  readonly scheduleExpression?: string;
  /**
   * A predefined event pattern: `security_hub`, `security_hub_custom_action`, `security_hub_v2`, `guardduty`, `config`,
   * `macie`, `access_analyzer`, `inspector` or `cloudtrail`. The presets leave out events that need no action: Security Hub
   * findings that are archived or not new, resolved findings of Access Analyzer and Inspector, compliant resources, and
   * API calls that failed.
   * @default - none
   */
  readonly preset?: EventPreset;
  /**
   * Lowest severity that a preset matches: `LOW`, `MEDIUM`, `HIGH` or `CRITICAL`. For the presets whose findings have a
   * severity: those of Security Hub, `guardduty`, `inspector`, and `macie` up to `HIGH`.
   * @default - any
   */
  readonly minimumSeverity?: Severity;
  /**
   * API calls that the preset `cloudtrail` matches, for instance `["PutBucketAcl"]`; names of the custom actions that the
   * preset `security_hub_custom_action` matches, for instance `["Remediate"]`.
   * @default - none
   */
  readonly eventNames?: readonly string[];
  /**
   * Kind of target that the rule sends events to: a `function` (`functionArn`, `functionName`), a `queue` (`queueArn`) or
   * a `workflow` (`stateMachineArn`, `roleArn`).
   * @default "function"
   */
  readonly target?: EventTarget;
  /**
   * ARN of the Lambda function that gets the events, when `target` is `function`.
   * @default - none
   */
  readonly functionArn?: string;
  /**
   * Name of the same function. The resource-based permission of the rule is added to it.
   * @default - none
   */
  readonly functionName?: string;
  /**
   * ARN of the SQS queue that gets the events, when `target` is `queue`. The queue policy must allow the rule to send, as
   * {@link Queue.admit} does.
   * @default - none
   */
  readonly queueArn?: string;
  /**
   * ARN of the Step Functions state machine that the events start, when `target` is `workflow`.
   * @default - none
   */
  readonly stateMachineArn?: string;
  /**
   * ARN of the role that EventBridge assumes to start the state machine, when `target` is `workflow`.
   * @default - none
   */
  readonly roleArn?: string;
  /**
   * Name of the service that every event of this rule starts: 1 to 64 letters, digits, hyphens and underscores. The
   * target gets `{ "service": …, "event": … }`.
   * @default - none; the target gets the event itself, which names the service
   */
  readonly service?: string;
  /**
   * How long EventBridge retries the delivery of an event, in seconds: 60 to 86400 (EventBridge API reference:
   * RetryPolicy).
   * @default 86400
   */
  readonly maximumEventAgeSeconds?: number;
  /**
   * How often EventBridge retries the delivery of an event: 0 to 185 (EventBridge API reference: RetryPolicy).
   * @default 185
   */
  readonly maximumRetryAttempts?: number;
  /**
   * ARN of the KMS key that encrypts the dead-letter queue. The key policy must allow `events.amazonaws.com` to use the
   * key.
   * @default - the key that SQS manages
   */
  readonly kmsKeyArn?: string;
  /**
   * ARNs that the alarms notify when an event cannot be delivered, for instance the ARN of an SNS topic.
   * @default - none; the alarms are visible in CloudWatch only
   */
  readonly alarmActions?: readonly string[];
  /**
   * Names of existing resources that this construct adopts, by twin address, such as
   * `aws_cloudwatch_event_target.this`: each replaces the name that the construct would give, so that Terraform does
   * not replace the resource.
   * @default - the names that the construct gives
   */
  readonly names?: Names;
  /** Tags of every resource of this construct. */
  readonly tags?: Readonly<Record<string, string>>;
}
