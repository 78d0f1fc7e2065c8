import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { metricNames } from "../../handlers/register-targets/metrics";
import { createMetricsEmitter, type Metric } from "../../handlers/shared/metrics";
import { Monitoring, type MonitoringProps } from "../../src/monitoring";
import { metrics, namespace } from "../../src/monitoring/metrics";
import { only, synthesize } from "./synth";

const monitoring = (props: Partial<MonitoringProps> = {}) =>
  synthesize(
    (stack) =>
      new Monitoring(stack, "monitoring", {
        name: "engines",
        functions: {
          "start-task": { functionName: "engines-start-task", timeoutSeconds: 30 },
          "register-targets": { functionName: "engines-register-targets", timeoutSeconds: 60 },
        },
        services: ["auth"],
        deadLetterQueueNames: ["engines-dead-letter"],
        targetGroups: { auth: "targetgroup/auth/73e2d6bc24d8a067" },
        loadBalancerArnSuffix: "app/engines/50dc6c495c0c9188",
        ...props,
      }),
  );

const alarmNames = (props?: Partial<MonitoringProps>) =>
  Object.values(monitoring(props).aws_cloudwatch_metric_alarm ?? {})
    .map(({ alarm_name }) => alarm_name)
    .sort();

interface Widget {
  properties: { title: string; metrics: string[][] };
}
const widgets = (props?: Partial<MonitoringProps>): Record<string, string[][]> => {
  const { dashboard_body } = only(monitoring(props), "aws_cloudwatch_dashboard");
  // Only Terraform knows the region.
  const body = String(dashboard_body).replace(/\$\{.*?\}/g, "");
  const { widgets: all } = JSON.parse(body) as { widgets: Widget[] };
  return Object.fromEntries(all.map(({ properties }) => [properties.title, properties.metrics]));
};

test("makes the alarms that the other blocks do not have", () => {
  expect(alarmNames()).toEqual([
    "engines-auth-launch-failures",
    "engines-auth-missing-targets",
    "engines-auth-registration-failures",
    "engines-auth-stale-targets",
    "engines-auth-unhealthy-hosts",
    "engines-register-targets-duration",
    "engines-start-task-duration",
    "engines-unknown-launch-failures",
  ]);
});

test("the duration alarm is at 80 % of the timeout", () => {
  const alarms = monitoring();
  expect(
    only(alarms, "aws_cloudwatch_metric_alarm", { alarm_name: "engines-start-task-duration" }),
  ).toMatchObject({ threshold: 24_000, comparison_operator: "GreaterThanOrEqualToThreshold" });
});

test("the alarms on missing and stale targets notify only when the finding repeats", () => {
  expect(
    only(monitoring(), "aws_cloudwatch_metric_alarm", { alarm_name: "engines-auth-missing-targets" }),
  ).toMatchObject({ period: 3600, evaluation_periods: 3, datapoints_to_alarm: 2 });
});

test("the dashboard has a graph for each metric", () => {
  expect(Object.keys(widgets())).toEqual([
    "Launches",
    "Duplicates",
    "Launch failures",
    "Task outcomes",
    "Messages in dead-letter queues",
    "Function errors",
    "Function durations",
    "Function invocations",
    "Function throttles",
    "Healthy targets",
    "Unhealthy targets",
    "Registration failures",
    "Targets found missing or stale by sweeps",
  ]);
  expect(widgets()["Launch failures"]).toEqual(
    ["auth", "unknown"].map((service) => [
      "EventDrivenEcs",
      "Failures",
      "Function",
      "engines-start-task",
      "Service",
      service,
    ]),
  );
  expect(widgets()["Task outcomes"]).toEqual(
    ["TasksSucceeded", "TasksFailed", "TasksInterrupted", "TasksStopped"].map((name) => [
      "EventDrivenEcs",
      name,
      "Function",
      "engines-start-task",
      "Service",
      "auth",
    ]),
  );
});

