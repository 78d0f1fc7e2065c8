import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { TerraformStack, Testing } from "cdktf";
import * as v from "valibot";
import { registerTargetsEnvironment } from "../../handlers/register-targets/environment";
import { stoppingTag } from "../../handlers/register-targets/stopping-tag";
import { Registrar, type RegistrarProps, type StopEvent } from "../../src/registrar";
import type { RegistrarRoute } from "../../src/registrar/route";
import { evaluate } from "../local/permissions";
import { rolePolicies } from "./role-policies";
import { only, synthesize } from "./synth";

const cluster = "arn:aws:ecs:eu-west-1:123456789012:cluster/engines";
const groupOf = (name: string) =>
  `arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/${name}/73e2d6bc24d8a067`;

const auth: RegistrarRoute = {
  clusterArn: cluster,
  family: "engines-auth",
  containerName: "engines-auth",
  port: 8080,
  targetGroupArn: groupOf("auth"),
  targetType: "ip",
  deregistrationDelaySeconds: 30,
};
const job: RegistrarRoute = { clusterArn: cluster, family: "engines-job", containerName: "engines-job" };

const registrar = (props: Partial<RegistrarProps> = {}, stop?: [string, StopEvent]) =>
  synthesize((stack) => {
    const made = new Registrar(stack, "registrar", { name: "engines", routes: { auth }, ...props });
    if (stop) made.onStop(...stop);
  });

const routesOf = (routes: RegistrarProps["routes"]): string => {
  const stack = new TerraformStack(Testing.app(), "test");
  new Registrar(stack, "registrar", { name: "engines", routes });
  return Object.values(JSON.parse(Testing.synth(stack)).locals as Record<string, string>)[0]!;
};

test("the function gets the variables of its schema, with launch routes that have a target group and that do not", () => {
  const { environment } = only(registrar(), "aws_lambda_function") as { environment: { variables: object } };
  expect(Object.keys(environment.variables).sort()).toEqual(
    Object.keys(registerTargetsEnvironment.entries).sort(),
  );
  const packed = gzipSync(routesOf({ auth, job })).toString("base64");
  expect(v.parse(registerTargetsEnvironment.entries.ROUTES, packed)).toEqual({
    auth: {
      cluster,
      family: "engines-auth",
      container: "engines-auth",
      port: 8080,
      targetGroup: groupOf("auth"),
      targetType: "ip",
      drainSeconds: 30,
    },
    job: expect.objectContaining({ cluster, family: "engines-job" }),
  });
});

test("50 launch routes with different names and target groups fit into the environment of a Lambda function", () => {
  const hash = (seed: number) => createHash("sha256").update(String(seed)).digest("hex");
  const routes = Object.fromEntries(
    Array.from({ length: 50 }, (_, index): [string, RegistrarRoute] => [
      `payments-service-${index}`,
      {
        ...auth,
        family: `production-engines-payments-service-${index}`,
        containerName: `production-engines-payments-service-${index}`,
        port: 8000 + index,
        targetGroupArn: `arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/production-payments-${index}-${hash(index).slice(0, 6)}/${hash(index + 50).slice(0, 16)}`,
      },
    ]),
  );
  expect(gzipSync(routesOf(routes)).toString("base64").length).toBeLessThan(3500);
});

test("onStop() makes the same rule as the prop stopEvents", () => {
  const event: StopEvent = { source: ["custom.app"] };
  expect(registrar({}, ["stop", event])).toEqual(registrar({ stopEvents: { stop: event } }));
});

test("accepts a task in place of its launch route", () => {
  expect(registrar({ routes: { auth: { route: auth } } })).toEqual(registrar());
});

test("makes rules for the tasks of launch routes on their clusters, for sweeps and for stop events", () => {
  const rules = registrar({ sweepIntervalMinutes: 1, stopEvents: { stop: { source: ["custom.app"] } } });
  const of = (name: string) =>
    only(rules, "aws_cloudwatch_event_rule", { name: `engines-register-targets-${name}` });
  expect(JSON.parse(of("state-change").event_pattern as string)).toEqual({
    source: ["aws.ecs"],
    "detail-type": ["ECS Task State Change"],
    detail: {
      clusterArn: [cluster],
      group: [{ prefix: "route-" }, { prefix: "route:" }],
      lastStatus: ["RUNNING", "DEACTIVATING", "DEPROVISIONING", "STOPPED"],
    },
  });
  expect(of("sweep").schedule_expression).toBe("rate(1 minute)");
  expect(JSON.parse(of("stop").event_pattern as string)).toEqual({
    source: ["custom.app"],
    "detail-type": ["Stop ECS Tasks"],
  });
});

