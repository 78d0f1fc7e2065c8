import { readFileSync } from "node:fs";
import { join } from "node:path";
import { TerraformVariable } from "cdktf";
import { Schedule, type ScheduleProps, type ScheduleRoute } from "../../src/schedule";
import { timeZones } from "../../src/schedule/time-zones";
import { projectRoot } from "../../testing/terraform";
import { evaluate } from "../local/permissions";
import { rolePolicies } from "./role-policies";
import { only, synthesize } from "./synth";

const functionArn = "arn:aws:lambda:eu-west-1:123456789012:function:engines-start-task";
const cluster = "arn:aws:ecs:eu-west-1:123456789012:cluster/engines";
const route: ScheduleRoute = {
  clusterArn: cluster,
  taskDefinitionArnWithoutRevision: "arn:aws:ecs:eu-west-1:123456789012:task-definition/engines-report",
  containerName: "engines-report",
  subnetIds: ["subnet-0a1b2c3d4e5f60718"],
  securityGroupIds: ["sg-0a1b2c3d4e5f60718"],
  taskRoleArn: "arn:aws:iam::123456789012:role/engines-report-task",
  executionRoleArn: "arn:aws:iam::123456789012:role/engines-report-execution",
};
const runsTask: Partial<ScheduleProps> = {
  functionArn: undefined,
  target: "task",
  route,
  service: "report",
};

const schedule = (props: Partial<ScheduleProps> = {}) =>
  synthesize(
    (stack) =>
      new Schedule(stack, "nightly", {
        name: "nightly",
        scheduleExpression: "cron(0 3 * * ? *)",
        functionArn,
        ...props,
      }),
  );

const targetOf = (props: Partial<ScheduleProps>) =>
  (only(schedule(props), "aws_scheduler_schedule") as { target: { input?: string; ecs_parameters?: object } })
    .target;

const event = { id: "<aws.scheduler.schedule-arn>/<aws.scheduler.scheduled-time>", text: '<b>"&\\' };

test("the input has the placeholders of Scheduler unescaped and all else escaped", () => {
  const { input } = targetOf({ input: event });
  expect(input).toContain('"id":"<aws.scheduler.schedule-arn>/<aws.scheduler.scheduled-time>"');
  expect(input).toContain("\\u003cb\\u003e");
  expect(JSON.parse(input!)).toEqual(event);
});

test("a task gets the input in the variable in which the launcher passes an event", () => {
  const { input } = targetOf({ ...runsTask, input: event });
  expect(input).toContain("<aws.scheduler.scheduled-time>");
  const { containerOverrides } = JSON.parse(input!);
  expect(containerOverrides).toEqual([
    { name: "engines-report", environment: [{ name: "EVENT_PAYLOAD", value: expect.any(String) }] },
  ]);
  expect(JSON.parse(containerOverrides[0].environment[0].value)).toEqual(event);
});

test("Terraform decides whether a window that only it knows is off", () => {
  const resources = synthesize((stack) => {
    const minutes = new TerraformVariable(stack, "minutes", { type: "number" }).numberValue;
    new Schedule(stack, "nightly", {
      name: "nightly",
      scheduleExpression: "rate(1 day)",
      functionArn,
      flexibleWindowMinutes: minutes,
    });
  });
  expect(only(resources, "aws_scheduler_schedule").flexible_time_window).toEqual({
    mode: '${var.minutes == 0 ? "OFF" : "FLEXIBLE"}',
    maximum_window_in_minutes: "${var.minutes == 0 ? null : var.minutes}",
  });
});

test("a task without input has no overrides", () => {
  expect(targetOf(runsTask)).not.toHaveProperty("input");
});

test("runs a task, given as construct or as launch route, in the group of its service", () => {
  expect(targetOf({ ...runsTask, route: { route } })).toEqual(targetOf(runsTask));
  expect(targetOf(runsTask)).toMatchObject({
    arn: cluster,
    ecs_parameters: { group: "route-report", launch_type: "FARGATE", task_count: 1 },
  });
});

test.each<[string, object[] | undefined]>([
  ["gpu", [{ capacity_provider: "gpu", weight: 1 }]],
  ["CLUSTER_DEFAULT", undefined],
])("%s has no launch type", (capacity, strategy) => {
  const { ecs_parameters: parameters } = targetOf({ ...runsTask, route: { ...route, capacity } });
  expect(parameters).not.toHaveProperty("launch_type");
  expect({ capacity_provider_strategy: undefined, ...parameters }.capacity_provider_strategy).toEqual(
    strategy,
  );
});