test("takes launch metrics from run-policy without start-task", () => {
  const functions = { "run-policy": { functionName: "engines-run-policy", timeoutSeconds: 60 } };
  const ofPolicies = { functions, targetGroups: {} };
  expect(alarmNames(ofPolicies)).toEqual([
    "engines-auth-launch-failures",
    "engines-run-policy-duration",
    "engines-unknown-launch-failures",
  ]);
  expect(widgets(ofPolicies)["Launch failures"]).toContainEqual(
    expect.arrayContaining(["Failures", "engines-run-policy", "auth"]),
  );
});

test("makes no graph and no alarm without a metric", () => {
  const other: Partial<MonitoringProps> = {
    functions: { other: { functionName: "other", timeoutSeconds: 3 } },
    deadLetterQueueNames: [],
    targetGroups: {},
  };
  expect(Object.keys(widgets(other))).toEqual([
    "Function errors",
    "Function durations",
    "Function invocations",
    "Function throttles",
  ]);
  expect(alarmNames(other)).toEqual(["engines-other-duration"]);
});

describe("uses the metrics that the functions emit", () => {
  test("with their namespace and dimensions", () => {
    const lines: string[] = [];
    const metric: Metric = { name: metrics.launches, value: 1, unit: "Count", service: "auth" };
    createMetricsEmitter(
      "engines-start-task",
      () => 0,
      (line) => lines.push(line),
    )([metric]);
    const [definition] = JSON.parse(lines[0]!)._aws.CloudWatchMetrics;
    expect(definition).toMatchObject({ Namespace: namespace, Dimensions: [["Function", "Service"]] });
  });

  test("by register-targets", () => {
    expect(metrics).toMatchObject({
      registrationFailures: metricNames.refused,
      missingTargets: metricNames.missing,
      staleTargets: metricNames.stale,
    });
  });

  test.each([
    metrics.launches,
    metrics.duplicates,
    metrics.launchFailures,
    metrics.taskSuccesses,
    metrics.taskFailures,
    metrics.taskInterruptions,
    metrics.taskStops,
  ])("by start-task: %s", (name) => {
    const folder = join(__dirname, "../../handlers/launch");
    const sources = readdirSync(folder).map((file) => readFileSync(join(folder, file), "utf8"));
    expect(sources.join()).toContain(`"${name}"`);
  });
});

test.each<[string, Partial<MonitoringProps>, string]>([
  ["a name with a dot", { name: "a.b" }, 'name is "a.b"'],
  ["no functions", { functions: {} }, "functions is empty"],
  [
    "a function's key with a dot",
    { functions: { "a.b": { functionName: "f", timeoutSeconds: 1 } } },
    'functions names "a.b"',
  ],
  [
    "a timeout longer than that of Lambda",
    { functions: { f: { functionName: "f", timeoutSeconds: 901 } } },
    "functions.f.timeoutSeconds is 901; Lambda takes whole numbers from 1 to 900.",
  ],
  ["a service with a dot", { services: ["a.b"] }, 'services names "a.b"'],
  [
    "a target group of a service with a dot",
    { targetGroups: { "a.b": "targetgroup/a/1" } },
    'targetGroups names "a.b"',
  ],
  [
    "a whole ARN of a target group",
    {
      targetGroups: { auth: "arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/auth/1" },
    },
    "give the part of the ARN from targetgroup/ on: targetgroup/<name>/<id>.",
  ],
  [
    "the name of a load balancer",
    { loadBalancerArnSuffix: "engines" },
    'loadBalancerArnSuffix is "engines"; give the part of the ARN from app/ on',
  ],
  [
    "target groups without a load balancer",
    { loadBalancerArnSuffix: undefined },
    'targetGroups has "auth" and loadBalancerArnSuffix is missing',
  ],
])("refuses %s", (_what, props, message) => {
  expect(() => monitoring(props)).toThrow(message);
  expect(() => monitoring(props)).toThrow("(at test/monitoring)");
});
