import type { Policy, ScalableTarget } from "./types";

export function targetDescription(target: ScalableTarget): object {
  const { arn, createdAt, dimension, max, min, resourceId, roleArn, suspended } = target;
  return {
    ServiceNamespace: "ecs",
    ResourceId: resourceId,
    ScalableDimension: dimension,
    MinCapacity: min,
    MaxCapacity: max,
    RoleARN: roleArn,
    CreationTime: createdAt.getTime() / 1000,
    SuspendedState: {
      DynamicScalingInSuspended: false,
      DynamicScalingOutSuspended: false,
      ScheduledScalingSuspended: false,
      ...suspended,
    },
    ScalableTargetARN: arn,
  };
}

export function policyDescription(
  { dimension, resourceId }: ScalableTarget,
  { arn, createdAt, name, step, tracking, type }: Policy,
  alarms: object[],
): object {
  return {
    PolicyARN: arn,
    PolicyName: name,
    ServiceNamespace: "ecs",
    ResourceId: resourceId,
    ScalableDimension: dimension,
    PolicyType: type,
    ...(step ? { StepScalingPolicyConfiguration: step } : {}),
    ...(tracking ? { TargetTrackingScalingPolicyConfiguration: tracking } : {}),
    Alarms: alarms,
    CreationTime: createdAt.getTime() / 1000,
  };
}
