import { type TerraformStack, TerraformVariable } from "cdktf";
import { EventDrivenEcs, type EventDrivenEcsProps, type ExistingNetwork } from "../../src/event-driven-ecs";
import { only, synthesize } from "./synth";

const layout = (props: Partial<EventDrivenEcsProps> = {}, extend?: (made: EventDrivenEcs) => void) =>
  synthesize((stack) => {
    const made = new EventDrivenEcs(stack, "engines", {
      name: "engines",
      network: { availabilityZones: ["eu-west-1a", "eu-west-1b"] },
      services: { auth: { image: "ghcr.io/acme/auth-api:1.4.2" } },
      ...props,
    });
    extend?.(made);
  });

const existingNetwork = { vpcId: "vpc-0a1b2c3d4e5f60718", subnetIds: ["subnet-0a1b2c3d4e5f60718"] };
const existingCluster = { name: "shared", arn: "arn:aws:ecs:eu-west-1:123456789012:cluster/shared" };

test("creates a network and a cluster by default", () => {
  const made = layout();
  expect(Object.keys(made.aws_vpc!)).toHaveLength(1);
  expect(Object.keys(made.aws_ecs_cluster!)).toHaveLength(1);
});

test("creates neither network nor cluster when both exist", () => {
  const made = layout({
    createNetwork: false,
    network: undefined,
    existingNetwork,
    createCluster: false,
    existingCluster,
  });
  expect(made).not.toHaveProperty("aws_vpc");
  expect(made).not.toHaveProperty("aws_ecs_cluster");
  expect(JSON.stringify(made.aws_iam_policy)).toContain(existingCluster.arn);
});

test("a service may have a capacity provider of the created cluster, or any one of an existing cluster", () => {
  const services = { auth: { image, capacity: "gpu" } };
  expect(layout({ capacityProviders: ["gpu"], services })).toBeDefined();
  expect(layout({ createCluster: false, existingCluster, services })).toBeDefined();
});

test("onEvent() makes the same rule as the prop events", () => {
  const event = { source: ["custom.app"], detailType: ["Start ECS Task"] };
  expect(layout({}, (made) => made.onEvent("start", event))).toEqual(layout({ events: { start: event } }));
});

const image = "ghcr.io/acme/auth-api:1.4.2";
const reached = { auth: { image, port: 8080, path: "/api/auth/*" }, job: { image: "ghcr.io/acme/job:2" } };
const http = { protocol: "HTTP", ingress: { office: "203.0.113.0/24" } } as const;
const mounting = { auth: { image, mountPath: "/mnt/shared" }, job: { image: "ghcr.io/acme/job:2" } };
const existingFileSystem = {
  fileSystemId: "fs-0a1b2c3d4e5f60718",
  fileSystemArn: "arn:aws:elasticfilesystem:eu-west-1:123456789012:file-system/fs-0a1b2c3d4e5f60718",
  accessPointId: "fsap-0a1b2c3d4e5f60718",
  accessPointArn: "arn:aws:elasticfilesystem:eu-west-1:123456789012:access-point/fsap-0a1b2c3d4e5f60718",
  securityGroupId: "sg-0a1b2c3d4e5f60718",
};

type Made = ReturnType<typeof layout>;
const functionNames = (made: Made) =>
  Object.values(made.aws_lambda_function!).map(({ function_name }) => function_name);
/** Which function a schedule invokes, when, and with which input. */
const scheduledInvocation = (made: Made, name: string) => {
  const { target, schedule_expression, schedule_expression_timezone } = only(made, "aws_scheduler_schedule", {
    name,
  }) as { target: { arn: string; input: string }; [key: string]: unknown };
  const id = /aws_lambda_function\.(\w+)\./.exec(target.arn)?.[1] ?? "";
  return {
    invokes: made.aws_lambda_function![id]!.function_name,
    when: [schedule_expression, schedule_expression_timezone],
    input: target.input,
  };
};

test("creates no load balancer without a path, and no file system without a mount path", () => {
  const made = layout(
    {},
    ({ loadBalancerArn, loadBalancerDnsName, registrarFunctionName, fileSystemId, routes }) => {
      expect([loadBalancerArn, loadBalancerDnsName, registrarFunctionName, fileSystemId]).toEqual(
        Array(4).fill(undefined),
      );
      expect(routes.auth).not.toHaveProperty("targetType");
    },
  );
  expect(made).not.toHaveProperty("aws_lb");
  expect(made).not.toHaveProperty("aws_lb_target_group");
  expect(made).not.toHaveProperty("aws_efs_file_system");
  expect(functionNames(made)).toEqual(["engines-start-task"]);
});

