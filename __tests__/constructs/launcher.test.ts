import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import { TerraformStack, Testing } from "cdktf";
import { Launcher, type LauncherEvent, type LauncherProps } from "../../src/launcher";
import type { LaunchRoute } from "../../src/launcher/route";
import { only, synthesize } from "./synth";

const route: LaunchRoute = {
  clusterArn: "arn:aws:ecs:eu-west-1:123456789012:cluster/engines",
  family: "engines-auth",
  taskDefinitionArnWithoutRevision: "arn:aws:ecs:eu-west-1:123456789012:task-definition/engines-auth",
  containerName: "engines-auth",
  subnetIds: ["subnet-0a1b2c3d4e5f60718"],
  securityGroupIds: ["sg-0a1b2c3d4e5f60718"],
  taskRoleArn: "arn:aws:iam::123456789012:role/engines-auth-task",
  taskRoleName: "engines-auth-task",
  executionRoleArn: "arn:aws:iam::123456789012:role/engines-auth-execution",
};

const launcher = (props: Partial<LauncherProps> = {}, event?: [string, LauncherEvent]) =>
  synthesize((stack) => {
    const made = new Launcher(stack, "launcher", { name: "engines", routes: { auth: route }, ...props });
    if (event) made.onEvent(...event);
  });

/** Ids as AWS gives them: they do not compress. */
const id = (prefix: string, seed: number): string =>
  `${prefix}-0${createHash("sha256").update(String(seed)).digest("hex").slice(0, 16)}`;

test("fifty routes with names and ids of their own fit what a Lambda environment holds", () => {
  const routes = Object.fromEntries(
    Array.from({ length: 50 }, (_, index): [string, LaunchRoute] => [
      `payments-service-${index}`,
      {
        ...route,
        family: `production-engines-payments-service-${index}`,
        containerName: `production-engines-payments-service-${index}`,
        subnetIds: [1, 2, 3].map((subnet) => id("subnet", subnet)),
        securityGroupIds: [id("sg", index + 10)],
        port: 8000 + index,
        allowOverrides: ["command", "environment"],
      },
    ]),
  );
  const stack = new TerraformStack(Testing.app(), "test");
  new Launcher(stack, "launcher", { name: "engines", routes });
  const [text] = Object.values(JSON.parse(Testing.synth(stack)).locals as Record<string, string>);
  expect(Object.keys(JSON.parse(text!))).toHaveLength(50);
  expect(gzipSync(text!).toString("base64").length).toBeLessThan(3500);
});

test("an event added by the verb makes the rule that the prop makes", () => {
  const event: LauncherEvent = { source: ["custom.app"], detailType: ["Start ECS Task"] };
  expect(launcher({}, ["start", event])).toEqual(launcher({ events: { start: event } }));
});

test("a task stands for its route", () => {
  expect(launcher({ routes: { auth: { route } } })).toEqual(launcher());
});

test("the rights of more than six services are spread over several policies", () => {
  const routes = Object.fromEntries(Array.from({ length: 13 }, (_, index) => [`service-${index}`, route]));
  const policies = Object.values(launcher({ routes }).aws_iam_policy!);
  expect(policies.map((policy) => policy.name)).toEqual([
    "engines-launch-0",
    "engines-launch-1",
    "engines-launch-2",
  ]);
});

test("the function's environment names what the handler's schema names", () => {
  const { environment } = only(launcher(), "aws_lambda_function") as { environment: { variables: object } };
  expect(Object.keys(environment.variables).sort()).toEqual([
    "DEAD_LETTER_QUEUE_URL",
    "LOG_LEVEL",
    "PAYLOAD_BUCKET",
    "ROUTES",
  ]);
});

test.each<[string, Partial<LauncherProps>, string]>([
  ["a long name", { name: "engines-of-the-whole-company-1" }, 'name is "engines-of-the-whole-company-1"'],
  ["no routes", { routes: {} }, "routes has 0 services; a launcher takes 1 to 50"],
  [
    "51 routes",
    { routes: Object.fromEntries(Array.from({ length: 51 }, (_, index) => [`s${index}`, route])) },
    "routes has 51 services",
  ],
  ["a service name with a dot", { routes: { "a.b": route } }, 'routes names "a.b"'],
  ["no subnets", { routes: { auth: { ...route, subnetIds: [] } } }, "routes.auth has 0 subnets"],
  [
    "an override that does not exist",
    { routes: { auth: { ...route, allowOverrides: ["cluster" as never] } } },
    'routes.auth.allowOverrides names "cluster"; an event may override "taskDefinition"',
  ],
  ["payloads that die before their dead letter", { payloadRetentionDays: 14 }, "payloadRetentionDays is 14"],
  [
    "an event for a service without route",
    { events: { nightly: { scheduleExpression: "rate(1 day)", service: "pdf" } } },
    'events.nightly.service is "pdf", which no route starts; the routes are "auth".',
  ],
  ["an event name with a dot", { events: { "a.b": { source: ["custom.app"] } } }, 'events names "a.b"'],
])("refuses %s", (_what, props, message) => {
  expect(() => launcher(props)).toThrow(message);
});
