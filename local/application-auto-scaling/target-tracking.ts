import { AwsError } from "../aws-error";
import type { AlarmSettings } from "../cloudwatch/alarm";
import type { MetricQuery } from "../cloudwatch/queries";
import type { ScalableTarget, TargetTracking } from "./types";

// AWS documents that scaling out reacts after minutes and scaling in after about 15. Users see these numbers in the alarms.
const OUT_PERIODS = 3;
const IN_PERIODS = 15;
const IN_SHARE = 0.9;

const PREDEFINED: Record<string, string> = {
  ECSServiceAverageCPUUtilization: "CPUUtilization",
  ECSServiceAverageMemoryUtilization: "MemoryUtilization",
};

/** The alarms by which a policy notices that the metric is too high or low. */
export function trackingAlarms(
  { resourceId }: ScalableTarget,
  policyArn: string,
  tracking: TargetTracking,
  id: string,
): { high: AlarmSettings; low?: AlarmSettings } {
  const common = (kind: "High" | "Low") => ({
    AlarmName: `TargetTracking-${resourceId}-Alarm${kind}-${id}`,
    AlarmDescription: `DO NOT EDIT OR DELETE. For TargetTrackingScaling policy ${policyArn}.`,
    ActionsEnabled: true,
    AlarmActions: [policyArn],
    ...metricOf(resourceId, tracking),
  });
  const high: AlarmSettings = {
    ...common("High"),
    ComparisonOperator: "GreaterThanThreshold",
    EvaluationPeriods: OUT_PERIODS,
    Threshold: tracking.TargetValue,
  };
  if (tracking.DisableScaleIn) return { high };
  return {
    high,
    low: {
      ...common("Low"),
      ComparisonOperator: "LessThanThreshold",
      EvaluationPeriods: IN_PERIODS,
      Threshold: tracking.TargetValue * IN_SHARE,
    },
  };
}

function metricOf(
  resourceId: string,
  { CustomizedMetricSpecification: custom, PredefinedMetricSpecification: predefined }: TargetTracking,
): Partial<AlarmSettings> {
  const [, ClusterName = "", ServiceName = ""] = resourceId.split("/");
  if (custom?.Metrics?.length) {
    // The queries of a policy have no period.
    const Metrics: MetricQuery[] = custom.Metrics.map(({ MetricStat, ...query }) => ({
      ...query,
      ...(MetricStat ? { MetricStat: { ...MetricStat, Period: 60 } } : {}),
    }));
    return { Metrics };
  }
  if (custom) {
    const { Dimensions = [], MetricName, Namespace, Statistic = "Average", Unit } = custom;
    return { Dimensions, MetricName, Namespace, Statistic, Period: 60, ...(Unit ? { Unit } : {}) };
  }
  const type = predefined?.PredefinedMetricType ?? "";
  if (type === "ALBRequestCountPerTarget") {
    const [, LoadBalancer = "", TargetGroup = ""] =
      /^(app\/.*)\/(targetgroup\/.*)$/.exec(predefined?.ResourceLabel ?? "") ?? [];
    const Dimensions = [
      { Name: "LoadBalancer", Value: LoadBalancer },
      { Name: "TargetGroup", Value: TargetGroup },
    ];
    const MetricName = "RequestCountPerTarget";
    return { Dimensions, MetricName, Namespace: "AWS/ApplicationELB", Statistic: "Sum", Period: 60 };
  }
  const MetricName = PREDEFINED[type];
  if (!MetricName) {
    const known = [...Object.keys(PREDEFINED), "ALBRequestCountPerTarget"].join(", ");
    throw new AwsError(
      "ValidationException",
      `PredefinedMetricType is ${type}; the ones of an ECS service are ${known}.`,
    );
  }
  const Dimensions = [
    { Name: "ClusterName", Value: ClusterName },
    { Name: "ServiceName", Value: ServiceName },
  ];
  return { Dimensions, MetricName, Namespace: "AWS/ECS", Statistic: "Average", Unit: "Percent", Period: 60 };
}

/** The count that brings an average back to its target. */
export function trackedCount(current: number, value: number, { TargetValue }: TargetTracking): number {
  return Math.ceil((current * value) / TargetValue);
}
