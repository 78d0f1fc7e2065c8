import { CloudwatchDashboard } from "@cdktf/provider-aws/lib/cloudwatch-dashboard";
import {
  CloudwatchMetricAlarm,
  type CloudwatchMetricAlarmConfig,
} from "@cdktf/provider-aws/lib/cloudwatch-metric-alarm";
import { Token } from "cdktf";
import type { Construct } from "constructs";
import { accountOf } from "../core/account";
import { checkCommonInputs } from "../core/common-inputs";
import { expression } from "../core/expression";
import { sortedEntries, sortedValues } from "../core/maps";
import { withoutNulls } from "../core/props";
import { Twin } from "../core/twin";
import { typed } from "../core/typed";
import { check, checkMatches, checkRange, isToken } from "../core/validation";
import { dashboardBody } from "./dashboard";
import { metrics, namespace } from "./metrics";
import type { MonitoringProps } from "./props";

export type { MonitoringProps, WatchedEcsService, WatchedFunction } from "./props";

type AlarmSettings = Pick<CloudwatchMetricAlarmConfig, "alarmDescription" | "metricName" | "dimensions"> &
  Partial<CloudwatchMetricAlarmConfig>;

/**
 * One dashboard for the metrics of the other blocks, and the alarms that those blocks do not have: invocations close to
 * their timeout, failed launches and registrations by service, targets that sweeps repeatedly find out of sync, unhealthy
 * targets. Twin of the module `monitoring`.
 *
 * @example
 * import type { Launcher } from "cdktf-event-driven-ecs/launcher";
 * import { Monitoring } from "cdktf-event-driven-ecs/monitoring";
 *
 * declare const launcher: Launcher, topicArn: string;
 * new Monitoring(this, "monitoring", {
 *   name: "engines",
 *   functions: { "start-task": launcher },
 *   services: ["auth", "report"],
 *   deadLetterQueueNames: [launcher.deadLetterQueueName],
 *   alarmActions: [topicArn],
 * });
 *
 * @throws ValidationError when CloudWatch would refuse a name, or target groups are given without their load balancer.
 */
export class Monitoring extends Twin {
  /** ARN of the CloudWatch dashboard. */
  readonly dashboardArn: string;
  /** Name of the CloudWatch dashboard. */
  readonly dashboardName: string;

  private readonly props: MonitoringProps;

  constructor(scope: Construct, id: string, given: MonitoringProps) {
    super(scope, id);
    const props = typed(this, "monitoring", withoutNulls(given));
    checkCommonInputs(this, "monitoring", props);
    this.props = props;
    checkProps(this, props);
    this.useNames(props.names);
    const { name, functions, loadBalancerArnSuffix } = props;
    const services = sorted(props.services);
    const targetGroups = sortedEntries(props.targetGroups);
    const launching = (functions["start-task"] ?? functions["run-policy"])?.functionName;
    const registering = functions["register-targets"]?.functionName;
    // An event that names no known service counts for the service "unknown".
    const launched = launching === undefined ? [] : sorted([...services, "unknown"]);
    const registered = registering === undefined ? [] : targetGroups.map(([service]) => service);

    for (const [key, watched] of sortedEntries(functions)) {
      if (watched.durationAlarm === false) continue;
      this.alarm("duration", key, {
        alarmDescription: `The function ${key} comes close to its timeout of ${watched.timeoutSeconds} seconds, at which Lambda stops it.`,
        namespace: "AWS/Lambda",
        metricName: "Duration",
        dimensions: { FunctionName: watched.functionName },
        statistic: "Maximum",
        comparisonOperator: "GreaterThanOrEqualToThreshold",
        threshold: fourFifthsInMs(watched.timeoutSeconds),
      });
    }
    for (const service of launched) {
      this.alarm("launch_failures", service, {
        alarmDescription: `A launch of the service ${service} failed; it is retried, or its event is in the dead-letter queue with the reason.`,
        metricName: metrics.launchFailures,
        dimensions: { Function: launching!, Service: service },
      });
    }
    for (const service of registered) {
      const dimensions = { Function: registering!, Service: service };
      this.alarm("registration_failures", service, {
        alarmDescription: `The target group of the service ${service} refused a task.`,
        metricName: metrics.registrationFailures,
        dimensions,
      });
      // A sweep corrects what it finds, and may find a task that has just started: only repeated findings are a problem.
      const lasting = { period: 3600, evaluationPeriods: 3, datapointsToAlarm: 2 };
      this.alarm("missing_targets", service, {
        ...lasting,
        alarmDescription: `Sweeps keep finding tasks of the service ${service} that are not registered: the function does not get their state changes.`,
        metricName: metrics.missingTargets,
        dimensions,
      });
      this.alarm("stale_targets", service, {
        ...lasting,
        alarmDescription: `Sweeps keep finding targets of the service ${service} that have no task: the function does not get the state changes of their tasks.`,
        metricName: metrics.staleTargets,
        dimensions,
      });
    }
    for (const [service, group] of targetGroups) {
      this.alarm("unhealthy_hosts", service, {
        alarmDescription: `A target of the service ${service} has failed its health checks for five minutes.`,
        namespace: "AWS/ApplicationELB",
        metricName: "UnHealthyHostCount",
        dimensions: { TargetGroup: group, LoadBalancer: loadBalancerArnSuffix! },
        statistic: "Maximum",
        evaluationPeriods: 5,
      });
    }

    const dashboard = this.twin(
      "aws_cloudwatch_dashboard.this",
      new CloudwatchDashboard(this, "dashboard", {
        dashboardName: this.named("aws_cloudwatch_dashboard.this") ?? props.dashboardName ?? name,
        dashboardBody: dashboardBody(
          {
            functionNames: sortedValues(functions).map(({ functionName }) => functionName),
            launching,
            registering,
            services,
            launched,
            registered,
            scanning: functions.scan?.functionName,
            listing: functions["list-objects"]?.functionName,
            deadLetterQueueNames: props.deadLetterQueueNames ?? [],
            ecsServices: sortedValues(props.ecsServices),
            queueNames: props.queueNames ?? [],
            databaseIds: props.databaseIds ?? [],
            targetGroups: targetGroups.map(([, group]) => group),
            loadBalancer: loadBalancerArnSuffix,
          },
          accountOf(this).region,
        ),
      }),
    );
    this.refuseUnknownNames();
    this.dashboardArn = dashboard.dashboardArn;
    this.dashboardName = dashboard.dashboardName;
  }