test("creates a load balancer and a registrar for a service with a path", () => {
  const made = layout({ services: reached, loadBalancer: http }, ({ routes, ...outputs }) => {
    expect(routes.auth).toMatchObject({
      targetType: "ip",
      targetGroupArn: expect.stringContaining("TfToken"),
      deregistrationDelaySeconds: 30,
    });
    expect(routes.job).not.toHaveProperty("targetType");
    expect(outputs.loadBalancerArn).toBeDefined();
    expect(outputs.loadBalancerDnsName).toBeDefined();
    expect(outputs.loadBalancerZoneId).toBeDefined();
    expect(outputs.registrarFunctionName).toBeDefined();
  });
  expect(only(made, "aws_lb_target_group").port).toBe(8080);
  expect(only(made, "aws_lb_listener_rule").condition).toEqual([
    { path_pattern: { values: ["/api/auth/*"] } },
  ]);
  expect(only(made, "aws_lb_listener")).toMatchObject({ port: 80, protocol: "HTTP" });
  expect(functionNames(made).sort()).toEqual(["engines-register-targets", "engines-start-task"]);
});

test("passes the settings of a service on to its target group and listener rule", () => {
  const auth = {
    ...reached.auth,
    healthCheck: { path: "/health" },
    stickinessSeconds: 600,
    deregistrationDelaySeconds: 5,
    priority: 7,
  };
  const made = layout({ services: { auth }, loadBalancer: http }, ({ routes }) =>
    expect(routes.auth!.deregistrationDelaySeconds).toBe(5),
  );
  expect(only(made, "aws_lb_target_group")).toMatchObject({
    health_check: { path: "/health" },
    stickiness: { cookie_duration: 600 },
    deregistration_delay: "5",
  });
  expect(only(made, "aws_lb_listener_rule").priority).toBe(7);
});

describe("the load balancer is", () => {
  const subnets = (props: Partial<EventDrivenEcsProps>) =>
    only(layout({ services: reached, ...props }), "aws_lb").subnets as string[];
  const networkOf = (props: Partial<EventDrivenEcsProps> = {}) => ({
    createNetwork: false,
    network: undefined,
    existingNetwork: { ...existingNetwork, publicSubnetIds: ["subnet-public-a", "subnet-public-b"] },
    ...props,
  });

  test("in the public subnets, or in the subnets of the tasks when internal", () => {
    expect(subnets(networkOf({ loadBalancer: http }))).toEqual(["subnet-public-a", "subnet-public-b"]);
    const subnetIds = ["subnet-a", "subnet-b"];
    expect(
      subnets(
        networkOf({
          existingNetwork: { ...existingNetwork, subnetIds },
          loadBalancer: { ...http, internal: true },
        }),
      ),
    ).toEqual(subnetIds);
  });

  test("in the given subnets", () => {
    const subnetIds = ["subnet-c", "subnet-d"];
    expect(subnets({ loadBalancer: { ...http, subnetIds } })).toEqual(subnetIds);
  });

  test("refused when the network has no public subnets", () => {
    expect(() => subnets(networkOf({ existingNetwork, loadBalancer: http }))).toThrow(
      "existingNetwork.publicSubnetIds has 0 subnets; an application load balancer needs two or more",
    );
  });
});

test("uses an existing load balancer and listener", () => {
  const arn = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/app/theirs/fedcba9876543210";
  const made = layout(
    {
      services: reached,
      loadBalancer: {
        createLoadBalancer: false,
        existingLoadBalancer: { arn, securityGroupId: "sg-0a1b2c3d4e5f60720", dnsName: "theirs.example.com" },
        createListener: false,
        existingListener: { arn: "listener" },
      },
    },
    ({ loadBalancerArn, loadBalancerDnsName, loadBalancerZoneId }) =>
      expect([loadBalancerArn, loadBalancerDnsName, loadBalancerZoneId]).toEqual([
        arn,
        "theirs.example.com",
        undefined,
      ]),
  );
  expect(made).not.toHaveProperty("aws_lb");
  expect(made).not.toHaveProperty("aws_lb_listener");
  expect(only(made, "aws_lb_listener_rule").listener_arn).toBe("listener");
});

