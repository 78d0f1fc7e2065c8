import { json } from "../core/json";
import type { Scaling, StepScaling, Utilization } from "./scaling";
import type { StepMetric, StepPolicy } from "./steps";

const metrics = { cpu: "CPUUtilization", memory: "MemoryUtilization" } as const;

/** The predefined metrics of Application Auto Scaling. */
export const predefinedMetrics = {
  cpu: "ECSServiceAverageCPUUtilization",
  memory: "ECSServiceAverageMemoryUtilization",
} as const;

/** The given percentages, by what is used. */
export const percentsOf = ({ cpuPercent, memoryPercent }: Utilization): [keyof typeof metrics, number][] => [
  ...(cpuPercent === undefined ? [] : [["cpu", cpuPercent] as ["cpu", number]]),
  ...(memoryPercent === undefined ? [] : [["memory", memoryPercent] as ["memory", number]]),
];

/**
 * A task more or less by the utilization of the tasks that run.
 *
 * @param service name of the ECS service
 */
export function stepScalingPolicies(
  service: string,
  scaling: Scaling,
  stepScaling: StepScaling,
  dimensions: Record<string, string>,
): Record<string, StepPolicy> {
  const { customMetric: custom, outPeriods = 2, inPeriods = 5 } = stepScaling;
  const percents = percentsOf(stepScaling);
  // The highest utilization relative to its value: above 1 when one of them is too high, below 1 when all are low. With
  // alarms for each metric, the one that is low would undo what the other does.
  const shares = percents.map(([used, percent]) => `${used} / ${json(percent)}`);
  const utilization = Object.fromEntries(
    percents.map(([used]): [string, StepMetric] => [
      used,
      { namespace: "AWS/ECS", name: metrics[used], dimensions, statistic: "Average" },
    ]),
  );
  const ofApplication: Record<string, StepMetric> = custom
    ? {
        custom: {
          namespace: custom.namespace,
          name: custom.metricName,
          dimensions: custom.dimensions ?? {},
          statistic: custom.statistic ?? "Average",
        },
      }
    : {};
  const load = {
    adjustment: "ChangeInCapacity",
    statistic: "Average",
    threshold: 1,
    // Without tasks there is no utilization.
    missing: "notBreaching",
    label: "Utilization relative to its target",
  } as const;
  const out = {
    operator: "GreaterThanThreshold",
    periods: outPeriods,
    cooldown: scaling.scaleOutCooldownSeconds ?? 60,
    steps: [{ count: 1, from: "0" }],
  } as const;
  return {
    ...(percents.length > 0 && {
      "utilization-out": {
        ...load,
        ...out,
        description: `Tasks of the ECS service ${service} use too much. Scaling starts one more, nobody needs to act.`,
        expression: `MAX([${shares.join(", ")}])`,
        metrics: utilization,
      },
    }),
    // Apart from the utilization, of which there is none without tasks: so this one starts the first task.
    ...(custom && {
      "custom-out": {
        ...load,
        ...out,
        description: `The metric ${custom.metricName} is above its value. Scaling starts one more task of the ECS service ${service}, nobody needs to act.`,
        expression: `custom / ${json(custom.value)}`,
        metrics: ofApplication,
        label: "Metric relative to its value",
      },
    }),
    "utilization-in": {
      ...load,
      description: `Tasks of the ECS service ${service} use little. Scaling stops one, nobody needs to act.`,
      operator: "LessThanThreshold",
      periods: inPeriods,
      cooldown: scaling.scaleInCooldownSeconds ?? 300,
      steps: [{ count: -1, to: "0" }],
      // A metric of the application may have no value while there is nothing to do. FILL also replaces its newest value
      // when that is late: one low minute more, and all of them must be low.
      expression: `MAX([${[...shares, ...(custom ? [`FILL(custom, 0) / ${json(custom.value)}`] : [])].join(", ")}])`,
      metrics: { ...utilization, ...ofApplication },
    },
  };
}