  private alarm(kind: string, key: string, settings: AlarmSettings): void {
    const suffix = kind.replace("_", "-");
    const address = `aws_cloudwatch_metric_alarm.${kind}["${key}"]`;
    this.twin(
      address,
      new CloudwatchMetricAlarm(this, `${suffix}-${key}`, {
        alarmName: this.named(address) ?? `${this.props.name}-${key}-${suffix}`,
        namespace,
        statistic: "Sum",
        period: 60,
        evaluationPeriods: 1,
        comparisonOperator: "GreaterThanThreshold",
        threshold: 0,
        treatMissingData: "notBreaching",
        alarmActions: [...(this.props.alarmActions ?? [])],
        tags: this.props.tags,
        ...settings,
      }),
    );
  }
}

/** Without duplicates, in the order of a Terraform set. */
const sorted = (names: readonly string[] = []): string[] => [...new Set(names)].sort();

const key = /^[A-Za-z0-9_-]{1,64}$/;
const ofService = "a service's name has 1 to 64 letters, digits, hyphens and underscores.";

function checkProps(scope: Construct, props: MonitoringProps): void {
  checkMatches(
    scope,
    "name",
    props.name,
    /^[A-Za-z0-9_-]{1,128}$/,
    "a name here has 1 to 128 letters, digits, hyphens and underscores (CloudWatch allows 255, and an alarm's name has a suffix).",
  );
  checkMatches(
    scope,
    "dashboardName",
    props.dashboardName,
    /^[A-Za-z0-9_-]{1,255}$/,
    "a dashboard name has 1 to 255 letters, digits, hyphens and underscores.",
  );
  const functions = Object.entries(props.functions);
  check(scope, functions.length >= 1, "functions is empty; give at least one function to monitor.");
  for (const [name, { timeoutSeconds }] of functions) {
    check(
      scope,
      key.test(name),
      `functions names "${name}"; a key has 1 to 64 letters, digits, hyphens and underscores.`,
    );
    checkRange(scope, `functions.${name}.timeoutSeconds`, timeoutSeconds, 1, 900, "Lambda");
  }
  for (const service of props.services ?? [])
    check(scope, key.test(service), `services names "${service}"; ${ofService}`);
  for (const [service, group] of Object.entries(props.targetGroups ?? {})) {
    check(scope, key.test(service), `targetGroups names "${service}"; ${ofService}`);
    checkMatches(
      scope,
      `targetGroups.${service}`,
      group,
      /^targetgroup\/[A-Za-z0-9-]{1,32}\/[0-9a-f]+$/,
      "give the part of the ARN from targetgroup/ on: targetgroup/<name>/<id>.",
    );
  }
  checkMatches(
    scope,
    "loadBalancerArnSuffix",
    props.loadBalancerArnSuffix,
    /^app\/[A-Za-z0-9-]{1,32}\/[0-9a-f]+$/,
    "give the part of the ARN from app/ on: app/<name>/<id>.",
  );
  check(
    scope,
    props.loadBalancerArnSuffix !== undefined || Object.keys(props.targetGroups ?? {}).length === 0,
    `targetGroups has ${Object.keys(props.targetGroups ?? {})
      .map((service) => `"${service}"`)
      .join(
        ", ",
      )} and loadBalancerArnSuffix is missing; the metrics of a target group have both as dimensions, so give it.`,
  );
}

const fourFifthsInMs = (seconds: number): number =>
  isToken(seconds) ? Token.asNumber(expression`${seconds} * 800`) : seconds * 800;
