import { EcsService, type EcsServiceProps, type EcsServiceRoute, type Scaling } from "../../src/ecs-service";
import { evaluate } from "../local/permissions";
import { rolePolicies } from "./role-policies";
import { only, synthesize } from "./synth";

const cluster = "arn:aws:ecs:eu-west-1:123456789012:cluster/engines";
const route: EcsServiceRoute = {
  clusterArn: cluster,
  containerName: "worker",
  subnetIds: ["subnet-0a1b2c3d4e5f60718"],
  securityGroupIds: ["sg-0a1b2c3d4e5f60718"],
  taskRoleName: "worker-task",
};
const targetGroup = {
  targetGroupArn: "arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/worker/0123456789abcdef",
  targetType: "ip",
} as const;
const customMetric = { namespace: "Bottles", metricName: "Waiting", value: 0.5 };
const queueDepth = { queueName: "jobs", messagesPerTask: 5 };

const service = (props: Partial<EcsServiceProps> = {}) =>
  synthesize(
    (stack) =>
      new EcsService(stack, "worker", {
        name: "worker",
        route,
        taskDefinitionArn: "arn:aws:ecs:eu-west-1:123456789012:task-definition/worker:7",
        ...props,
      }),
  );

interface Step {
  readonly scaling_adjustment: number;
  readonly metric_interval_lower_bound?: string;
  readonly metric_interval_upper_bound?: string;
}

/** The steps of the policy that starts tasks. */
const tableOf = (max: number, messagesPerTask: number): Step[] => {
  const scaling = { min: 0, max, queueDepth: { queueName: "jobs", messagesPerTask } };
  const policies = Object.values(service({ scaling }).aws_appautoscaling_policy!) as {
    name: string;
    step_scaling_policy_configuration: { step_adjustment: Step[] };
  }[];
  return policies.find(({ name }) => name === "worker-queue-out")!.step_scaling_policy_configuration
    .step_adjustment;
};

/** How many tasks Application Auto Scaling sets for a depth, of which the alarm's threshold is 1. */
const tasksFor = (steps: Step[], depth: number): number[] =>
  steps
    .filter(
      ({ metric_interval_lower_bound: from, metric_interval_upper_bound: to }) =>
        depth - 1 >= Number(from) && (to === undefined || depth - 1 < Number(to)),
    )
    .map(({ scaling_adjustment: count }) => count);

test("a table of steps has exactly one step for each depth: a task for each 5 messages, up to max", () => {
  const steps = tableOf(5, 5);
  for (let depth = 1; depth <= 100; depth += 1)
    expect(tasksFor(steps, depth)).toEqual([Math.min(Math.ceil(depth / 5), 5)]);
});

test.each([1, 2, 19, 20, 21, 47, 100, 5000])(
  "with max %d it has at most 20 steps, starts one task for one message, never too few, and ends with max",
  (max) => {
    const steps = tableOf(max, 3);
    expect(steps.length).toBe(Math.min(max, 20));
    expect(tasksFor(steps, 1)).toEqual([1]);
    expect(tasksFor(steps, max * 1000)).toEqual([max]);
    for (let depth = 1; depth <= 3 * max + 7; depth += 1) {
      const [tasks, ...others] = tasksFor(steps, depth);
      expect(others).toEqual([]);
      expect(tasks).toBeGreaterThanOrEqual(Math.min(Math.ceil(depth / 3), max));
      expect(tasks).toBeLessThanOrEqual(max);
    }
  },
);

test.each<[string, string, string]>([
  ["Allowed", "ecs:UpdateTaskProtection", "task/engines/0123456789abcdef0123456789abcdef"],
  ["Allowed", "ecs:GetTaskProtection", "task/engines/0123456789abcdef0123456789abcdef"],
  ["ImplicitlyDenied", "ecs:UpdateTaskProtection", "task/others/0123456789abcdef0123456789abcdef"],
  ["ImplicitlyDenied", "ecs:StopTask", "task/engines/0123456789abcdef0123456789abcdef"],
  ["ImplicitlyDenied", "ecs:UpdateService", "service/engines/worker"],
])("with scaling the task role is %s to %s on %s", async (result, action, resource) => {
  const scaling = { min: 0, max: 1, queueDepth };
  const role = {
    roleArn: "arn:aws:iam::123456789012:role/worker-task",
    documents: rolePolicies(service({ scaling })),
  };
  expect(await evaluate(role, action, `arn:aws:ecs:eu-west-1:123456789012:${resource}`, {})).toBe(result);
});

