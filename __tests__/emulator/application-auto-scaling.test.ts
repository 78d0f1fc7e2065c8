import { adjusted, stepFor } from "../../local/application-auto-scaling/step-scaling";
import { serviceWorld } from "./ecs-service-world";

const RESOURCE = { ServiceNamespace: "ecs", ResourceId: "service/engines/worker" };

async function scalable(min: number, max: number, desiredCount = min) {
  const world = await serviceWorld();
  await world.createService({ desiredCount });
  await world.register(min, max);
  const desired = async () => (await world.describeService()).desiredCount;
  const activities = async () => {
    const { ScalingActivities } = await world.ask<{ ScalingActivities: Record<string, string>[] }>(
      "application-autoscaling",
      "DescribeScalingActivities",
      RESOURCE,
    );
    return ScalingActivities.map(({ Cause, Description }) => `${Description} ${Cause}`);
  };
  /** The utilization of each of the last minutes, and of this one. */
  const put = (metric: string, Value: number) =>
    world.ask("monitoring", "PutMetricData", {
      Namespace: "AWS/ECS",
      MetricData: [
        {
          MetricName: metric,
          Value,
          Dimensions: [
            { Name: "ClusterName", Value: "engines" },
            { Name: "ServiceName", Value: "worker" },
          ],
        },
      ],
    });
  /** Uses this much for some minutes. */
  const use = async (minutes: number, cpu: number, memory?: number) => {
    for (let minute = 0; minute < minutes; minute += 1) {
      await put("CPUUtilization", cpu);
      if (memory !== undefined) await put("MemoryUtilization", memory);
      await world.advance(1);
    }
  };
  return { ...world, activities, desired, use };
}

test.each([
  [{ AdjustmentType: "ExactCapacity" }, 3, 7, 7],
  [{ AdjustmentType: "ChangeInCapacity" }, 3, 2, 5],
  [{ AdjustmentType: "ChangeInCapacity" }, 3, -2, 1],
  [{ AdjustmentType: "PercentChangeInCapacity" }, 10, 25, 12],
  [{ AdjustmentType: "PercentChangeInCapacity" }, 3, 10, 4],
  [{ AdjustmentType: "PercentChangeInCapacity" }, 3, -10, 2],
  [{ AdjustmentType: "PercentChangeInCapacity" }, 15, -50, 8],
  [{ AdjustmentType: "PercentChangeInCapacity", MinAdjustmentMagnitude: 3 }, 4, 25, 7],
] as const)("%j of %d by %d is %d", (type, capacity, adjustment, expected) => {
  expect(adjusted(capacity, type, adjustment)).toBe(expected);
});

test.each([
  [0, 1],
  [9, 1],
  [10, 2],
  [1000, 2],
  [-1, -1],
  [-10, -2],
  [-9.5, -1],
])("the step of a distance of %d is that with the adjustment %d", (distance, adjustment) => {
  const steps = [
    { MetricIntervalUpperBound: -10, ScalingAdjustment: -2 },
    { MetricIntervalLowerBound: -10, MetricIntervalUpperBound: 0, ScalingAdjustment: -1 },
    { MetricIntervalLowerBound: 0, MetricIntervalUpperBound: 10, ScalingAdjustment: 1 },
    { MetricIntervalLowerBound: 10, ScalingAdjustment: 2 },
  ];
  expect(stepFor(steps, distance)?.ScalingAdjustment).toBe(adjustment);
});

