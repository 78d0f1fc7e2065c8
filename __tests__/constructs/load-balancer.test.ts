import { AcmCertificate } from "@cdktf/provider-aws/lib/acm-certificate";
import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { TerraformVariable } from "cdktf";
import { LoadBalancer, type LoadBalancerProps, type Target } from "../../src/load-balancer";
import type { TargetRoute } from "../../src/load-balancer/target-route";
import { Task } from "../../src/task";
import { only, synthesize } from "./synth";

const placed: LoadBalancerProps = {
  name: "engines",
  vpcId: "vpc-0a1b2c3d4e5f60718",
  subnetIds: ["subnet-0a1b2c3d4e5f60718", "subnet-0a1b2c3d4e5f60719"],
  certificateArn: "arn:aws:acm:eu-west-1:123456789012:certificate/12345678-90ab-cdef-1234-567890abcdef",
  ingress: { office: "203.0.113.0/24" },
};

const to = (path: string, more: Partial<TargetRoute> = {}): TargetRoute => ({
  path,
  port: 8080,
  securityGroupId: "sg-0a1b2c3d4e5f60719",
  ...more,
});

const auth: Target = {
  containerName: "engines-auth",
  port: 8080,
  securityGroupId: "sg-0a1b2c3d4e5f60719",
  route: {},
};

const loadBalancer = (
  props: Partial<LoadBalancerProps> = {},
  use: (made: LoadBalancer) => void = () => undefined,
) =>
  synthesize((stack) => {
    new AwsProvider(stack, "aws", { region: "eu-west-1" });
    use(new LoadBalancer(stack, "balancer", { ...placed, ...props }));
  });

const prioritiesOf = (routes: Record<string, TargetRoute>): Record<string, unknown> => {
  const resources = loadBalancer({ routes });
  const rules = Object.entries(resources.aws_lb_listener_rule!);
  return Object.fromEntries(
    Object.keys(routes).map((service) => [
      service,
      rules.find(([id]) => id.includes(`_rule-${service}_`))![1].priority,
    ]),
  );
};

/** What the error says that `refused` throws. */
const whatSays = (refused: () => unknown): string => {
  try {
    refused();
  } catch (error) {
    return (error as Error).message;
  }
  return "nothing was thrown";
};

const hundred = Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`s${index}`, to(`/${index}`)]));

describe("priorities", () => {
  test("follow from the path, the more literal one first", () => {
    const priorities = prioritiesOf({
      auth: to("/api/auth/*"),
      every: to("/*"),
      api: to("/api/*"),
      exact: to("/api/auth/login"),
    });
    expect(priorities.auth).toBe(46030);
    const inOrder = Object.keys(priorities).sort((a, b) => Number(priorities[a]) - Number(priorities[b]));
    expect(inOrder).toEqual(["exact", "auth", "api", "every"]);
  });

  test("stay when a service is added", () => {
    expect(prioritiesOf({ auth: to("/api/auth/*"), a: to("/a"), z: to("/z") }).auth).toBe(46030);
  });

  test("move to the next free one where paths ask for one place, in the order of names", () => {
    const [s0, s1, s2, s3] = [to("/a/153/*"), to("/a/001/*"), to("/a/065/*"), to("/a/535/*")];
    expect([s0, s1, s2, s3].map((alone) => prioritiesOf({ alone }).alone)).toEqual([
      47554, 47553, 47553, 47553,
    ]);
    expect(prioritiesOf({ s3, s2, s1, s0 })).toEqual({ s0: 47556, s1: 47553, s2: 47554, s3: 47555 });
  });

  test("are what is given", () => {
    expect(prioritiesOf({ auth: to("/auth", { priority: 1 }), pdf: to("/pdf") }).auth).toBe(1);
  });
});

