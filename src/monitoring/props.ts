/** A Lambda function to watch. */
export interface WatchedFunction {
  readonly functionName: string;
  /** Longest run of one invocation, in seconds: 1 to 900. The alarm rings at four fifths of it. */
  readonly timeoutSeconds: number;
}

export interface MonitoringProps {
  /** Name of the dashboard and prefix of the alarms: 1 to 128 letters, digits, hyphens and underscores. */
  readonly name: string;
  /**
   * The functions to watch, by a key of your choice. Launches are those of the function under the key `start-task`,
   * registrations those of `register-targets`.
   */
  readonly functions: Readonly<Record<string, WatchedFunction>>;
  /**
   * The services that are launched: the keys of a launcher's routes.
   * @default - none
   */
  readonly services?: readonly string[];
  /**
   * Names of the dead-letter queues to show. Each has an alarm of its own already.
   * @default - none
   */
  readonly deadLetterQueueNames?: readonly string[];
  /**
   * The target groups to watch, by service: the part of the ARN from `targetgroup/` on, as the provider's `arnSuffix`
   * has it.
   * @default - none
   */
  readonly targetGroups?: Readonly<Record<string, string>>;
  /**
   * The part of the load balancer's ARN from `app/` on, as the provider's `arnSuffix` has it. Needed with target groups.
   * @default - none
   */
  readonly loadBalancerArnSuffix?: string;
  /**
   * ARNs told when an alarm rings, for instance an SNS topic.
   * @default - the alarms show in CloudWatch only
   */
  readonly alarmActions?: readonly string[];
  /** Tags of every alarm; a dashboard takes none. */
  readonly tags?: Readonly<Record<string, string>>;
}
