import type { LauncherEvent } from "../launcher";

export interface WorkflowProps {
  /**
   * Name of the state machine and prefix of every name made here: 1 to 28 letters, digits, hyphens and underscores (a
   * rule's name has 64, and the name of an event is added). The events that it sends have it as their `source`.
   */
  readonly name: string;
  /**
   * ARN of the function `start-task` of a {@link Launcher} that waits (`waitTimeoutSeconds`), which knows the services
   * that can be launched.
   */
  readonly functionArn: string;
  /**
   * The EventBridge rules that start an execution, by name; {@link Workflow.onEvent} adds to them.
   * @default - none
   */
  readonly events?: Readonly<Record<string, LauncherEvent>>;
  /**
   * ARN of the event bus that is told `ECS Task Started` or `ECS Task Failed`.
   * @default - the account's default bus
   */
  readonly eventBusArn?: string;
  /**
   * How often a launch is tried in all, where another try may help: 1 to 100.
   * @default 5
   */
  readonly maxAttempts?: number;
  /**
   * Longest wait before the second try, in seconds: 1 to 300. It doubles for each further one, up to five minutes; the
   * wait is random within it, so that launches that failed together do not come again together.
   * @default 10
   */
  readonly retryIntervalSeconds?: number;
  /**
   * How long the log is kept, in days: a value that CloudWatch Logs takes.
   * @default 365
   */
  readonly logRetentionDays?: number;
  /**
   * ARN of the KMS key that encrypts the log and the events that could not be delivered; its key policy must let
   * CloudWatch Logs and `events.amazonaws.com` use it.
   * @default - the keys that AWS manages
   */
  readonly kmsKeyArn?: string;
  /**
   * ARNs told when an execution fails or an event cannot be delivered, for instance an SNS topic.
   * @default - the alarms show in CloudWatch only
   */
  readonly alarmActions?: readonly string[];
  /** Tags of every resource made here. */
  readonly tags?: Readonly<Record<string, string>>;
}