test("refuses a reserved name of a capacity provider", () => {
  expect(() => targetOf({ ...runsTask, route: { ...route, capacity: "fargate-gpu" } })).toThrow(
    'route.capacity is "fargate-gpu"; allowed are "FARGATE"',
  );
});

test("FARGATE_SPOT is a capacity provider strategy, without a launch type", () => {
  const spot = targetOf({ ...runsTask, route: { ...route, capacity: "FARGATE_SPOT" } });
  expect(spot.ecs_parameters).toMatchObject({
    capacity_provider_strategy: [{ capacity_provider: "FARGATE_SPOT" }],
  });
  expect(spot.ecs_parameters).not.toHaveProperty("launch_type");
});

test("a task with the network mode bridge has no network configuration", () => {
  const bridge = targetOf({ ...runsTask, route: { ...route, networkMode: "bridge", capacity: "EC2" } });
  expect(bridge.ecs_parameters).toMatchObject({ launch_type: "EC2" });
  expect(bridge.ecs_parameters).not.toHaveProperty("network_configuration");
});

test("the trust policy allows Scheduler for the schedule group of this account only", () => {
  const { assume_role_policy } = only(schedule(), "aws_iam_role");
  expect(assume_role_policy).toContain('"aws:SourceAccount"');
  expect(assume_role_policy).toMatch(
    /"ArnLike":\{"aws:SourceArn":"arn:\*:scheduler:\*:.*:schedule-group\/default"/,
  );
  expect(assume_role_policy).toContain('"Service":"scheduler.amazonaws.com"');
});

describe("the role of the schedule", () => {
  const decision = (
    props: Partial<ScheduleProps>,
    action: string,
    resource: string,
    context: Record<string, string>,
  ) =>
    evaluate(
      {
        roleArn: "arn:aws:iam::123456789012:role/nightly",
        documents: rolePolicies(schedule(props)),
      },
      action,
      resource,
      context,
    );
  const definition = `${route.taskDefinitionArnWithoutRevision}:7`;
  const passed = { "iam:PassedToService": "ecs-tasks.amazonaws.com" };
  const task = "arn:aws:ecs:eu-west-1:123456789012:task/engines/0123456789abcdef0123456789abcdef";
  const queue = "arn:aws:sqs:eu-west-1:123456789012:nightly-undelivered";

  test.each<[string, Partial<ScheduleProps>, string, string, Record<string, string>]>([
    ["invoke its function", {}, "lambda:InvokeFunction", functionArn, {}],
    ["send to its DLQ", {}, "sqs:SendMessage", queue, {}],
    ["run its task", runsTask, "ecs:RunTask", definition, { "ecs:cluster": cluster }],
    ["pass the task's role", runsTask, "iam:PassRole", route.taskRoleArn, passed],
    ["tag the task while starting it", runsTask, "ecs:TagResource", task, { "ecs:CreateAction": "RunTask" }],
  ])("has permission to %s", async (_what, props, action, resource, context) => {
    expect(await decision(props, action, resource, context)).toBe("Allowed");
  });

  test.each<[string, Partial<ScheduleProps>, string, string, Record<string, string>]>([
    ["invoke another function", {}, "lambda:InvokeFunction", `${functionArn}-2`, {}],
    ["run a task when its target is a function", {}, "ecs:RunTask", definition, { "ecs:cluster": cluster }],
    ["invoke a function when its target is a task", runsTask, "lambda:InvokeFunction", functionArn, {}],
    [
      "run another task",
      runsTask,
      "ecs:RunTask",
      definition.replace("report", "auth"),
      { "ecs:cluster": cluster },
    ],
    [
      "run its task on another cluster",
      runsTask,
      "ecs:RunTask",
      definition,
      { "ecs:cluster": `${cluster}-2` },
    ],
    ["pass another role", runsTask, "iam:PassRole", "arn:aws:iam::123456789012:role/admin", passed],
    ["tag a running task", runsTask, "ecs:TagResource", task, {}],
    ["receive from its DLQ", {}, "sqs:ReceiveMessage", queue, {}],
  ])("has no permission to %s", async (_what, props, action, resource, context) => {
    expect(await decision(props, action, resource, context)).not.toBe("Allowed");
  });
});

test.each([
  "rate(1 minute)",
  "rate(1 hours)",
  "rate(90 days)",
  "cron(0/15 8-17 ? * MON-FRI 2026-2030)",
  "cron(0 3 L * ? *)",
  "at(2028-02-29T00:00:00)",
])("accepts %s", (scheduleExpression) => {
  expect(only(schedule({ scheduleExpression }), "aws_scheduler_schedule")).toMatchObject({
    schedule_expression: scheduleExpression,
  });
});

test.each(["cron(0 3 30 2 ? *)", "cron(0 3 30,31 FEB ? *)", "cron(0 3 31 4,JUN,09 ? 2030)"])(
  "refuses %s, which no year has",
  (scheduleExpression) => {
    expect(() => schedule({ scheduleExpression })).toThrow(
      `scheduleExpression is "${scheduleExpression}"; no month that it names has such a day`,
    );
  },
);

test.each(["cron(0 3 29 2 ? *)", "cron(0 3 31 2,3 ? *)", "cron(0 3 1,31 4 ? *)", "cron(0 3 L 2 ? *)"])(
  "accepts %s",
  (scheduleExpression) => {
    expect(() => schedule({ scheduleExpression })).not.toThrow();
  },
);

test.each([
  "rate(0 minutes)",
  "rate(5 seconds)",
  "cron(0 3 * * * *)",
  "cron(60 3 * * ? *)",
  "0 3 * * *",
  "at(2027-02-29T00:00:00)",
  "at(2027-02-28T24:00:00)",
  "at(2027-02-28T00:00:00Z)",
  "at(2027-02-28)",
])("refuses %s", (scheduleExpression) => {
  expect(() => schedule({ scheduleExpression })).toThrow(
    `scheduleExpression is "${scheduleExpression}"; EventBridge Scheduler takes rate(`,
  );
});

test.each([
  "Mars/Olympus",
  "Europe/Atlantis",
  "CEST",
  "europe/berlin",
  "+01:00",
  "",
  "UTC+1",
  "Europe Berlin",
])("refuses the time zone %j", (timeZone) => {
  expect(() => schedule({ timeZone })).toThrow(`timeZone is "${timeZone}"`);
});

test("takes the same time zones as the module", () => {
  const text = readFileSync(join(projectRoot, "modules/schedule/time-zones.tf"), "utf8");
  expect([...text.matchAll(/"(.+)"/g)].map(([, name]) => name)).toEqual([...timeZones]);
});

test.each<[string, Partial<ScheduleProps>, string]>([
  ["a name with a dot", { name: "a.b" }, 'name is "a.b"'],
  ["a window over a day", { flexibleWindowMinutes: 1441 }, "flexibleWindowMinutes is 1441"],
  ["an age under a minute", { maximumEventAgeSeconds: 59 }, "maximumEventAgeSeconds is 59"],
  ["186 retries", { maximumRetryAttempts: 186 }, "maximumRetryAttempts is 186"],
  [
    "no function",
    { functionArn: undefined },
    'target is "function" and the props given are none; it takes functionArn',
  ],
  [
    "a task and a function",
    { ...runsTask, functionArn },
    'target is "task" and the props given are functionArn, route, service; it takes route and service only.',
  ],
  [
    "a task without a service",
    { ...runsTask, service: undefined },
    'target is "task" and the props given are route; it takes route and service',
  ],
  ["an unknown target", { target: "queue" as never }, 'target is "queue"; allowed are "function", "task".'],
  ["a service with a dot", { ...runsTask, service: "a.b" }, 'service is "a.b"'],
  [
    "an EBS volume",
    {
      ...runsTask,
      route: {
        ...route,
        ebsVolume: {
          name: "ebs",
          infrastructureRoleArn: "arn:aws:iam::123456789012:role/volumes",
          sizeGib: 1,
        },
      },
    },
    'route has an EBS volume, which EventBridge Scheduler cannot configure; give target "function"',
  ],
  ["no subnets", { ...runsTask, route: { ...route, subnetIds: [] } }, "route has 0 subnets"],
  [
    "an input over the limit of RunTask",
    { ...runsTask, input: "x".repeat(8192) },
    "RunTask takes at most 8192.",
  ],
])("refuses %s", (_what, props, message) => {
  expect(() => schedule(props)).toThrow(message);
  expect(() => schedule(props)).toThrow("(at test/nightly)");
});
