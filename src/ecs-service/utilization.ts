import { Token } from "cdktf";
import type { Scaling, StepScaling, Utilization } from "./scaling";
import type { StepPolicy } from "./steps";

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
  const percents = percentsOf(stepScaling);
  // The highest utilization relative to its value: above 1 when one of them is too high, below 1 when all are low. With
  // alarms for each metric, the one that is low would undo what the other does.
  const load = {
    adjustment: "ChangeInCapacity",
    statistic: "Average",
    threshold: 1,
    // Without tasks there is no utilization.
    missing: "notBreaching",
    expression: `MAX([${percents.map(([used, percent]) => `${used} / ${Token.asString(percent)}`).join(", ")}])`,
    label: "Utilization relative to its target",
    namespace: "AWS/ECS",
    metrics: Object.fromEntries(percents.map(([used]) => [used, metrics[used]])),
    dimensions,
  } as const;
  return {
    "utilization-out": {
      ...load,
      description: `Tasks of the ECS service ${service} use too much. Scaling starts one more, nobody needs to act.`,
      operator: "GreaterThanThreshold",
      periods: stepScaling.outPeriods ?? 2,
      cooldown: scaling.scaleOutCooldownSeconds ?? 60,
      steps: [{ count: 1, from: "0" }],
    },
    "utilization-in": {
      ...load,
      description: `Tasks of the ECS service ${service} use little. Scaling stops one, nobody needs to act.`,
      operator: "LessThanThreshold",
      periods: stepScaling.inPeriods ?? 5,
      cooldown: scaling.scaleInCooldownSeconds ?? 300,
      steps: [{ count: -1, to: "0" }],
    },
  };
}
