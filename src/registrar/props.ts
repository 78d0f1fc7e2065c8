import type { RoleSettings } from "../core/roles";
import type { Names } from "../core/twin";
import type { EventRuleProps } from "../event-rule";
import type { RegistrarRoute } from "./route";

/**
 * The `Stop ECS Tasks` events that one rule matches. An event names the services in `detail.services`; without it, it
 * stops the tasks of all services.
 */
export interface StopEvent extends Pick<EventRuleProps, "detail" | "eventBusName"> {
  /**
   * Values of `source` that the rule matches, for instance `["custom.app"]`.
   * @default - any source
   */
  readonly source?: readonly string[];
}

/** Props of {@link Registrar}. */
export interface RegistrarProps {
  /**
   * Prefix of the name of every resource of this block: 1 to 28 lower-case letters, digits and hyphens, starting with a
   * letter, like that of a launcher.
   */
  readonly name: string;
  /**
   * The launch route of each service, by the service's name: a {@link Task} or its `route`, merged with the result of
   * {@link LoadBalancer.route} where the service has a target group. 1 to 50 services, because the environment of a
   * Lambda function holds 4 KB (AWS Lambda Developer Guide, "Lambda quotas"). Stop events also stop the tasks of services
   * without a target group.
   */
  readonly routes: Readonly<Record<string, RegistrarRoute | { readonly route: RegistrarRoute }>>;
  /**
   * How often the function compares every target group with the running tasks, in whole minutes: 1 or more. A missed
   * event is corrected within this time.
   * @default 5
   */
  readonly sweepIntervalMinutes?: number;
  /**
   * The EventBridge rules whose events stop tasks, by name: 1 to 18 letters, digits, hyphens and underscores.
   * {@link Registrar.onStop} adds to them.
   * @default - none
   */
  readonly stopEvents?: Readonly<Record<string, StopEvent>>;
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
   * How long the function's log is kept, in days, or 0 without limit: a value that CloudWatch Logs accepts (Amazon
   * CloudWatch Logs API Reference, PutRetentionPolicy).
   * @default 365
   */
  readonly logRetentionDays?: number;
  /**
   * ARN of the KMS key that encrypts the messages in the queues, the log and the function's environment. The key policy
   * must allow `events.amazonaws.com` to use the key, or no state change reaches the queue.
   * @default - the keys that AWS manages
   */
  readonly kmsKeyArn?: string;
  /**
   * ARNs that are notified when the function fails or a message arrives in a dead-letter queue (DLQ), for instance an SNS
   * topic.
   * @default - none: the alarms show in CloudWatch only
   */
  readonly alarmActions?: readonly string[];
  /**
   * What your organisation requires of the execution role of the function `register-targets`: a permissions boundary,
   * a path and a prefix of the name.
   * @default - no boundary, the path `/` and no prefix
   */
  readonly roles?: RoleSettings;
  /**
   * Names of existing resources that this construct adopts, by twin address, such as
   * `module.function.aws_lambda_function.this`: each replaces the name that the construct would give, so that Terraform
   * does not replace the resource.
   * @default - the names that the construct gives
   */
  readonly names?: Names;
  /** Tags of every resource of this block. */
  readonly tags?: Readonly<Record<string, string>>;
}