describe("a scalable target", () => {
  test("moves the count into its range when it is registered and when the range changes", async () => {
    const world = await scalable(2, 4, 0);
    expect(await world.desired()).toBe(2);
    await world.register(3, 4);
    expect(await world.desired()).toBe(3);
    await world.register(0, 1);
    expect(await world.desired()).toBe(1);
    expect(await world.activities()).toEqual([
      "Setting desired count to 1. maximum capacity was set to 1",
      "Setting desired count to 3. minimum capacity was set to 3",
      "Setting desired count to 2. minimum capacity was set to 2",
    ]);
    await world.advance(1);
    expect(world.running()).toBe(1);
  });

  test("has the tags that it got", async () => {
    const world = await serviceWorld();
    await world.createService();
    const ask = (action: string, input: object) =>
      world.ask<{ ScalableTargetARN: string; Tags: object }>("application-autoscaling", action, input);
    const { ScalableTargetARN: ResourceARN } = await ask("RegisterScalableTarget", {
      ...RESOURCE,
      ScalableDimension: "ecs:service:DesiredCount",
      MinCapacity: 1,
      MaxCapacity: 2,
      Tags: { team: "platform", stage: "dev" },
    });
    await ask("TagResource", { ResourceARN, Tags: { stage: "prod" } });
    expect((await ask("ListTagsForResource", { ResourceARN })).Tags).toEqual({
      team: "platform",
      stage: "prod",
    });
    await ask("UntagResource", { ResourceARN, TagKeys: ["team"] });
    expect((await ask("ListTagsForResource", { ResourceARN })).Tags).toEqual({ stage: "prod" });
  });

  test("is refused without its ECS service, and with min above max", async () => {
    const world = await serviceWorld();
    await expect(world.register(0, 1)).rejects.toThrow(/ECS service doesn't exist: service\/engines\/worker/);
    await world.createService();
    await expect(world.register(2, 1)).rejects.toThrow(/MinCapacity is 2 and MaxCapacity is 1/);
  });
});

describe("step scaling", () => {
  const stepped = async (adjustment: number, cooldown: number, count: number) => {
    const world = await scalable(1, 10, count);
    const { PolicyARN } = await world.putPolicy("steps", {
      PolicyType: "StepScaling",
      StepScalingPolicyConfiguration: {
        AdjustmentType: "ChangeInCapacity",
        Cooldown: cooldown,
        StepAdjustments: [
          { MetricIntervalLowerBound: 0, MetricIntervalUpperBound: 20, ScalingAdjustment: adjustment },
          { MetricIntervalLowerBound: 20, ScalingAdjustment: adjustment + 1 },
        ],
      },
    });
    await world.ask("monitoring", "PutMetricAlarm", {
      AlarmName: "load",
      Namespace: "AWS/ECS",
      MetricName: "CPUUtilization",
      Dimensions: [
        { Name: "ClusterName", Value: "engines" },
        { Name: "ServiceName", Value: "worker" },
      ],
      Statistic: "Average",
      Period: 60,
      EvaluationPeriods: 1,
      Threshold: 70,
      ComparisonOperator: "GreaterThanOrEqualToThreshold",
      AlarmActions: [PolicyARN],
    });
    return world;
  };

  test("is repeated each cooldown while the alarm is in ALARM", async () => {
    const world = await stepped(2, 180, 1);
    await world.use(1, 80);
    expect(await world.desired()).toBe(3);
    await world.use(2, 80);
    expect(await world.desired()).toBe(3);
    await world.use(1, 80);
    expect(await world.desired()).toBe(5);
    expect(await world.activities()).toContain(
      "Setting desired count to 5. monitor alarm load in state ALARM triggered policy steps",
    );
  });

  test("in a cooldown adds only what a larger step adds beyond the one before", async () => {
    const world = await stepped(2, 300, 1);
    await world.use(1, 80);
    expect(await world.desired()).toBe(3);
    await world.use(1, 95);
    expect(await world.desired()).toBe(4);
    await world.use(1, 80);
    expect(await world.desired()).toBe(4);
  });

  test("scales in once in each cooldown", async () => {
    const world = await stepped(-2, 120, 7);
    await world.use(1, 80);
    expect(await world.desired()).toBe(5);
    await world.use(1, 80);
    expect(await world.desired()).toBe(5);
    await world.use(1, 80);
    expect(await world.desired()).toBe(3);
  });
});

describe("target tracking", () => {
  const tracking = (predefined: string) => ({
    PolicyType: "TargetTrackingScaling",
    TargetTrackingScalingPolicyConfiguration: {
      TargetValue: 50,
      ScaleOutCooldown: 60,
      ScaleInCooldown: 300,
      PredefinedMetricSpecification: { PredefinedMetricType: predefined },
    },
  });

  test("makes its alarms, and deletes them with the policy", async () => {
    const world = await scalable(1, 10);
    const { Alarms } = await world.putPolicy("cpu", tracking("ECSServiceAverageCPUUtilization"));
    const names = Alarms.map(({ AlarmName }) => AlarmName.replace(/[0-9a-f-]{36}$/, "id"));
    expect(names).toEqual([
      "TargetTracking-service/engines/worker-AlarmHigh-id",
      "TargetTracking-service/engines/worker-AlarmLow-id",
    ]);
    expect(await world.stateOf(Alarms[0]?.AlarmName ?? "")).toBe("INSUFFICIENT_DATA");
    const input = { ...RESOURCE, ScalableDimension: "ecs:service:DesiredCount", PolicyName: "cpu" };
    await world.ask("application-autoscaling", "DeleteScalingPolicy", input);
    expect(await world.stateOf(Alarms[0]?.AlarmName ?? "")).toBeUndefined();
  });

  test("scales out after three minutes in proportion, and in after fifteen", async () => {
    const world = await scalable(1, 10, 2);
    await world.putPolicy("cpu", tracking("ECSServiceAverageCPUUtilization"));
    await world.use(2, 100);
    expect(await world.desired()).toBe(2);
    await world.use(1, 100);
    expect(await world.desired()).toBe(4);
    await world.use(14, 20);
    expect(await world.desired()).toBe(4);
    await world.use(1, 20);
    expect(await world.desired()).toBe(2);
  });

  test("scales in only if all policies are ready to", async () => {
    const world = await scalable(1, 10, 4);
    await world.putPolicy("cpu", tracking("ECSServiceAverageCPUUtilization"));
    await world.putPolicy("memory", tracking("ECSServiceAverageMemoryUtilization"));
    await world.use(20, 10, 48);
    expect(await world.desired()).toBe(4);
    await world.use(16, 10, 10);
    expect(await world.desired()).toBeLessThan(4);
  });

  test("does nothing without datapoints", async () => {
    const world = await scalable(1, 10, 4);
    await world.putPolicy("cpu", tracking("ECSServiceAverageCPUUtilization"));
    await world.advance(60);
    expect(await world.desired()).toBe(4);
  });
});
