import type { Json } from "../core/json";
import type { RoleSettings } from "../core/roles";
import type { Names } from "../core/twin";
import type { LaunchRoute } from "../launcher/route";

/** The part of a launch route that a schedule needs to run a task: the `route` of a {@link Task} has it. */
export type ScheduleRoute = Pick<
  LaunchRoute,
  | "clusterArn"
  | "taskDefinitionArnWithoutRevision"
  | "containerName"
  | "subnetIds"
  | "securityGroupIds"
  | "assignPublicIp"
  | "taskRoleArn"
  | "executionRoleArn"
  | "networkMode"
  | "capacity"
  | "enableExecuteCommand"
  | "ebsVolume"
>;

/** Settings of a {@link Schedule}. */
export interface ScheduleProps {
  /**
   * Name of the schedule and of its role: 1 to 64 letters, digits, hyphens and underscores (EventBridge Scheduler API
   * reference: CreateSchedule). Scheduler allows dots too, but the dead-letter queue is named `<name>-undelivered`.
   */
  readonly name: string;
  /**
   * When the schedule invokes its target: `rate(5 minutes)`, `cron(0 3 * * ? *)`, or once with
   * `at(2030-01-31T03:00:00)`. The precision is one minute: an invocation can be up to 59 seconds late (EventBridge
   * Scheduler User Guide: schedule types).
   */
  readonly scheduleExpression: string;
  /**
   * Time zone of `cron` and `at`: a name from the IANA time zone database.
   * @default "UTC"
   */
  readonly timeZone?: string;
  /**
   * Whether the schedule is enabled. A disabled schedule invokes nothing.
   * @default true
   */
  readonly enabled?: boolean;
  /**
   * Flexible time window, in minutes: 1 to 1440 (EventBridge Scheduler API reference: FlexibleTimeWindow). Scheduler
   * invokes the target at any time within it, which spreads load. 0: no window.
   * @default 0
   */
  readonly flexibleWindowMinutes?: number;
  /**
   * Kind of target: `function` invokes a Lambda function with `input`, `task` runs an ECS task. Scheduler delivers at
   * least once, so a `task` can run twice; the function of a {@link Launcher} starts its task exactly once.
   * @default "function"
   */
  readonly target?: "function" | "task";
  /**
   * ARN of the Lambda function, when `target` is `function`.
   * @default - none
   */
  readonly functionArn?: string;
  /**
   * Launch route of the task to run, when `target` is `task`: a {@link Task} or its `route`. RunTask takes 1 to 16 subnets
   * and at most 5 security groups (ECS API reference: AwsVpcConfiguration).
   * @default - none
   */
  readonly route?: ScheduleRoute | { readonly route: ScheduleRoute };
  /**
   * Name of the service that the task belongs to, when `target` is `task`, as in the `routes` of a registrar: 1 to 64
   * letters, digits, hyphens and underscores.
   * @default - none
   */
  readonly service?: string;
  /**
   * Input of the function, or value of the task's environment variable `EVENT_PAYLOAD`. Scheduler replaces
   * `<aws.scheduler.scheduled-time>`, `<aws.scheduler.schedule-arn>`, `<aws.scheduler.execution-id>` and
   * `<aws.scheduler.attempt-number>`.
   * @default - a function gets Scheduler's default event, with the detail-type `Scheduled Event`, and a task no variable
   */
  readonly input?: Json;
  /**
   * How long Scheduler retries an invocation, in seconds: 60 to 86400 (EventBridge Scheduler API reference: RetryPolicy).
   * @default 86400
   */
  readonly maximumEventAgeSeconds?: number;
  /**
   * How often Scheduler retries an invocation: 0 to 185 (EventBridge Scheduler API reference: RetryPolicy).
   * @default 185
   */
  readonly maximumRetryAttempts?: number;
  /**
   * ARN of the KMS key that encrypts the schedule and its dead-letter queue. The role of the schedule has permission to
   * use the key.
   * @default - the keys that AWS manages
   */
  readonly kmsKeyArn?: string;
  /**
   * ARNs that the alarm notifies when an invocation cannot be delivered, for instance the ARN of an SNS topic.
   * @default - none; the alarm is visible in CloudWatch only
   */
  readonly alarmActions?: readonly string[];
  /**
   * What your organisation requires of every IAM role of this construct: a permissions boundary, a path and a prefix
   * of the name.
   * @default - no boundary, the path `/` and no prefix
   */
  readonly roles?: RoleSettings;
  /**
   * Names of existing resources that this construct adopts, by twin address, such as `aws_iam_role.this`: each replaces
   * the name that the construct would give, so that Terraform does not replace the resource.
   * @default - the names that the construct gives
   */
  readonly names?: Names;
  /** Tags of every resource of this construct that supports tags. A schedule does not. */
  readonly tags?: Readonly<Record<string, string>>;
}