describe("a mount path", () => {
  const volumes = (made: Made, family: string) =>
    (only(made, "aws_ecs_task_definition", { family }).volume as { name: string }[]).filter(
      ({ name }) => name === "shared",
    );

  test("creates a file system that its service mounts and is allowed to reach", () => {
    const made = layout({ services: mounting }, ({ fileSystemId }) => expect(fileSystemId).toBeDefined());
    expect(only(made, "aws_efs_access_point").posix_user).toEqual({ uid: 1000, gid: 1000 });
    expect(volumes(made, "engines-auth")).toHaveLength(1);
    expect(volumes(made, "engines-job")).toHaveLength(0);
    const fileSystemGroup = Object.keys(made.aws_security_group!).find((id) => id.includes("file-system"));
    expect(
      only(made, "aws_vpc_security_group_ingress_rule", {
        security_group_id: `\${aws_security_group.${fileSystemGroup}.id}`,
      }),
    ).toMatchObject({
      from_port: 2049,
      referenced_security_group_id: expect.stringMatching(/aws_security_group\.engines_task-auth_/),
    });
    expect(functionNames(made)).toEqual(["engines-start-task"]);
  });

  test("mounts an existing file system", () => {
    const made = layout(
      { services: mounting, createFileSystem: false, existingFileSystem },
      ({ fileSystemId }) => expect(fileSystemId).toBeUndefined(),
    );
    expect(made).not.toHaveProperty("aws_efs_file_system");
    expect(volumes(made, "engines-auth")).toEqual([
      expect.objectContaining({
        efs_volume_configuration: expect.objectContaining({
          file_system_id: existingFileSystem.fileSystemId,
          authorization_config: expect.objectContaining({
            access_point_id: existingFileSystem.accessPointId,
          }),
        }),
      }),
    ]);
  });
});

describe("a schedule", () => {
  const services = { auth: { image }, pdf: { image: "ghcr.io/acme/pdf:1" } };
  const event = {
    id: "<aws.scheduler.schedule-arn>/<aws.scheduler.scheduled-time>",
    time: "<aws.scheduler.scheduled-time>",
    source: "schedule",
  };

  test("makes one scheduled invocation for each service that it starts, and one for all that it stops", () => {
    const made = layout({
      services,
      schedules: {
        morning: { expression: "cron(0 7 * * ? *)", timeZone: "Europe/Berlin", start: ["auth", "pdf"] },
        evening: { expression: "cron(0 19 * * ? *)", start: ["pdf"], stop: ["auth", "pdf"] },
      },
    });
    expect(Object.values(made.aws_scheduler_schedule!).map(({ name }) => name)).toEqual([
      "engines-evening-pdf",
      "engines-evening-stop",
      "engines-morning-auth",
      "engines-morning-pdf",
    ]);
    const start = scheduledInvocation(made, "engines-morning-auth");
    expect(start).toMatchObject({
      invokes: "engines-start-task",
      when: ["cron(0 7 * * ? *)", "Europe/Berlin"],
    });
    expect(JSON.parse(start.input)).toEqual({
      ...event,
      "detail-type": "Start ECS Task",
      detail: { service: "auth" },
    });
    const stop = scheduledInvocation(made, "engines-evening-stop");
    expect(stop).toMatchObject({ invokes: "engines-register-targets", when: ["cron(0 19 * * ? *)", "UTC"] });
    expect(JSON.parse(stop.input)).toEqual({
      ...event,
      "detail-type": "Stop ECS Tasks",
      detail: { services: ["auth", "pdf"] },
    });
  });

  test("that stops nothing makes no registrar", () => {
    const made = layout({ schedules: { morning: { expression: "rate(1 day)", start: ["auth"] } } });
    expect(functionNames(made)).toEqual(["engines-start-task"]);
  });
});

test("creates a registrar and no load balancer for a stop event", () => {
  const made = layout({ stopEvents: { stop: { source: ["custom.app"] } } });
  expect(functionNames(made).sort()).toEqual(["engines-register-targets", "engines-start-task"]);
  expect(made).not.toHaveProperty("aws_lb");
});

/** The environment of start-task. */
const environmentOf = (made: Made) =>
  (
    only(made, "aws_lambda_function", { function_name: "engines-start-task" }) as {
      environment: { variables: Record<string, string> };
    }
  ).environment.variables;

