import type { RoleSettings } from "../core/roles";
import type { Names } from "../core/twin";
import type { LauncherEvent } from "../launcher";

/** Settings of a {@link Workflow}. */
export interface WorkflowProps {
  /**
   * Name of the state machine, and prefix of the names of all other resources: 1 to 28 letters, digits, hyphens and
   * underscores. EventBridge allows 64 for a rule, whose name also contains that of an event. It is the `source` of the
   * events that the workflow publishes.
   */
  readonly name: string;
  /**
   * ARN of the function `start-task` of a {@link Launcher} with `waitTimeoutSeconds`. It has the launch routes of the
   * services that the workflow can start.
   */
  readonly functionArn: string;
  /**
   * Events that start an execution, by name: 1 to 35 letters, digits, hyphens and underscores. Each has an
   * {@link EventRule}; {@link Workflow.onEvent} adds to them.
   * @default - none
   */
  readonly events?: Readonly<Record<string, LauncherEvent>>;
  /**
   * ARN of the event bus to which the workflow publishes `ECS Task Started` or `ECS Task Failed`.
   * @default - the default event bus of the account
   */
  readonly eventBusArn?: string;
  /**
   * Maximum number of attempts of a launch, the first included: 1 to 100. Only transient errors are retried.
   * @default 5
   */
  readonly maxAttempts?: number;
  /**
   * Maximum delay of the first retry, in seconds: 1 to 300. It doubles with each retry, up to 300. The delay is random
   * between 0 and this maximum (full jitter), so that launches that failed together are not retried together.
   * @default 10
   */
  readonly retryIntervalSeconds?: number;
  /**
   * Retention of the log, in days, or 0 without limit: a value that CloudWatch Logs takes (API reference:
   * PutRetentionPolicy).
   * @default 365
   */
  readonly logRetentionDays?: number;
  /**
   * ARN of the KMS key that encrypts the log and the dead-letter queues. The key policy must allow CloudWatch Logs and
   * `events.amazonaws.com` to use the key.
   * @default - the keys that AWS manages
   */
  readonly kmsKeyArn?: string;
  /**
   * ARNs that the alarms notify when an execution fails or an event cannot be delivered, for instance the ARN of an SNS
   * topic.
   * @default - none; the alarms are visible in CloudWatch only
   */
  readonly alarmActions?: readonly string[];
  /**
   * What your organisation requires of every IAM role of this construct: a permissions boundary, a path and a prefix
   * of the name.
   * @default - no boundary, the path `/` and no prefix
   */
  readonly roles?: RoleSettings;
  /**
   * Names of existing resources that this construct adopts, by twin address, such as `aws_sfn_state_machine.this`: each replaces
   * the name that the construct would give, so that Terraform does not replace the resource.
   * @default - the names that the construct gives
   */
  readonly names?: Names;
  /** Tags of every resource of this construct. */
  readonly tags?: Readonly<Record<string, string>>;
}