test("nothing is attached to an existing task role, nor without scaling", () => {
  const scaling = { min: 0, max: 1, queueDepth };
  expect(
    service({ scaling, route: { ...route, existingTaskRole: true } }).aws_iam_role_policy,
  ).toBeUndefined();
  expect(service().aws_iam_role_policy).toBeUndefined();
});

test("runs on Spot by a capacity provider, elsewhere by a launch type", () => {
  const placed = (capacity: string) =>
    only(service({ route: { route: { ...route, capacity } } }), "aws_ecs_service");
  expect(placed("FARGATE_SPOT")).toMatchObject({
    capacity_provider_strategy: [{ capacity_provider: "FARGATE_SPOT", weight: 1 }],
  });
  expect(placed("FARGATE_SPOT")).not.toHaveProperty("launch_type");
  expect(placed("EC2")).toMatchObject({ launch_type: "EC2" });
});

const scaled = (scaling: Partial<Scaling>): Partial<EcsServiceProps> => ({
  scaling: { min: 0, max: 5, ...scaling },
});

test.each<[Partial<EcsServiceProps>, string]>([
  [{ name: "a.b" }, 'name is "a.b"; the name of an ECS service here has 1 to 100 letters'],
  [{ taskDefinitionArn: "worker" }, 'taskDefinitionArn is "worker"; it takes the ARN of a revision'],
  [{ desiredCount: -1 }, "desiredCount is -1; ECS takes whole numbers from 0 to 5000."],
  [
    { desiredCount: 3, ...scaled({ queueDepth }) },
    "desiredCount is 3 and scaling is given; with scaling the count is between scaling.min and scaling.max",
  ],
  [{ minHealthyPercent: 101 }, "minHealthyPercent is 101; it takes whole numbers from 0 to 100."],
  [{ maxPercent: 99 }, "maxPercent is 99; it takes whole numbers from 100 to 200."],
  [
    { maxPercent: 100 },
    "minHealthyPercent is 100 and maxPercent is 100; a deployment could neither stop an old task nor start a new one",
  ],
  [
    { healthCheckGracePeriodSeconds: 60 },
    "healthCheckGracePeriodSeconds is 60 and route has no target group; ECS refuses it.",
  ],
  [
    { healthCheckGracePeriodSeconds: -1, route: { ...route, ...targetGroup, port: 80 } },
    "healthCheckGracePeriodSeconds is -1; ECS takes whole numbers from 0 to 2147483647.",
  ],
  [{ propagateTags: "ALL" as "NONE" }, 'propagateTags is "ALL"; allowed are "SERVICE", "TASK_DEFINITION"'],
  [{ route: { ...route, clusterArn: "engines" } }, 'route.clusterArn is "engines"; it takes the ARN'],
  [{ route: { ...route, capacity: "aws" } }, 'route.capacity is "aws"; allowed are "FARGATE"'],
  [
    { route: { ...route, capacity: "CLUSTER_DEFAULT" } },
    'route.capacity is "CLUSTER_DEFAULT"; allowed are "FARGATE", "FARGATE_SPOT", "EC2", and the name',
  ],
  [{ route: { ...route, networkMode: "none" as "host" } }, 'route.networkMode is "none"; allowed are'],
  [{ route: { ...route, subnetIds: [] } }, "route has 0 subnets and 1 security groups; ECS takes 1 to 16"],
  [{ route: { ...route, targetType: "ip" } }, "route has only one of targetGroupArn and targetType"],
  [{ route: { ...route, ...targetGroup } }, "route has a target group and no port;"],
  [
    { route: { ...route, ...targetGroup, targetType: "lambda" as "ip", port: 80 } },
    'route.targetType is "lambda"; allowed are "ip", "instance".',
  ],
  [
    {
      route: {
        ...route,
        ebsVolume: { name: "scratch", infrastructureRoleArn: "arn:aws:iam::123456789012:role/volumes" },
      },
    },
    "route has an EBS volume, which this block does not configure",
  ],
  [scaled({ min: 6, queueDepth }), "scaling.min is 6 and scaling.max is 5; min is at most max."],
  [scaled({ max: 0, queueDepth }), "scaling.max is 0; ECS takes whole numbers from 1 to 5000."],
  [scaled({ min: -1, queueDepth }), "scaling.min is -1; ECS takes whole numbers from 0 to 5000."],
  [scaled({}), "scaling has none of queueDepth, targetTracking and stepScaling; give exactly one of them"],
  [
    scaled({ queueDepth, targetTracking: { cpuPercent: 70 } }),
    "scaling has queueDepth and targetTracking; give exactly one of queueDepth, targetTracking and stepScaling, because two would undo each other's changes.",
  ],
  [
    scaled({ queueDepth: { queueName: "https://sqs/jobs", messagesPerTask: 5 } }),
    'scaling.queueDepth.queueName is "https://sqs/jobs"; the name of a queue has 1 to 80',
  ],
  [
    scaled({ queueDepth: { queueName: "jobs", messagesPerTask: 0.5 } }),
    "scaling.queueDepth.messagesPerTask is 0.5; it takes whole numbers from 1.",
  ],
  [
    scaled({ queueDepth: { ...queueDepth, emptyMinutes: 0 } }),
    "scaling.queueDepth.emptyMinutes is 0; an alarm takes whole numbers from 1 to 1440.",
  ],
  [scaled({ targetTracking: {} }), "scaling.targetTracking has neither cpuPercent nor memoryPercent"],
  [
    scaled({ stepScaling: { memoryPercent: 101 } }),
    "scaling.stepScaling.memoryPercent is 101; a utilization is more than 0 and at most 100 percent.",
  ],
  [
    scaled({ stepScaling: {} }),
    "scaling.stepScaling has none of cpuPercent, memoryPercent and customMetric; give one or more.",
  ],
  [
    scaled({ stepScaling: { customMetric: { ...customMetric, namespace: ":a" } } }),
    'scaling.stepScaling.customMetric.namespace is ":a"; it has 1 to 255 characters and does not start with a colon.',
  ],
  [
    scaled({ stepScaling: { customMetric: { ...customMetric, metricName: "" } } }),
    'scaling.stepScaling.customMetric.metricName is ""; it has 1 to 255 characters.',
  ],
  [
    scaled({
      stepScaling: {
        customMetric: {
          ...customMetric,
          dimensions: Object.fromEntries(Array.from({ length: 31 }, (_, index) => [`d${index}`, "x"])),
        },
      },
    }),
    "scaling.stepScaling.customMetric.dimensions has 31 dimensions; a metric has at most 30.",
  ],
  [
    scaled({ stepScaling: { customMetric: { ...customMetric, statistic: "p99" as never } } }),
    'scaling.stepScaling.customMetric.statistic is "p99"; allowed are "Average"',
  ],
  [
    scaled({ stepScaling: { customMetric: { ...customMetric, value: 0 } } }),
    "scaling.stepScaling.customMetric.value is 0; it takes more than 0.",
  ],
  [
    scaled({ stepScaling: { cpuPercent: 70, inPeriods: 1441 } }),
    "scaling.stepScaling.inPeriods is 1441; an alarm takes whole numbers from 1 to 1440.",
  ],
  [
    scaled({ queueDepth, scaleInCooldownSeconds: -1 }),
    "scaling.scaleInCooldownSeconds is -1; it takes whole numbers from 0.",
  ],
])("refuses %j", (props, message) => {
  expect(() => service(props)).toThrow(message);
});