describe("the verb", () => {
  test("makes what the prop makes", () => {
    const byProp = loadBalancer({ routes: { "engines-auth": to("/auth", { stickinessSeconds: 60 }) } });
    expect(loadBalancer({}, (balancer) => balancer.route("/auth", auth, { stickinessSeconds: 60 }))).toEqual(
      byProp,
    );
  });

  test("hands out what makes a task's route one with targets, and nothing else", () => {
    loadBalancer({}, (balancer) => {
      const targets = balancer.route("/auth", auth, { name: "auth", deregistrationDelaySeconds: 5 });
      expect(targets).toEqual({
        targetGroupArn: expect.stringContaining("TfToken"),
        targetType: "ip",
        deregistrationDelaySeconds: 5,
      });
      expect(balancer.targets).toEqual({ auth: targets });
    });
  });

  test("reaches a task on its own port, by its own security group", () => {
    const resources = synthesize((stack) => {
      const task = new Task(stack, "auth", {
        name: "auth",
        clusterArn: "arn:aws:ecs:eu-west-1:123456789012:cluster/engines",
        vpcId: placed.vpcId,
        subnetIds: placed.subnetIds!,
        image: "auth",
        port: 9090,
      });
      new LoadBalancer(stack, "balancer", placed).route("/auth", task);
    });
    const [taskGroup] = Object.keys(resources.aws_security_group!).filter((id) => id.startsWith("auth"));
    const [ownGroup] = Object.keys(resources.aws_security_group!).filter((id) => id.startsWith("balancer"));
    expect(
      only(resources, "aws_vpc_security_group_ingress_rule", {
        security_group_id: `\${aws_security_group.${taskGroup}.id}`,
      }),
    ).toMatchObject({
      from_port: 9090,
      to_port: 9090,
      referenced_security_group_id: `\${aws_security_group.${ownGroup}.id}`,
    });
    expect(
      only(resources, "aws_vpc_security_group_egress_rule", {
        security_group_id: `\${aws_security_group.${ownGroup}.id}`,
      }),
    ).toMatchObject({
      from_port: 9090,
      to_port: 9090,
      referenced_security_group_id: `\${aws_security_group.${taskGroup}.id}`,
    });
  });

  test("takes instances for a task that shares their network", () => {
    loadBalancer({}, (balancer) => {
      const { targetType } = balancer.route("/", { ...auth, route: { networkMode: "host" } });
      expect(targetType).toBe("instance");
    });
    const bridge = loadBalancer({}, (balancer) =>
      balancer.route("/", { ...auth, route: { networkMode: "bridge" } }),
    );
    expect(only(bridge, "aws_vpc_security_group_egress_rule")).toMatchObject({
      from_port: 32768,
      to_port: 65535,
    });
  });
});

test("plain HTTP gets nothing but a redirect", () => {
  const listeners = loadBalancer();
  expect(only(listeners, "aws_lb_listener", { port: 80 }).default_action).toEqual([
    { type: "redirect", redirect: { protocol: "HTTPS", port: "443", status_code: "HTTP_301" } },
  ]);
  expect(only(listeners, "aws_lb_listener", { port: 443 })).toMatchObject({
    protocol: "HTTPS",
    certificate_arn: placed.certificateArn,
    ssl_policy: "ELBSecurityPolicy-TLS13-1-2-2021-06",
  });
});

test("a target group's name has at most 32 characters, and all that forces a new group is in it", () => {
  const routes = { "an_odd-name_that_is_long": to("/") };
  const group = only(loadBalancer({ name: "engines-of-a-company", routes }), "aws_lb_target_group");
  expect(group.name).toBe(
    'engines-of-a-company-an-${substr(sha1(join("/", ["engines-of-a-company", "an_odd-name_that_is_long", "vpc-0a1b2c3d4e5f60718", "ip", "8080"])), 0, 8)}',
  );
  expect(group.lifecycle).toEqual({ create_before_destroy: true });
});

test("what is given is taken, and nothing made beside it", () => {
  const arn = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/app/theirs/fedcba9876543210";
  const resources = loadBalancer({
    certificateArn: undefined,
    ingress: {},
    createLoadBalancer: false,
    existingLoadBalancer: { arn, securityGroupId: "sg-0a1b2c3d4e5f60720", dnsName: "theirs" },
    createListener: false,
    existingListener: { arn: "listener" },
    routes: { auth: to("/auth") },
  });
  expect(Object.keys(resources).sort()).toEqual([
    "aws_lb_listener_rule",
    "aws_lb_target_group",
    "aws_vpc_security_group_egress_rule",
    "aws_vpc_security_group_ingress_rule",
  ]);
  expect(only(resources, "aws_lb_listener_rule").listener_arn).toBe("listener");
});

