import type { Dimension, MetricQuery } from "../cloudwatch/queries";
import type { Caller } from "../routing";
import type { Cooldowns } from "./cooldowns";
import type { StepScaling } from "./step-scaling";

export interface TargetTracking {
  TargetValue: number;
  PredefinedMetricSpecification?: { PredefinedMetricType: string; ResourceLabel?: string };
  CustomizedMetricSpecification?: {
    MetricName?: string;
    Namespace?: string;
    Dimensions?: Dimension[];
    Statistic?: string;
    Unit?: string;
    Metrics?: MetricQuery[];
  };
  /** seconds, default 300 */
  ScaleOutCooldown?: number;
  ScaleInCooldown?: number;
  DisableScaleIn?: boolean;
}

export interface Policy {
  arn: string;
  name: string;
  type: "StepScaling" | "TargetTrackingScaling";
  step?: StepScaling;
  tracking?: TargetTracking;
  createdAt: Date;
  /** names of the alarms that Application Auto Scaling has made for it */
  alarms: { high: string; low?: string } | undefined;
}

export interface Activity {
  ActivityId: string;
  ServiceNamespace: "ecs";
  ResourceId: string;
  ScalableDimension: string;
  Description: string;
  Cause: string;
  /** seconds since 1970 */
  StartTime: number;
  EndTime: number;
  StatusCode: "Successful" | "Failed";
  StatusMessage: string;
}

export interface SuspendedState {
  DynamicScalingInSuspended?: boolean;
  DynamicScalingOutSuspended?: boolean;
  ScheduledScalingSuspended?: boolean;
}

/** An ECS service whose count Application Auto Scaling sets. */
export interface ScalableTarget {
  caller: Caller;
  arn: string;
  resourceId: string;
  dimension: string;
  min: number;
  max: number;
  roleArn: string;
  createdAt: Date;
  suspended: SuspendedState;
  tags: Record<string, string>;
  policies: Map<string, Policy>;
  cooldowns: Cooldowns;
  /** newest first */
  activities: Activity[];
}