test("with buffer the function of the launcher still gets the events itself", () => {
  const events = { start: { source: ["custom.app"] } };
  const made = layout({ events, buffer: true, createRunHistory: false });
  const targets = Object.values(made.aws_cloudwatch_event_target!);
  expect(targets.map(({ arn }) => arn)).toEqual(
    targets.map(() => expect.stringContaining("aws_lambda_function")),
  );
  expect(environmentOf(made)).toHaveProperty("BUFFER_QUEUE_URL");
  expect(environmentOf(layout())).not.toHaveProperty("BUFFER_QUEUE_URL");
});

test("passes the failure and interruption settings of a service on to its launch route", () => {
  const onFailure = { action: "retry", maxAttempts: 5 } as const;
  const made = layout({ services: { auth: { image, onFailure, interruptionRetries: 0 } } }, ({ routes }) =>
    expect(routes.auth).toMatchObject({
      onFailure: { action: "retry", maxAttempts: 5, backoffSeconds: 60 },
      interruptionRetries: 0,
      essentialContainers: ["engines-auth"],
    }),
  );
  expect(environmentOf(made)).toHaveProperty("RETRY_QUEUE_URL");
});

test("passes the deduplication window on to the launcher", () => {
  expect(environmentOf(layout({ deduplicationWindowHours: 720 })).DEDUPLICATION_WINDOW_HOURS).toBe("720");
  expect(environmentOf(layout()).DEDUPLICATION_WINDOW_HOURS).toBe("24");
});

test("monitors what exists, unless createMonitoring is false", () => {
  const services = { auth: reached.auth };
  const dashboards = (props: Partial<EventDrivenEcsProps>) =>
    Object.values(layout(props).aws_cloudwatch_dashboard ?? {});
  const [whole] = dashboards({ services, loadBalancer: http });
  expect(JSON.stringify(whole)).toContain("TargetGroup");
  const [small] = dashboards({});
  expect(JSON.stringify(small)).not.toContain("TargetGroup");
  expect(dashboards({ createMonitoring: false })).toEqual([]);
});