describe("the queue", () => {
  const resources = registrar({ stopEvents: { stop: { source: ["custom.app"] } } });
  const named = { name: "engines-register-targets-recheck" };
  const [queue] = Object.entries(resources.aws_sqs_queue!).find(([, { name }]) => name === named.name)!;
  const targetOf = (rule: string) =>
    only(resources, "aws_cloudwatch_event_target", { target_id: `engines-register-targets-${rule}` }).arn;

  test("is the target of the state-change rule, which alone is allowed to send to it", () => {
    expect(targetOf("state-change")).toBe(`\${aws_sqs_queue.${queue}.arn}`);
    for (const rule of ["sweep", "stop"]) expect(targetOf(rule)).toContain("aws_lambda_function");
    const [rule] = Object.entries(resources.aws_cloudwatch_event_rule!).find(([, { name }]) =>
      String(name).endsWith("state-change"),
    )!;
    const { policy } = only(resources, "aws_sqs_queue_policy", {
      queue_url: `\${aws_sqs_queue.${queue}.id}`,
    });
    expect((policy as string).match(/"aws:SourceArn"/g)).toHaveLength(1);
    expect(policy).toContain(`aws_cloudwatch_event_rule.${rule}.arn`);
  });

  test("delivers batches of one second, two at a time", () => {
    expect(only(resources, "aws_lambda_event_source_mapping")).toMatchObject({
      event_source_arn: `\${aws_sqs_queue.${queue}.arn}`,
      batch_size: 1000,
      maximum_batching_window_in_seconds: 1,
      scaling_config: { maximum_concurrency: 2 },
      function_response_types: ["ReportBatchItemFailures"],
    });
  });

  test("has a visibility timeout of twice the function timeout, so that the batch of a crashed invocation is soon visible again", () => {
    expect(only(resources, "aws_lambda_function").timeout).toBe(60);
    expect(only(resources, "aws_sqs_queue", named)).toMatchObject({
      visibility_timeout_seconds: 120,
      redrive_policy: expect.stringContaining('"maxReceiveCount":10'),
    });
  });
});

test("module, construct and function use the same stopping tag", () => {
  const main = readFileSync(join(__dirname, "../../modules/registrar/main.tf"), "utf8");
  expect([...main.matchAll(/"event-driven-ecs:stopping"/g)]).toHaveLength(1);
  expect(main).toContain(`stopping_tag = "${stoppingTag}"`);
  const policies = rolePolicies(registrar()).map(({ policy }) => JSON.stringify(policy));
  expect(policies.filter((policy) => policy.includes(`"aws:TagKeys":"${stoppingTag}"`))).toHaveLength(1);
});