test("a certificate or a region that only Terraform will know is left to its plan", () => {
  const arn = "arn:aws:acm:us-east-1:123456789012:certificate/12345678-90ab-cdef-1234-567890abcdef";
  const listener = (build: (stack: Parameters<Parameters<typeof synthesize>[0]>[0]) => string) =>
    only(
      synthesize((stack) => new LoadBalancer(stack, "balancer", { ...placed, certificateArn: build(stack) })),
      "aws_lb_listener",
      { port: 443 },
    );
  const checked = (certificate: string) => ({
    precondition: [
      expect.objectContaining({
        condition: `\${contains(["", element(split(".", data.aws_region.event-driven-ecs-region.endpoint), 1)], element(split(":", ${certificate}), 3))}`,
      }),
    ],
  });
  expect(listener(() => arn).lifecycle).toEqual(checked(`"${arn}"`));
  expect(
    listener((stack) => {
      const region = new TerraformVariable(stack, "region", { type: "string" }).stringValue;
      new AwsProvider(stack, "aws", { region });
      return arn;
    }).lifecycle,
  ).toEqual(checked(`"${arn}"`));
  expect(
    listener((stack) => {
      new AwsProvider(stack, "aws", { region: "eu-west-1" });
      return new AcmCertificate(stack, "certificate", { domainName: "example.com" }).arn;
    }).lifecycle,
  ).toEqual(checked("aws_acm_certificate.certificate.arn"));
});