test.each<[string, Partial<EventDrivenEcsProps>, string]>([
  ["an upper-case name", { name: "Engines" }, 'name is "Engines"; a name has 1 to 28 lower-case letters'],
  [
    "a name that ends with a hyphen",
    { name: "engines-" },
    "starts with a letter and does not end with a hyphen.",
  ],
  [
    "no network at all",
    { network: undefined },
    "network is absent; give it with two or more availabilityZones",
  ],
  [
    "a network both created and given",
    { existingNetwork },
    "createNetwork is true and existingNetwork is given; give existingNetwork exactly when createNetwork is false.",
  ],
  [
    "a network neither created nor given",
    { createNetwork: false },
    "createNetwork is false and existingNetwork is absent; give existingNetwork exactly when createNetwork is false.",
  ],
  [
    "a cluster both created and given",
    { existingCluster },
    "createCluster is true and existingCluster is given",
  ],
  [
    "a cluster neither created nor given",
    { createCluster: false },
    "createCluster is false and existingCluster is absent",
  ],
  [
    "a capacity provider that the created cluster does not have",
    { capacityProviders: ["batch"], services: { auth: { image, capacity: "gpu" } } },
    'services.auth.capacity is "gpu", and the created cluster has the capacity providers "FARGATE", "FARGATE_SPOT", "batch"; add it to capacityProviders, or give an existingCluster that has it.',
  ],
  [
    "capacity providers of an existing cluster",
    { createCluster: false, existingCluster, capacityProviders: ["gpu"] },
    'capacityProviders is ["gpu"] with createCluster false; an existing cluster has its own',
  ],
  [
    "an unknown action on failure",
    { services: { auth: { image, onFailure: { action: "page" as "retry" } } } },
    'onFailure.action is "page"; allowed are "alarm", "retry", "dead_letter".',
  ],
  [
    "a window longer than the payload retention",
    { deduplicationWindowHours: 721 },
    "deduplicationWindowHours is 721 and payloadRetentionDays is 30; the bucket keeps a launch record for 720 hours",
  ],
  [
    "a service with an underscore",
    { services: { auth_api: { image: "busybox" } } },
    'services names "auth_api"',
  ],
  [
    "a file system both created and given",
    { services: mounting, existingFileSystem },
    "createFileSystem is true and existingFileSystem is given; give existingFileSystem exactly when createFileSystem is false.",
  ],
  [
    "a file system neither created nor given",
    { services: mounting, createFileSystem: false },
    "createFileSystem is false and existingFileSystem is absent",
  ],
  [
    "two services with the same path",
    { services: { auth: reached.auth, pdf: reached.auth }, loadBalancer: http },
    'services have the path "/api/auth/*" for auth and pdf; give each service a path of its own.',
  ],
  [
    "a path to a service without a port",
    { services: { auth: { image, path: "/" } }, loadBalancer: http },
    "services.auth.port is absent because its task exposes none",
  ],
  [
    "HTTPS without a certificate",
    { services: reached },
    'protocol is "HTTPS" and certificateArn is absent; give certificateArn exactly when protocol is "HTTPS".',
  ],
  [
    "a schedule of an unknown service",
    { schedules: { night: { expression: "rate(1 day)", start: ["auth"], stop: ["pdf"] } } },
    'schedules.night.stop names "pdf", which is not a service; the services are "auth".',
  ],
  [
    "a schedule that does nothing",
    { schedules: { night: { expression: "rate(1 day)" } } },
    "schedules.night has neither start nor stop; give at least one of them.",
  ],
  [
    "an upper-case schedule",
    { schedules: { Night: { expression: "rate(1 day)", start: ["auth"] } } },
    'schedules names "Night"; a schedule\'s name has 1 to 20 lower-case letters',
  ],
  [
    "a service started twice at once",
    { schedules: { night: { expression: "rate(1 day)", start: ["auth", "auth"] } } },
    'schedules make "night-auth" more than once;',
  ],
  [
    "two scheduled invocations with the same name",
    {
      services: { auth: { image }, "b-auth": { image } },
      schedules: {
        a: { expression: "rate(1 day)", start: ["b-auth"] },
        "a-b": { expression: "rate(2 days)", start: ["auth"] },
      },
    },
    'schedules make "a-b-auth" more than once;',
  ],
  ["one zone", { network: { availabilityZones: ["eu-west-1a"] } }, "eu-west-1a"],
])("refuses %s", (_what, props, message) => {
  expect(() => layout(props)).toThrow(message);
});

describe("subnets of an existing network", () => {
  const layout = (network: (stack: TerraformStack) => Partial<ExistingNetwork>, mountPath?: string) =>
    synthesize((stack) => {
      new EventDrivenEcs(stack, "engines", {
        name: "engines",
        createNetwork: false,
        existingNetwork: { vpcId: "vpc-0a1b2c3d4e5f60718", ...network(stack) },
        services: { job: { image: "busybox", mountPath } },
      });
    });
  const listToken = (stack: TerraformStack) =>
    new TerraformVariable(stack, "subnets", { type: "list(string)" }).listValue;
  const [a, b] = ["subnet-0a1b2c3d4e5f60718", "subnet-1a1b2c3d4e5f60718"];

  test("name the mount targets by their keys", () => {
    const targets = layout(() => ({ subnets: { b, a } }), "/mnt").aws_efs_mount_target!;
    expect(Object.values(targets).map(({ subnet_id }) => subnet_id)).toEqual([a, b]);
    const mounted = (subnets: Record<string, string>) => layout(() => ({ subnets }), "/mnt");
    expect(mounted({ a, b })).toEqual(mounted({ b, a }));
  });

  test("may be a list that only Terraform knows", () => {
    const routes = JSON.stringify(layout((stack) => ({ subnetIds: listToken(stack) })));
    expect(routes).not.toContain("TfToken");
  });

  test("are needed by key for mount targets", () => {
    expect(() => layout((stack) => ({ subnetIds: listToken(stack) }), "/mnt")).toThrow(
      "existingNetwork.subnetIds is a list that only Terraform knows, and the mountPath of job needs a mount target for each subnet. Give existingNetwork.subnets as a map with literal keys",
    );
  });

  test.each([
    [{}, "existingNetwork has neither subnets nor subnetIds; give one of them"],
    [{ subnetIds: [a], subnets: { a } }, "existingNetwork has both subnets and subnetIds; give one of them"],
  ])("refuses %j", (network, message) => {
    expect(() => layout(() => network)).toThrow(message);
  });
});
