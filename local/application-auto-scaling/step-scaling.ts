export interface StepAdjustment {
  /** relative to the threshold of the alarm */
  MetricIntervalLowerBound?: number;
  MetricIntervalUpperBound?: number;
  ScalingAdjustment: number;
}

export interface StepScaling {
  AdjustmentType: "ChangeInCapacity" | "PercentChangeInCapacity" | "ExactCapacity";
  StepAdjustments: StepAdjustment[];
  /** seconds, default 300 */
  Cooldown?: number;
  MinAdjustmentMagnitude?: number;
  MetricAggregationType?: string;
}

/**
 * The step for the distance of a metric to the threshold of its alarm. Above the threshold a lower bound is part of its step,
 * below it an upper bound is (https://docs.aws.amazon.com/autoscaling/application/APIReference/API_StepAdjustment.html).
 */
export function stepFor(steps: StepAdjustment[], distance: number): StepAdjustment | undefined {
  const bounds = steps.map((step) => ({
    step,
    lower: step.MetricIntervalLowerBound ?? Number.NEGATIVE_INFINITY,
    upper: step.MetricIntervalUpperBound ?? Number.POSITIVE_INFINITY,
  }));
  const above = bounds.find(({ lower, upper }) => lower <= distance && distance < upper);
  const below = bounds.find(({ lower, upper }) => lower < distance && distance <= upper);
  // At the threshold itself, a policy that scales in may have a step below it only.
  return (distance >= 0 ? (above ?? (distance === 0 ? below : undefined)) : below)?.step;
}

/** The capacity after an adjustment, before the limits of the scalable target. */
export function adjusted(
  capacity: number,
  {
    AdjustmentType,
    MinAdjustmentMagnitude = 0,
  }: Pick<StepScaling, "AdjustmentType" | "MinAdjustmentMagnitude">,
  adjustment: number,
): number {
  if (AdjustmentType === "ExactCapacity") return adjustment;
  if (AdjustmentType === "ChangeInCapacity") return capacity + adjustment;
  const change = rounded((capacity * adjustment) / 100);
  const magnitude = Math.max(Math.abs(change), MinAdjustmentMagnitude);
  return capacity + Math.sign(adjustment) * magnitude;
}

/** AWS rounds a change towards 0, but one between 0 and 1 away from it. */
function rounded(change: number): number {
  if (change > 0 && change < 1) return 1;
  if (change < 0 && change > -1) return -1;
  return Math.trunc(change);
}
