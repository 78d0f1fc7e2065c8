import type { Json } from "../core/json";
import type { LaunchRoute } from "../launcher/route";

/** What a schedule has to know to run a task itself: the `route` of a {@link Task}. */
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
>;

export interface ScheduleProps {
  /**
   * Name of the schedule and of its role: 1 to 64 letters, digits, hyphens and underscores (Scheduler allows dots too,
   * but the dead-letter queue, `<name>-undelivered`, is named after the schedule).
   */
  readonly name: string;
  /**
   * When to fire: `rate(5 minutes)`, `cron(0 3 * * ? *)`, or once `at(2030-01-31T03:00:00)`. By the minute: a firing may
   * come up to 59 seconds after the second it is set to.
   */
  readonly scheduleExpression: string;
  /**
   * Time zone in which `cron` and `at` are read, a name from the IANA time zone database.
   * @default "UTC"
   */
  readonly timeZone?: string;
  /** @default true */
  readonly enabled?: boolean;
  /**
   * Within how many minutes of its time a firing may come, to spread load: 1 to 1440.
   * @default 0 (at its time)
   */
  readonly flexibleWindowMinutes?: number;
  /**
   * What a firing does: hand `input` to a function, or run a task. A task that Scheduler runs itself is run at least
   * once; by way of a {@link Launcher}'s function it is run exactly once.
   * @default "function"
   */
  readonly target?: "function" | "task";
  /**
   * ARN of the Lambda function, with target `function`.
   * @default - none
   */
  readonly functionArn?: string;
  /**
   * The task to run, with target `task`: a {@link Task} or its `route`.
   * @default - none
   */
  readonly route?: ScheduleRoute | { readonly route: ScheduleRoute };
  /**
   * Service that the task belongs to, with target `task`, as a registrar's routes have it: 1 to 64 letters, digits,
   * hyphens and underscores.
   * @default - none
   */
  readonly service?: string;
  /**
   * What the function gets, or the task in `EVENT_PAYLOAD`. Scheduler fills in `<aws.scheduler.scheduled-time>`,
   * `<aws.scheduler.schedule-arn>`, `<aws.scheduler.execution-id>` and `<aws.scheduler.attempt-number>`.
   * @default - Scheduler's own event, whose detail-type is `Scheduled Event`, for a function; nothing for a task
   */
  readonly input?: Json;
  /**
   * How long Scheduler tries to hand a firing over, in seconds: 60 to 86400.
   * @default 86400
   */
  readonly maximumEventAgeSeconds?: number;
  /**
   * How often Scheduler tries again to hand a firing over: 0 to 185.
   * @default 185
   */
  readonly maximumRetryAttempts?: number;
  /**
   * ARN of the KMS key that encrypts the schedule and its dead letters; the schedule's role may use it.
   * @default - the keys that AWS manages
   */
  readonly kmsKeyArn?: string;
  /**
   * ARNs told when a firing cannot be handed over, for instance an SNS topic.
   * @default - the alarm shows in CloudWatch only
   */
  readonly alarmActions?: readonly string[];
  /** Tags of every resource made here that takes tags; a schedule takes none. */
  readonly tags?: Readonly<Record<string, string>>;
}