describe("the role of the function", () => {
  const task = "arn:aws:ecs:eu-west-1:123456789012:task/engines/0123456789abcdef0123456789abcdef";
  const instance = "arn:aws:ecs:eu-west-1:123456789012:container-instance/engines/0123456789abcdef";
  const onInstance: RegistrarRoute = { ...auth, networkMode: "bridge", targetType: "instance" };
  const queue = (name: string) => `arn:aws:sqs:eu-west-1:123456789012:engines-register-targets-${name}`;
  const stopping = { "aws:TagKeys": ["event-driven-ecs:stopping"] };

  const decide = (
    routes: RegistrarProps["routes"],
    action: string,
    resource: string,
    context: Record<string, string | string[]>,
  ) => {
    const roleArn = "arn:aws:iam::123456789012:role/engines-register-targets";
    return evaluate({ roleArn, documents: rolePolicies(registrar({ routes })) }, action, resource, context);
  };

  test.each<[string, string, string, Record<string, string | string[]>]>([
    ["list tasks of its cluster", "ecs:ListTasks", "*", { "ecs:cluster": cluster }],
    ["describe a task", "ecs:DescribeTasks", task, { "ecs:cluster": cluster }],
    ["stop a task", "ecs:StopTask", task, { "ecs:cluster": cluster }],
    ["tag a task as stopping", "ecs:TagResource", task, stopping],
    ["register a target", "elasticloadbalancing:RegisterTargets", groupOf("auth"), {}],
    ["deregister a target", "elasticloadbalancing:DeregisterTargets", groupOf("auth"), {}],
    ["send a reminder", "sqs:SendMessage", queue("recheck"), {}],
    ["receive a reminder", "sqs:ReceiveMessage", queue("recheck"), {}],
    ["delete a reminder", "sqs:DeleteMessage", queue("recheck"), {}],
    ["send to the DLQ", "sqs:SendMessage", queue("dead-letter"), {}],
    ["describe the health of targets", "elasticloadbalancing:DescribeTargetHealth", "*", {}],
  ])("is allowed to %s", async (_what, action, resource, context) => {
    expect(await decide({ auth }, action, resource, context)).toBe("Allowed");
  });

  test.each<[string, string, string, Record<string, string | string[]>]>([
    ["list tasks of another cluster", "ecs:ListTasks", "*", { "ecs:cluster": `${cluster}-2` }],
    ["stop a task of another cluster", "ecs:StopTask", task.replace("/engines/", "/engines-2/"), {}],
    [
      "start a task",
      "ecs:RunTask",
      task.replace(/:task.*/, ":task-definition/engines-auth:1"),
      { "ecs:cluster": cluster },
    ],
    [
      "tag a task with another key",
      "ecs:TagResource",
      task,
      { "aws:TagKeys": ["event-driven-ecs:stopping", "owner"] },
    ],
    ["tag a cluster", "ecs:TagResource", cluster, stopping],
    ["register in another group", "elasticloadbalancing:RegisterTargets", groupOf("other"), {}],
    ["delete a group", "elasticloadbalancing:DeleteTargetGroup", groupOf("auth"), {}],
    [
      "describe container instances when no service runs on any",
      "ecs:DescribeContainerInstances",
      instance,
      {},
    ],
    ["receive from its DLQ", "sqs:ReceiveMessage", queue("dead-letter"), {}],
    ["pass a role", "iam:PassRole", "arn:aws:iam::123456789012:role/engines-auth-task", {}],
  ])("is not allowed to %s", async (_what, action, resource, context) => {
    expect(await decide({ auth }, action, resource, context)).not.toBe("Allowed");
  });

  test("is allowed to describe container instances when a service runs on some", async () => {
    expect(await decide({ auth: onInstance }, "ecs:DescribeContainerInstances", instance, {})).toBe(
      "Allowed",
    );
  });

  test("is not allowed to describe the health of targets when no service has a target group", async () => {
    expect(await decide({ job }, "elasticloadbalancing:DescribeTargetHealth", "*", {})).not.toBe("Allowed");
  });
});

test.each<[string, Partial<RegistrarProps>, string]>([
  ["a long name", { name: "engines-of-the-whole-company-1" }, 'name is "engines-of-the-whole-company-1"'],
  ["no routes", { routes: {} }, "routes has 0 services; a registrar takes 1 to 50"],
  ["a service name with a dot", { routes: { "a.b": auth } }, 'routes names "a.b"'],
  [
    "a target group without a port",
    { routes: { auth: { ...auth, port: undefined } } },
    "routes.auth has a target group and no port",
  ],
  [
    "a target type without a target group",
    { routes: { auth: { ...auth, targetGroupArn: undefined } } },
    "routes.auth has only one of targetGroupArn and targetType",
  ],
  [
    "a target type that does not fit the network mode",
    { routes: { auth: { ...auth, networkMode: "bridge" } } },
    'routes.auth has targetType "ip" and networkMode "bridge"',
  ],
  [
    "an unknown target type",
    { routes: { auth: { ...auth, targetType: "lambda" as never } } },
    'routes.auth.targetType is "lambda"; allowed are "ip", "instance".',
  ],
  [
    "an unknown network mode",
    { routes: { job: { ...job, networkMode: "none" as never } } },
    'routes.job.networkMode is "none"',
  ],
  [
    "a deregistration delay over an hour",
    { routes: { auth: { ...auth, deregistrationDelaySeconds: 3601 } } },
    "routes.auth.deregistrationDelaySeconds is 3601; a target group takes whole numbers from 0 to 3600.",
  ],
  [
    "one target group for two services",
    { routes: { auth, pdf: auth } },
    '"auth" and "pdf" share a target group',
  ],
  ["a sweep interval of half a minute", { sweepIntervalMinutes: 0.5 }, "sweepIntervalMinutes is 0.5"],
  ["a stop event's name with a dot", { stopEvents: { "a.b": {} } }, 'stopEvents names "a.b"'],
  [
    "a stop event with the name of one of its own rules",
    { stopEvents: { sweep: {} } },
    'stopEvents names "sweep"',
  ],
])("refuses %s", (_what, props, message) => {
  expect(() => registrar(props)).toThrow(message);
  expect(() => registrar(props)).toThrow("(at test/registrar");
});
