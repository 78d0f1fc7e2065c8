import { randomUUID } from "node:crypto";
import type { Breach } from "../cloudwatch/alarms";
import { adjusted, type StepScaling, stepFor } from "./step-scaling";
import { trackedCount } from "./target-tracking";
import type { Policy, ScalableTarget, TargetTracking } from "./types";

const DEFAULT_COOLDOWN_S = 300;
const MAX_ACTIVITIES = 200;

/** The ECS service of a scalable target. */
export interface Scaled {
  /** undefined if there is no such ECS service */
  count(): number | undefined;
  set(count: number): void;
}

/** Applies a policy for an alarm in ALARM. */
export function applyPolicy(
  target: ScalableTarget,
  policy: Policy,
  breach: Breach,
  isLow: (alarm: string) => boolean,
  scaled: Scaled,
  now: Date,
): void {
  if (policy.step) applySteps(target, policy, policy.step, breach, scaled, now);
  else if (policy.tracking) track(target, policy, policy.tracking, breach, isLow, scaled, now);
}

function applySteps(
  target: ScalableTarget,
  policy: Policy,
  step: StepScaling,
  { alarmName, threshold, value }: Breach,
  scaled: Scaled,
  now: Date,
): void {
  const current = scaled.count();
  if (current === undefined) return;
  const { StepAdjustments: steps, Cooldown = DEFAULT_COOLDOWN_S } = step;
  // An alarm without datapoints has no distance to its threshold, so only a single step can be meant.
  const single = steps.length === 1 ? steps[0] : undefined;
  const found = value === undefined ? single : stepFor(steps, value - threshold);
  if (!found) return;
  const base = target.cooldowns.base(current, now.getTime());
  const next = within(target, adjusted(base, step, found.ScalingAdjustment));
  // In a cooldown an addition that is smaller than the one before is no scale-in.
  const isAddition = step.AdjustmentType !== "ExactCapacity" && found.ScalingAdjustment > 0;
  if (isAddition && next < current) return;
  scale(target, next, Cooldown, causeOf(alarmName, policy), scaled, now);
}

function track(
  target: ScalableTarget,
  policy: Policy,
  tracking: TargetTracking,
  { alarmName, value }: Breach,
  isLow: (alarm: string) => boolean,
  scaled: Scaled,
  now: Date,
): void {
  const current = scaled.count();
  if (current === undefined || value === undefined) return;
  const { ScaleInCooldown = DEFAULT_COOLDOWN_S, ScaleOutCooldown = DEFAULT_COOLDOWN_S } = tracking;
  const isOut = alarmName === policy.alarms?.high;
  const base = isOut ? target.cooldowns.base(current, now.getTime()) : current;
  const next = within(target, trackedCount(base, value, tracking));
  if (isOut ? next <= current : next >= current) return;
  if (!isOut && !everyPolicyIsLow(target, isLow)) return;
  scale(target, next, isOut ? ScaleOutCooldown : ScaleInCooldown, causeOf(alarmName, policy), scaled, now);
}

/** AWS scales in only if all target tracking policies that may scale in are ready to. */
function everyPolicyIsLow({ policies }: ScalableTarget, isLow: (alarm: string) => boolean): boolean {
  return [...policies.values()].every(({ alarms }) => alarms?.low === undefined || isLow(alarms.low));
}

function scale(
  target: ScalableTarget,
  next: number,
  cooldownSeconds: number,
  cause: string,
  scaled: Scaled,
  now: Date,
): void {
  const current = scaled.count() ?? 0;
  const { cooldowns, suspended } = target;
  if (next === current || !cooldowns.allows(current, next, now.getTime())) return;
  if (next > current ? suspended.DynamicScalingOutSuspended : suspended.DynamicScalingInSuspended) return;
  cooldowns.begin(current, next, now.getTime(), cooldownSeconds);
  setCount(target, next, cause, scaled, now);
}

/** Moves the count into the range of the target, as at its registration. */
export function moveIntoRange(target: ScalableTarget, scaled: Scaled, now: Date): void {
  const current = scaled.count();
  if (current === undefined) return;
  const next = within(target, current);
  if (next === current) return;
  const limit = next > current ? "minimum" : "maximum";
  setCount(target, next, `${limit} capacity was set to ${next}`, scaled, now);
}

function setCount(target: ScalableTarget, count: number, cause: string, scaled: Scaled, now: Date): void {
  scaled.set(count);
  const { activities, dimension, resourceId } = target;
  activities.unshift({
    ActivityId: randomUUID(),
    ServiceNamespace: "ecs",
    ResourceId: resourceId,
    ScalableDimension: dimension,
    Description: `Setting desired count to ${count}.`,
    Cause: cause,
    StartTime: now.getTime() / 1000,
    EndTime: now.getTime() / 1000,
    StatusCode: "Successful",
    StatusMessage: `Successfully set desired count to ${count}. Change successfully fulfilled by ecs.`,
  });
  activities.splice(MAX_ACTIVITIES);
}

function within({ max, min }: ScalableTarget, count: number): number {
  return Math.min(max, Math.max(min, count));
}

function causeOf(alarmName: string, { name }: Policy): string {
  return `monitor alarm ${alarmName} in state ALARM triggered policy ${name}`;
}
