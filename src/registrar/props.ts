import type { EventRuleProps } from "../event-rule";
import type { RegistrarRoute } from "./route";

/**
 * The `Stop ECS Tasks` events that one rule takes. An event names what to stop in `detail.services`; without it, it
 * stops all.
 */
export interface StopEvent extends Pick<EventRuleProps, "detail" | "eventBusName"> {
  /**
   * Values of `source` that the rule takes, for instance `["custom.app"]`.
   * @default - any
   */
  readonly source?: readonly string[];
}

export interface RegistrarProps {
  /**
   * Prefix of every name made here: 1 to 28 lower-case letters, digits and hyphens, starting with a letter, as a
   * launcher's.
   */
  readonly name: string;
  /**
   * The tasks to look after, by service: a {@link Task} or its `route`, with what a load balancer's `route()` gives
   * where the service has targets. 1 to 50 services; a Lambda environment holds no more. A service without targets can
   * be stopped by an event all the same.
   */
  readonly routes: Readonly<Record<string, RegistrarRoute | { readonly route: RegistrarRoute }>>;
  /**
   * How often every target group is compared with the tasks that run, in whole minutes from 1. A lost event is healed
   * within this time.
   * @default 5
   */
  readonly sweepIntervalMinutes?: number;
  /**
   * The EventBridge rules whose events stop tasks, by name; {@link Registrar.onStop} adds to them.
   * @default - none
   */
  readonly stopEvents?: Readonly<Record<string, StopEvent>>;
  /**
   * Processor the function runs on; `arm64` costs less.
   * @default "arm64"
   */
  readonly architecture?: "arm64" | "x86_64";
  /**
   * How long the function's log is kept, in days: a value that CloudWatch Logs takes.
   * @default 365
   */
  readonly logRetentionDays?: number;
  /**
   * ARN of the KMS key that encrypts messages, dead letters, the log and the environment; its key policy must let
   * `events.amazonaws.com` use it, or no state change reaches the queue.
   * @default - the keys that AWS manages
   */
  readonly kmsKeyArn?: string;
  /**
   * ARNs told when the function fails or a dead letter appears, for instance an SNS topic.
   * @default - the alarms show in CloudWatch only
   */
  readonly alarmActions?: readonly string[];
  /** Tags of every resource made here. */
  readonly tags?: Readonly<Record<string, string>>;
}
