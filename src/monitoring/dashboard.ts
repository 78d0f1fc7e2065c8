import { type Json, json } from "../core/json";
import { metrics, namespace } from "./metrics";

/** What a dashboard shows. */
export interface Watched {
  /** Names of all functions. */
  readonly functionNames: readonly string[];
  /** Name of the function that launches, if it is watched. */
  readonly launching: string | undefined;
  /** Name of the function that registers, if it is watched. */
  readonly registering: string | undefined;
  readonly services: readonly string[];
  /** The services, and "unknown". */
  readonly launched: readonly string[];
  /** Services with targets that the function registers. */
  readonly registered: readonly string[];
  readonly deadLetterQueueNames: readonly string[];
  /** ARN suffixes. */
  readonly targetGroups: readonly string[];
  readonly loadBalancer: string | undefined;
}

/** Namespace, name, then dimensions in pairs, as CloudWatch takes a metric. */
type Metric = readonly string[];

interface Graph {
  readonly title: string;
  readonly stat: "Sum" | "Minimum" | "Maximum";
  readonly metrics: readonly Metric[];
}

/** The text of a dashboard with one graph for each thing there is something to see of. */
export const dashboardBody = (watched: Watched, region: string): string =>
  json({
    widgets: graphs(watched)
      .filter(({ metrics }) => metrics.length > 0)
      .map((graph) => widget(graph, region)),
  });

const widget = ({ title, stat, metrics }: Graph, region: string): Json => ({
  type: "metric",
  width: 8,
  height: 6,
  properties: { title, view: "timeSeries", region, stat, period: 60, metrics },
});

function graphs(watched: Watched): Graph[] {
  const { launching, registering, registered, launched } = watched;
  const services = launching === undefined ? [] : watched.services;
  const launches = (name: string) => (service: string) => own(name, launching!, service);
  const targets = (name: string) => (service: string) => own(name, registering!, service);
  const hosts = (name: string) =>
    watched.targetGroups.map((group) => [
      "AWS/ApplicationELB",
      name,
      "TargetGroup",
      group,
      "LoadBalancer",
      watched.loadBalancer!,
    ]);
  const functions = (name: string) =>
    watched.functionNames.map((functionName) => ["AWS/Lambda", name, "FunctionName", functionName]);

  return [
    { title: "Launches", stat: "Sum", metrics: services.map(launches(metrics.launches)) },
    { title: "Duplicates", stat: "Sum", metrics: services.map(launches(metrics.duplicates)) },
    { title: "Launch failures", stat: "Sum", metrics: launched.map(launches(metrics.launchFailures)) },
    {
      title: "Outcomes of tasks",
      stat: "Sum",
      metrics: [
        metrics.taskSuccesses,
        metrics.taskFailures,
        metrics.taskInterruptions,
        metrics.taskStops,
      ].flatMap((name) => services.map(launches(name))),
    },
    {
      title: "Dead letters",
      stat: "Maximum",
      metrics: watched.deadLetterQueueNames.map((queue) => [
        "AWS/SQS",
        "ApproximateNumberOfMessagesVisible",
        "QueueName",
        queue,
      ]),
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

/** A metric of the handlers. */
const own = (name: string, functionName: string, service: string): Metric => [
  namespace,
  name,
  "Function",
  functionName,
  "Service",
  service,
];
