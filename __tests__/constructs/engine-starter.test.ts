import { readFileSync } from "node:fs";
import { join } from "node:path";
import { EngineStarter, type EngineStarterProps } from "../../src/systems/engine-starter";
import { projectRoot } from "../../testing/terraform";
import { only, synthesize } from "./synth";

const starter = (
  props: Partial<EngineStarterProps> = {},
  look: (made: EngineStarter) => void = () => undefined,
) =>
  synthesize((stack) =>
    look(
      new EngineStarter(stack, "starter", {
        name: "engines",
        network: { availabilityZones: ["eu-west-1a", "eu-west-1b"] },
        services: { auth: { image: "ghcr.io/acme/auth:1" } },
        loadBalancer: { protocol: "HTTP" },
        ...props,
      }),
    ),
  );

const five = {
  users: { image: "ghcr.io/acme/users:1" },
  pdf: { image: "ghcr.io/acme/pdf:1" },
  fa: { image: "ghcr.io/acme/fa:1" },
  batch: { image: "ghcr.io/acme/batch:1" },
  auth: { image: "ghcr.io/acme/auth:1" },
};

type Made = ReturnType<typeof starter>;
const ports = (made: Made) => Object.values(made.aws_lb_target_group!).map(({ port }) => port);
const patterns = (made: Made) =>
  Object.values(made.aws_cloudwatch_event_rule!).flatMap(({ event_pattern }) =>
    event_pattern ? [String(event_pattern)] : [],
  );

test("leads the path of each engine to its default port", () => {
  const made = starter({ services: five }, ({ routes, ...outputs }) => {
    expect(Object.keys(routes)).toEqual(["auth", "batch", "fa", "pdf", "users"]);
    expect(Object.values(routes).every(({ targetType }) => targetType === "ip")).toBe(true);
    expect(outputs).toMatchObject({
      clusterName: expect.any(String),
      vpcId: expect.any(String),
      loadBalancerDnsName: expect.any(String),
      loadBalancerZoneId: expect.any(String),
      functionName: expect.any(String),
      registrarFunctionName: expect.any(String),
      deadLetterQueueUrl: expect.any(String),
    });
  });
  const groups = Object.entries(made.aws_lb_target_group!);
  const rules = Object.values(made.aws_lb_listener_rule!).map(({ condition, action }) => {
    const [{ path_pattern }] = condition as [{ path_pattern: { values: [string] } }];
    const [{ target_group_arn }] = action as [{ target_group_arn: string }];
    return [path_pattern.values[0], groups.find(([id]) => target_group_arn.includes(`.${id}.`))?.[1].port];
  });
  expect(Object.fromEntries(rules)).toEqual({
    "/api/auth/*": 8080,
    "/api/batch/*": 8080,
    "/api/fa/*": 2531,
    "/api/pdf/*": 9080,
    "/api/users/*": 8080,
  });
});

test("passes the failure and interruption settings of an engine on to its launch route", () => {
  const onFailure = { action: "dead_letter" } as const;
  starter(
    { services: { users: { image: "ghcr.io/acme/users:1", onFailure, interruptionRetries: 1 } } },
    ({ routes }) => expect(routes.users).toMatchObject({ onFailure, interruptionRetries: 1 }),
  );
});

test("accepts some of the engines, and other ports", () => {
  expect(ports(starter({ services: { users: { image: "ghcr.io/acme/users:1", port: 8081 } } }))).toEqual([
    8081,
  ]);
});

test.each([
  ["custom.app", undefined],
  ["engines.app", "engines.app"],
])("starts and stops on events of %s", (source, eventSource) => {
  const made = patterns(starter({ eventSource }));
  expect(
    made.filter((pattern) => pattern.includes(`"${source}"`)).map((pattern) => JSON.parse(pattern)),
  ).toEqual(
    expect.arrayContaining([
      { source: [source], "detail-type": ["Start ECS Task"] },
      { source: [source], "detail-type": ["Stop ECS Tasks"] },
    ]),
  );
});

test("stops engines on a schedule", () => {
  const schedules = { evening: { expression: "cron(0 19 * * ? *)", stop: ["auth"] } };
  expect(only(starter({ schedules }), "aws_scheduler_schedule").name).toBe("engines-evening-stop");
});

test.each<[string, Partial<EngineStarterProps>, string]>([
  [
    "an unknown engine",
    { services: { ...five, mail: { image: "ghcr.io/acme/mail:1" } } as EngineStarterProps["services"] },
    'services names "mail"; the engines are "auth", "pdf", "fa", "users", "batch". For other services use EventDrivenEcs.',
  ],
  [
    "no engine at all",
    { services: {} },
    'services names no engine; the engines are "auth", "pdf", "fa", "users", "batch".',
  ],
  [
    "a schedule of an engine that is not given",
    {
      schedules: { evening: { expression: "rate(1 day)", stop: ["pdf"] } },
    },
    'schedules.evening.stop names "pdf", which is not a service; the services are "auth".',
  ],
  ["HTTPS without a certificate", { loadBalancer: {} }, 'protocol is "HTTPS" and certificateArn is absent;'],
])("refuses %s", (_what, props, message) => {
  expect(() => starter(props)).toThrow(message);
});

/** What an engine does not take of what a service of the layout takes, and why. */
const notPassedOn: Readonly<Record<string, string>> = {
  path: "it is /api/<name>/*",
  mount_path: "the engine starter has no input for a file system",
};

/** Type and default of each member of `services`, as the module declares them. */
function serviceMembers(module: string): Map<string, string> {
  const text = readFileSync(join(projectRoot, "modules", module, "variables.tf"), "utf8");
  const [, type] = /^variable "services" \{[\s\S]*?map\(object\(\{\n([\s\S]*?)\n {2}\}\)\)$/m.exec(text)!;
  const members = [...type!.matchAll(/^ {4}(\w+) += ((?:.|\n {5,}|\n {4}[})])*)$/gm)];
  return new Map(members.map(([, name, of]) => [name!, of!.replaceAll(/\s+/g, " ")]));
}

test("an engine takes everything that a service of the layout takes, with the same defaults", () => {
  const ofLayout = serviceMembers("event-driven-ecs");
  for (const name of Object.keys(notPassedOn)) expect(ofLayout.delete(name)).toBe(true);
  expect(ofLayout.size).toBeGreaterThan(40);
  expect(Object.fromEntries(serviceMembers("systems/engine-starter"))).toEqual(Object.fromEntries(ofLayout));
});
