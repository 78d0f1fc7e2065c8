import type { IResolvable } from "cdktf";
import { expression } from "../core/expression";
import { type Json, json } from "../core/json";
import { isToken } from "../core/validation";
import { listingMetrics, metrics, namespace, scanService } from "./metrics";
import type { WatchedEcsService } from "./props";

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
  /** Name of the function `scan`, if it is monitored. */
  readonly scanning: string | undefined;
  /** Name of the function `list-objects`, if it is monitored. */
  readonly listing: string | undefined;
  /** The ECS services. */
  readonly ecsServices: readonly WatchedEcsService[];
  /** Names of the queues. */
  readonly queueNames: readonly string[];
  /** Identifiers of the databases. */
  readonly databaseIds: readonly string[];
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
  readonly stat: "Sum" | "Minimum" | "Maximum" | "Average";
  readonly metrics: readonly Metric[] | IResolvable;
}

/** The JSON text of a dashboard, with the graphs that have at least one metric. */
export function dashboardBody(contents: DashboardContents, region: string): string {
  const all = graphs(contents);
  const widgets = all
    .filter(({ metrics }) => !Array.isArray(metrics) || metrics.length > 0)
    .map((graph) => widget(graph, region));
  return json({
    widgets: all.some(({ metrics }) => !Array.isArray(metrics))
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
  const { launching, registering, registered, launched, scanning, listing } = contents;
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
  const ecsServices = (metricNamespace: string, name: string) =>
    contents.ecsServices.map(({ clusterName, serviceName }) => [
      metricNamespace,
      name,
      "ClusterName",
      clusterName,
      "ServiceName",
      serviceName,
    ]);
  const databases = (...names: readonly string[]) =>
    ofEach(contents.databaseIds, "AWS/RDS", "DBInstanceIdentifier", names);

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
      metrics: ofEach(contents.deadLetterQueueNames, "AWS/SQS", "QueueName", [
        "ApproximateNumberOfMessagesVisible",
      ]),
    },
    { title: "Function errors", stat: "Sum", metrics: functions("Errors") },
    { title: "Function durations", stat: "Maximum", metrics: functions("Duration") },
    { title: "Function invocations", stat: "Sum", metrics: functions("Invocations") },
    { title: "Function throttles", stat: "Sum", metrics: functions("Throttles") },
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
    {
      title: "Scans",
      stat: "Sum",
      metrics: [
        ...(scanning === undefined ? [] : [handlerMetric("ScanJobsCreated", scanning, scanService)]),
        ...(listing === undefined
          ? []
          : listingMetrics.map((name) => handlerMetric(name, listing, scanService))),
      ],
    },
    {
      title: "Running tasks of ECS services",
      stat: "Maximum",
      metrics: ecsServices("ECS/ContainerInsights", "RunningTaskCount"),
    },
    {
      title: "CPU and memory of ECS services",
      stat: "Average",
      metrics: ["CPUUtilization", "MemoryUtilization"].flatMap((name) => ecsServices("AWS/ECS", name)),
    },
    {
      title: "Messages in queues",
      stat: "Maximum",
      metrics: ofEach(contents.queueNames, "AWS/SQS", "QueueName", [
        "ApproximateNumberOfMessagesVisible",
        "ApproximateNumberOfMessagesNotVisible",
      ]),
    },
    {
      title: "Age of the oldest message in queues",
      stat: "Maximum",
      metrics: ofEach(contents.queueNames, "AWS/SQS", "QueueName", ["ApproximateAgeOfOldestMessage"]),
    },
    { title: "CPU of databases", stat: "Average", metrics: databases("CPUUtilization") },
    { title: "Connections to databases", stat: "Maximum", metrics: databases("DatabaseConnections") },
    { title: "Free storage of databases", stat: "Minimum", metrics: databases("FreeStorageSpace") },
    { title: "Latency of databases", stat: "Average", metrics: databases("ReadLatency", "WriteLatency") },
  ];
}

/** The metrics of each resource whose name is the value of one dimension, metric by metric. */
function ofEach(
  resources: readonly string[],
  metricNamespace: string,
  dimension: string,
  names: readonly string[],
): readonly Metric[] | IResolvable {
  const metric = (name: string, resource: unknown) => [metricNamespace, name, dimension, resource] as Metric;
  if (!isToken(resources))
    return names.flatMap((name) => resources.map((resource) => metric(name, resource)));
  return names
    .map((name) => expression`[for resource in ${resources} : ${metric(name, expression`resource`)}]`)
    .reduce((before, part) => expression`concat(${before}, ${part})`);
}

/** A metric that a function of this project emits. */
const handlerMetric = (name: string, functionName: string, service: string): Metric => [
  namespace,
  name,
  "Function",
  functionName,
  "Service",
  service,
];