test.each<[string, Partial<LoadBalancerProps>, string]>([
  [
    "two services with one path",
    { routes: { auth: to("/api/*"), pdf: to("/api/*") } },
    'routes lead "/api/*" to auth and pdf; a path leads to one service.',
  ],
  [
    "more than a hundred rules",
    { routes: { ...hundred, a: to("/a") } },
    "routes has 101 services; a load balancer takes 100 rules.",
  ],
  [
    "a path with a character that AWS refuses",
    { routes: { auth: to("/api auth") } },
    'routes.auth.path is "/api auth"; a path starts with / and has 1 to 128 letters',
  ],
  [
    "a path of 129 characters",
    { routes: { auth: to(`/${"a".repeat(128)}`) } },
    "a path starts with / and has 1 to 128 letters",
  ],
  ["a path that starts elsewhere", { routes: { auth: to("*.png") } }, 'routes.auth.path is "*.png"; a path'],
  ["a path with six wildcards", { routes: { auth: to("/*/?/*/?/*/?") } }, "and * or ? up to five times."],
  [
    "a port that the task does not expose",
    { routes: { auth: { ...to("/"), port: undefined as never } } },
    "routes.auth.port is absent, for its task exposes none",
  ],
  ["port zero", { routes: { auth: to("/", { port: 0 }) } }, "routes.auth.port is 0; TCP takes 1 to 65535."],
  [
    "addresses of tasks on a bridge",
    { routes: { auth: to("/", { networkMode: "bridge" }) } },
    'routes.auth.targetType is "ip" with networkMode "bridge"; "awsvpc" takes targetType "ip"',
  ],
  [
    "instances of tasks with a network of their own",
    { routes: { auth: to("/", { targetType: "instance" }) } },
    'routes.auth.targetType is "instance" with networkMode "awsvpc";',
  ],
  [
    "an unknown target type",
    { routes: { auth: to("/", { targetType: "lambda" as "ip" }) } },
    'routes.auth.targetType is "lambda"; allowed are "ip", "instance".',
  ],
  [
    "a certificate of another region",
    { certificateArn: "arn:aws:acm:us-east-1:123456789012:certificate/a" },
    'certificateArn is "arn:aws:acm:us-east-1:123456789012:certificate/a"; a load balancer in eu-west-1 takes certificates of eu-west-1 only.',
  ],
  [
    "HTTPS without a certificate",
    { certificateArn: undefined },
    'protocol is "HTTPS" and certificateArn is absent; give certificateArn exactly when protocol is "HTTPS".',
  ],
  ["a certificate for HTTP", { protocol: "HTTP" }, 'protocol is "HTTP" and certificateArn is given;'],
  [
    "a certificate that is none",
    { certificateArn: "example.com" },
    'certificateArn is "example.com"; it takes',
  ],
  [
    "one priority twice",
    { routes: { auth: to("/auth", { priority: 7 }), pdf: to("/pdf", { priority: 7 }) } },
    "The rules of routes have the priorities auth 7, pdf 7; each needs one of its own",
  ],
  [
    "a priority that another path has",
    { routes: { auth: to("/api/auth/*"), pdf: to("/pdf", { priority: 46030 }) } },
    "The rules of routes have the priorities auth 46030, pdf 46030;",
  ],
  [
    "priority zero",
    { routes: { auth: to("/", { priority: 0 }) } },
    "routes.auth.priority is 0; Elastic Load Balancing takes 1 to 50000.",
  ],
  [
    "a service with a dot",
    { routes: { "a.b": to("/") } },
    'routes names "a.b"; a service\'s name has 1 to 64',
  ],
  [
    "a health check that takes longer than its interval",
    { routes: { auth: to("/", { healthCheck: { intervalSeconds: 5 } }) } },
    "routes.auth.healthCheck.timeoutSeconds is 5 with intervalSeconds 5; it must be less.",
  ],
  [
    "a health check of a status that is none",
    { routes: { auth: to("/", { healthCheck: { matcher: "2xx" } }) } },
    'routes.auth.healthCheck.matcher is "2xx"; it takes status codes from 200 to 499',
  ],
  [
    "one check for healthy",
    { routes: { auth: to("/", { healthCheck: { healthyThreshold: 1 } }) } },
    "routes.auth.healthCheck.healthyThreshold is 1; Elastic Load Balancing takes 2 to 10.",
  ],
  [
    "to stick for no time",
    { routes: { auth: to("/", { stickinessSeconds: 0 }) } },
    "routes.auth.stickinessSeconds is 0; Elastic Load Balancing takes 1 to 604800.",
  ],
  [
    "to drain for more than an hour",
    { routes: { auth: to("/", { deregistrationDelaySeconds: 3601 }) } },
    "routes.auth.deregistrationDelaySeconds is 3601; Elastic Load Balancing takes 0 to 3600.",
  ],
  ["one subnet", { subnetIds: ["subnet-0a1b2c3d4e5f60718"] }, "subnetIds has 1 subnets;"],
  ["a name that AWS keeps", { name: "internal-engines" }, 'name is "internal-engines"; a load balancer\'s'],
  ["an unknown protocol", { protocol: "TCP" as "HTTP" }, 'protocol is "TCP"; allowed are "HTTPS", "HTTP".'],
  ["a TLS policy that is none", { sslPolicy: "TLS1.2" }, 'sslPolicy is "TLS1.2"; it takes the name'],
  ["a range that is none", { ingress: { office: "203.0.113.1/24" } }, 'ingress.office is "203.0.113.1/24";'],
  [
    "no idle time",
    { idleTimeoutSeconds: 0 },
    "idleTimeoutSeconds is 0; Elastic Load Balancing takes 1 to 4000.",
  ],
  ["logs for no day", { accessLogRetentionDays: 0 }, "accessLogRetentionDays is 0; it must be at least 1."],
  [
    "neither a bucket nor one given",
    { createAccessLogBucket: false },
    "createAccessLogBucket is false and existingAccessLogBucket is absent;",
  ],
  [
    "a load balancer made and given",
    { existingLoadBalancer: { arn: "arn", securityGroupId: "sg-1", dnsName: "a" } },
    "createLoadBalancer is true and existingLoadBalancer is given;",
  ],
  [
    "a listener of a load balancer that is still to be made",
    { createListener: false, existingListener: { arn: "arn" }, ingress: {} },
    "createListener is false and createLoadBalancer is true;",
  ],
  [
    "to open a listener that was given",
    {
      createLoadBalancer: false,
      existingLoadBalancer: { arn: "arn", securityGroupId: "sg-1", dnsName: "a" },
      createListener: false,
      existingListener: { arn: "arn" },
    },
    "createListener is false and ingress has office;",
  ],
])("refuses %s", (_what, props, message) => {
  const said = whatSays(() => loadBalancer(props));
  expect(said).toContain(message);
  expect(said).toContain("(at test/balancer)");
});

test("the verb refuses a hundred and first rule, a task without a port, a path twice and a name twice", () => {
  const using = (use: (balancer: LoadBalancer) => void) => () => loadBalancer({}, use);
  const full = () => loadBalancer({ routes: hundred }, (balancer) => balancer.route("/a", auth));
  expect(full).toThrow("routes has 101 services; a load balancer takes 100 rules.");
  expect(using((balancer) => balancer.route("/", { ...auth, port: undefined }))).toThrow(
    "routes.engines-auth.port is absent, for its task exposes none",
  );
  expect(
    using((balancer) => {
      balancer.route("/", auth);
      balancer.route("/", auth, { name: "again" });
    }),
  ).toThrow('routes lead "/" to engines-auth and again; a path leads to one service.');
  expect(
    using((balancer) => {
      balancer.route("/", auth);
      balancer.route("/again", auth);
    }),
  ).toThrow('routes names "engines-auth" twice; give one of them another name.');
});
