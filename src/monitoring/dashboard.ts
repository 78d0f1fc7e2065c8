import type { IResolvable } from "cdktf";
import { expression } from "../core/expression";
import { type Json, json } from "../core/json";
import { isToken } from "../core/validation";
import { metrics, namespace } from "./metrics";

/** What a dashboard shows. */
export interface DashboardContents {
  /** Names of all functions. */
  readonly functionNames: readonly string[];
  /** Name of the function `start-task`, if it is monitored. */
  readonly launching: string | undefined;
  /** Name of the function `register-targets`, if it is monitored. */
  readonly registering: string | undefined;
  /** Names of the services. */
  readonly services: readonly string[];
  /** The services, and "unknown". */
  readonly launched: readonly string[];
  /** Services with a target group, if `register-targets` is monitored. */
  readonly registered: readonly string[];
  /** Names of the dead-letter queues. */
  readonly deadLetterQueueNames: readonly string[];
  /** ARN suffix of each target group. */
  readonly targetGroups: readonly string[];
  /** ARN suffix of the load balancer. */
  readonly loadBalancer: string | undefined;
}

/** A metric in the form of a CloudWatch dashboard: namespace, name, then pairs of dimension name and value. */
type Metric = readonly string[];

interface Graph {
  readonly title: string;
  readonly stat: "Sum" | "Minimum" | "Maximum";
  readonly metrics: readonly Metric[] | IResolvable;
}

/** The JSON text of a dashboard, with the graphs that have at least one metric. */
export function dashboardBody(contents: DashboardContents, region: string): string {
  const widgets = graphs(contents)
    .filter(({ metrics }) => !Array.isArray(metrics) || metrics.length > 0)
    .map((graph) => widget(graph, region));
  return json({
    widgets: isToken(contents.deadLetterQueueNames)
      ? expression`[for widget in ${widgets} : widget if length(widget.properties.metrics) > 0]`
      : widgets,
  });
}

const widget = ({ title, stat, metrics }: Graph, region: string): Json => ({
  type: "metric",
  width: 8,
  height: 6,
  properties: { title, view: "timeSeries", region, stat, period: 60, metrics },
});

function graphs(contents: DashboardContents): Graph[] {
  const { launching, registering, registered, launched } = contents;
  const services = launching === undefined ? [] : contents.services;
  const launches = (name: string) => (service: string) => handlerMetric(name, launching!, service);
  const targets = (name: string) => (service: string) => handlerMetric(name, registering!, service);
  const hosts = (name: string) =>
    contents.targetGroups.map((group) => [
      "AWS/ApplicationELB",
      name,
      "TargetGroup",
      group,
      "LoadBalancer",
      contents.loadBalancer!,
    ]);
  const functions = (name: string) =>
    contents.functionNames.map((functionName) => ["AWS/Lambda", name, "FunctionName", functionName]);

  return [
    { title: "Launches", stat: "Sum", metrics: services.map(launches(metrics.launches)) },
    { title: "Duplicates", stat: "Sum", metrics: services.map(launches(metrics.duplicates)) },
    { title: "Launch failures", stat: "Sum", metrics: launched.map(launches(metrics.launchFailures)) },
    {
      title: "Task outcomes",
      stat: "Sum",
      metrics: [
        metrics.taskSuccesses,
        metrics.taskFailures,
        metrics.taskInterruptions,
        metrics.taskStops,
      ].flatMap((name) => services.map(launches(name))),
    },
    {
      title: "Messages in dead-letter queues",
      stat: "Maximum",
      metrics: deadLetterQueueMetrics(contents.deadLetterQueueNames),
    },
    { title: "Function errors", stat: "Sum", metrics: functions("Errors") },
    { title: "Function durations", stat: "Maximum", metrics: functions("Duration") },
    { title: "Healthy targets", stat: "Minimum", metrics: hosts("HealthyHostCount") },
    { title: "Unhealthy targets", stat: "Maximum", metrics: hosts("UnHealthyHostCount") },
    {
      title: "Registration failures",
      stat: "Sum",
      metrics: registered.map(targets(metrics.registrationFailures)),
    },
    {
      title: "Targets found missing or stale by sweeps",
      stat: "Sum",
      metrics: [metrics.missingTargets, metrics.staleTargets].flatMap((name) =>
        registered.map(targets(name)),
      ),
    },
  ];
}

const deadLetterQueueMetrics = (queues: readonly string[]): readonly Metric[] | IResolvable => {
  const metric = (queue: unknown) =>
    ["AWS/SQS", "ApproximateNumberOfMessagesVisible", "QueueName", queue] as Metric;
  return isToken(queues)
    ? expression`[for queue in ${queues} : ${metric(expression`queue`)}]`
    : queues.map(metric);
};

/** A metric that a function of this project emits. */
const handlerMetric = (name: string, functionName: string, service: string): Metric => [
  namespace,
  name,
  "Function",
  functionName,
  "Service",
  service,
];
