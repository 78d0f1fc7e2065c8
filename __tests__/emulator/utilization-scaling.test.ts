import { stepScalingPolicies } from "../../src/ecs-service/utilization";
import { serviceWorld } from "./ecs-service-world";

const customMetric = { namespace: "Bottles", metricName: "Waiting", value: 0.5 };
const dimensions = { ClusterName: "engines", ServiceName: "worker" };

/** What the tasks use and what the application reports, in each of some minutes. */
interface Load {
  readonly cpu?: number;
  readonly memory?: number;
  readonly waiting?: number;
}

/** The service scaled by CPU at 70, memory at 80 and the metric of the application, with the policies of `ecs-service`. */
async function scaledByUtilization({ desiredCount = 0, custom = false } = {}) {
  const world = await serviceWorld();
  await world.createService({ desiredCount });
  await world.register(0, 10);
  const stepScaling = { cpuPercent: 70, memoryPercent: 80, ...(custom && { customMetric }) };
  const scaling = { min: 0, max: 10, scaleOutCooldownSeconds: 300, scaleInCooldownSeconds: 600, stepScaling };
  await world.putStepPolicies(stepScalingPolicies("worker", scaling, stepScaling, dimensions));
  const put = (Namespace: string, MetricName: string, Value: number, of: Record<string, string>) =>
    world.ask("monitoring", "PutMetricData", {
      Namespace,
      MetricData: [
        { MetricName, Value, Dimensions: Object.entries(of).map(([Name, Of]) => ({ Name, Value: Of })) },
      ],
    });
  /** Has this load for some minutes, and returns how many tasks there are to be after each. */
  const counts = async (minutes: number, { cpu, memory, waiting }: Load): Promise<number[]> => {
    const found: number[] = [];
    for (let minute = 0; minute < minutes; minute += 1) {
      if (cpu !== undefined) await put("AWS/ECS", "CPUUtilization", cpu, dimensions);
      if (memory !== undefined) await put("AWS/ECS", "MemoryUtilization", memory, dimensions);
      if (waiting !== undefined) await put("Bottles", "Waiting", waiting, {});
      await world.advance(1);
      found.push((await world.describeService()).desiredCount);
    }
    return found;
  };
  return { ...world, counts };
}

const last = (counts: readonly number[]): number => counts.at(-1)!;

test("without tasks nothing starts the first one", async () => {
  const { counts } = await scaledByUtilization();
  expect(last(await counts(30, {}))).toBe(0);
});

test("the metric of the application starts the first task after two minutes, and keeps it", async () => {
  const { counts } = await scaledByUtilization({ custom: true });
  expect(last(await counts(10, { waiting: 0 }))).toBe(0);
  const woken = await counts(4, { waiting: 3 });
  expect(woken[0]).toBe(0);
  expect(last(woken)).toBe(1);
  // A download uses little CPU. Were it stopped, the count would fall within the minutes of a cooldown.
  const working = await counts(20, { cpu: 5, memory: 10, waiting: 3 });
  expect(Math.min(...working)).toBe(1);
  expect(last(await counts(20, { cpu: 5, memory: 10, waiting: 0 }))).toBeLessThan(last(working));
});

test("stops tasks when the application reports nothing", async () => {
  const { counts } = await scaledByUtilization({ custom: true, desiredCount: 1 });
  expect(last(await counts(10, { cpu: 5, memory: 10 }))).toBe(0);
});

test.each([[{ cpu: 90, memory: 10 }], [{ cpu: 10, memory: 95 }]])(
  "with %j one policy starts tasks and the other stops none",
  async (load) => {
    const { counts } = await scaledByUtilization({ desiredCount: 2 });
    const found = await counts(25, load);
    expect(found).toEqual([...found].sort((one, other) => one - other));
    expect(found[0]).toBe(2);
    // One task more each cooldown of five minutes.
    expect(last(found)).toBeGreaterThanOrEqual(5);
    expect(last(found)).toBeLessThanOrEqual(7);
  },
);

test("stops a task after five minutes in which both are low, and the next one after the cooldown", async () => {
  const { counts } = await scaledByUtilization({ desiredCount: 3 });
  expect(last(await counts(4, { cpu: 10, memory: 10 }))).toBe(3);
  expect(last(await counts(3, { cpu: 10, memory: 10 }))).toBe(2);
  expect(last(await counts(7, { cpu: 10, memory: 10 }))).toBe(2);
  expect(last(await counts(6, { cpu: 10, memory: 10 }))).toBe(1);
});
