import type { EventRule, EventRuleProps } from "../event-rule";
import type { LaunchRoute } from "./route";

/** The events that reach a launcher by one rule: a pattern, a preset or a schedule, as {@link EventRule} takes them. */
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
  > {
  /** Values of `source` that the rule takes, for instance `["custom.app"]`. */
  readonly source?: readonly string[];
}

export interface LauncherProps {
  /**
   * Prefix of every name made here: 1 to 28 lower-case letters, digits and hyphens, starting with a letter (28
   * because an S3 bucket prefix has at most 37 characters).
   */
  readonly name: string;
  /**
   * What each service's name starts, by service: a {@link Task} or its `route`. 1 to 50 services; a Lambda
   * environment holds no more.
   */
  readonly routes: Readonly<Record<string, LaunchRoute | { readonly route: LaunchRoute }>>;
  /**
   * The EventBridge rules that reach the launcher, by name; {@link Launcher.onEvent} adds to them.
   * @default - none
   */
  readonly events?: Readonly<Record<string, LauncherEvent>>;
  /**
   * Whether the function puts events of EventBridge into a queue and launches from there: for more events at a time than
   * ECS starts tasks, some twenty a second.
   * @default false
   */
  readonly buffer?: boolean;
  /**
   * How long the function waits for a task that it has launched, in whole seconds: 1 to 840 (Lambda runs 900 at most, and
   * a minute is added). It then registers the task in its target group and answers with its address, for callers that
   * wait themselves.
   * @default - it does not wait
   */
  readonly waitTimeoutSeconds?: number;
  /**
   * What the function waits for: `running`, or `healthy` in its target group.
   * @default "running"
   */
  readonly waitFor?: "running" | "healthy";
  /**
   * Processor the function runs on; `arm64` costs less.
   * @default "arm64"
   */
  readonly architecture?: "arm64" | "x86_64";
  /**
   * How long an event that is delivered again starts no second task, in whole hours: 1 to `payloadRetentionDays` * 24,
   * which is how long the bucket keeps the record of a launch.
   * @default 24
   */
  readonly deduplicationWindowHours?: number;
  /**
   * How long payloads too long for RunTask and records of launches are kept, in days: at least 15, for a dead letter
   * lives 14 days and may still point to a payload.
   * @default 30
   */
  readonly payloadRetentionDays?: number;
  /**
   * How long the function's log is kept, in days: a value that CloudWatch Logs takes.
   * @default 365
   */
  readonly logRetentionDays?: number;
  /**
   * ARN of the KMS key that encrypts payloads, dead letters, the log and the environment.
   * @default - the keys that AWS manages
   */
  readonly kmsKeyArn?: string;
  /**
   * ARNs told when a launch or a task fails or a dead letter appears, for instance an SNS topic.
   * @default - the alarms show in CloudWatch only
   */
  readonly alarmActions?: readonly string[];
  /** Tags of every resource made here. */
  readonly tags?: Readonly<Record<string, string>>;
}
