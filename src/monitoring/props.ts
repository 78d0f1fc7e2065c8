import type { Names } from "../core/twin";
/** A Lambda function to monitor. A {@link Launcher} or a {@link Registrar} has these members. */
export interface WatchedFunction {
  /** Name of the function. */
  readonly functionName: string;
  /** Timeout of the function, in seconds: 1 to 900. The alarm notifies when an invocation takes 80 % of it. */
  readonly timeoutSeconds: number;
  /**
   * Whether there is that alarm.
   * @default true
   */
  readonly durationAlarm?: boolean;
}

/** An ECS service to show on the dashboard. */
export interface WatchedEcsService {
  /** Name of the cluster. */
  readonly clusterName: string;
  /** Name of the ECS service. */
  readonly serviceName: string;
}

/** Props of {@link Monitoring}. */
export interface MonitoringProps {
  /**
   * Name of the dashboard, unless `dashboardName` is given, and prefix of the names of the alarms: 1 to 128 letters,
   * digits, hyphens and underscores.
   */
  readonly name: string;
  /**
   * Name of the dashboard: 1 to 255 letters, digits, hyphens and underscores. Dashboards have no region, so one of another
   * region with this name is overwritten (Amazon CloudWatch API Reference, PutDashboard).
   * @default - `name`
   */
  readonly dashboardName?: string;
  /**
   * The Lambda functions to monitor, by a key of your choice: 1 to 64 letters, digits, hyphens and underscores. Launch
   * metrics are those of the function with the key `start-task` or, without it, `run-policy`; registration metrics those
   * of `register-targets`, scan metrics those of `scan` and `list-objects`.
   * @example { "start-task": launcher, "register-targets": registrar }
   */
  readonly functions: Readonly<Record<string, WatchedFunction>>;
  /**
   * Names of the services that are launched: the keys of a launcher's `routes`.
   * @default - none
   */
  readonly services?: readonly string[];
  /**
   * Names of the dead-letter queues (DLQs) to show on the dashboard. Each queue has an alarm in its own block.
   * @default - none
   */
  readonly deadLetterQueueNames?: readonly string[];
  /**
   * ECS services to show on the dashboard, by a key of your choice: the number of tasks that run, CPU and memory. The number
   * is a metric of Container Insights.
   * @default - none
   */
  readonly ecsServices?: Readonly<Record<string, WatchedEcsService>>;
  /**
   * Names of the queues to show on the dashboard: messages that wait and that are in flight, and the age of the oldest. Each
   * queue has an alarm in its own block.
   * @default - none
   */
  readonly queueNames?: readonly string[];
  /**
   * Identifiers of the DB instances to show on the dashboard: CPU, connections, free storage and latency. Each database has
   * alarms in its own block.
   * @default - none
   */
  readonly databaseIds?: readonly string[];
  /**
   * The target group of each service, by the service's name: the part of the ARN from `targetgroup/` on, which the
   * provider names `arnSuffix`.
   * @default - none
   */
  readonly targetGroups?: Readonly<Record<string, string>>;
  /**
   * The part of the load balancer's ARN from `app/` on, which the provider names `arnSuffix`. Required with
   * `targetGroups`.
   * @default - none
   */
  readonly loadBalancerArnSuffix?: string;
  /**
   * ARNs that each alarm notifies when it is in ALARM, for instance an SNS topic.
   * @default - none: the alarms show in CloudWatch only
   */
  readonly alarmActions?: readonly string[];
  /**
   * Names of existing resources that this construct adopts, by twin address, such as `aws_cloudwatch_dashboard.this`: each replaces
   * the name that the construct would give, so that Terraform does not replace the resource.
   * @default - the names that the construct gives
   */
  readonly names?: Names;
  /** Tags of every alarm. A dashboard has no tags. */
  readonly tags?: Readonly<Record<string, string>>;
}
