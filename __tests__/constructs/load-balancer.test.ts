import { AcmCertificate } from "@cdktf/provider-aws/lib/acm-certificate";
import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { TerraformVariable } from "cdktf";
import { type LoadBalancedTask, LoadBalancer, type LoadBalancerProps } from "../../src/load-balancer";
import type { ListenerRule } from "../../src/load-balancer/listener-rule";
import { Task } from "../../src/task";
import { only, synthesize } from "./synth";

const placed: LoadBalancerProps = {
  name: "engines",
  vpcId: "vpc-0a1b2c3d4e5f60718",
  subnetIds: ["subnet-0a1b2c3d4e5f60718", "subnet-0a1b2c3d4e5f60719"],
  certificateArn: "arn:aws:acm:eu-west-1:123456789012:certificate/12345678-90ab-cdef-1234-567890abcdef",
  ingress: { office: "203.0.113.0/24" },
};

const to = (path: string, more: Partial<ListenerRule> = {}): ListenerRule => ({
  path,
  port: 8080,
  securityGroupId: "sg-0a1b2c3d4e5f60719",
  ...more,
});

const auth: LoadBalancedTask = {
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

const prioritiesOf = (routes: Record<string, ListenerRule>): Record<string, unknown> => {
  const resources = loadBalancer({ routes });
  const rules = Object.entries(resources.aws_lb_listener_rule!);
  return Object.fromEntries(
    Object.keys(routes).map((service) => [
      service,
      rules.find(([id]) => id.includes(`_rule-${service}_`))![1].priority,
    ]),
  );
};

/** The message of the error that `refused` throws. */
const messageOf = (refused: () => unknown): string => {
  try {
    refused();
  } catch (error) {
    return (error as Error).message;
  }
  return "nothing was thrown";
};

const hundred = Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`s${index}`, to(`/${index}`)]));

describe("priorities", () => {
  test("depend on the path, the more literal one first", () => {
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

  test("move to the next free one when they collide, in the order of names", () => {
    const [s0, s1, s2, s3] = [to("/a/153/*"), to("/a/001/*"), to("/a/065/*"), to("/a/535/*")];
    expect([s0, s1, s2, s3].map((alone) => prioritiesOf({ alone }).alone)).toEqual([
      47554, 47553, 47553, 47553,
    ]);
    expect(prioritiesOf({ s3, s2, s1, s0 })).toEqual({ s0: 47556, s1: 47553, s2: 47554, s3: 47555 });
  });

  test("can be given", () => {
    expect(prioritiesOf({ auth: to("/auth", { priority: 1 }), pdf: to("/pdf") }).auth).toBe(1);
  });
});

describe("route()", () => {
  test("makes the same resources as the prop routes", () => {
    const byProp = loadBalancer({ routes: { "engines-auth": to("/auth", { stickinessSeconds: 60 }) } });
    expect(loadBalancer({}, (balancer) => balancer.route("/auth", auth, { stickinessSeconds: 60 }))).toEqual(
      byProp,
    );
  });

  test("returns what a launch route takes to have a target group, and nothing else", () => {
    loadBalancer({}, (balancer) => {
      const targetGroup = balancer.route("/auth", auth, { name: "auth", deregistrationDelaySeconds: 5 });
      expect(targetGroup).toEqual({
        targetGroupArn: expect.stringContaining("TfToken"),
        targetType: "ip",
        deregistrationDelaySeconds: 5,
      });
      expect(balancer.targets).toEqual({ auth: targetGroup });
    });
  });

  test("allows requests to the port and the security group of the task", () => {
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

  test("registers container instances for a task that shares their network", () => {
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

test("plain HTTP gets only a redirect", () => {
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

test("a target group's name has at most 32 characters, and depends on everything that forces a replacement", () => {
  const routes = { "an_odd-name_that_is_long": to("/") };
  const group = only(loadBalancer({ name: "engines-of-a-company", routes }), "aws_lb_target_group");
  expect(group.name).toBe(
    'engines-of-a-company-an-${substr(sha1(join("/", ["engines-of-a-company", "an_odd-name_that_is_long", "vpc-0a1b2c3d4e5f60718", "ip", "8080"])), 0, 8)}',
  );
  expect(group.lifecycle).toEqual({ create_before_destroy: true });
});

test("uses an existing load balancer, listener and bucket, and creates none", () => {
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

test("checks a certificate or a region that only Terraform will know in the plan", () => {
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
    "a subnet twice",
    { subnetIds: ["subnet-1", "subnet-1"] },
    'subnetIds names "subnet-1" twice; each ID is named once.',
  ],
  [
    "a range of status codes that ends before it begins",
    { routes: { auth: to("/a", { healthCheck: { matcher: "299-200" } }) } },
    'routes.auth.healthCheck.matcher is "299-200"; a range of status codes begins with the lower one',
  ],
  [
    "two services with one path",
    { routes: { auth: to("/api/*"), pdf: to("/api/*") } },
    'routes have the path "/api/*" for auth and pdf; give each service a path of its own.',
  ],
  [
    "more than 100 rules",
    { routes: { ...hundred, a: to("/a") } },
    "routes has 101 services; a load balancer has at most 100 rules (quota of Elastic Load Balancing).",
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
    "a task that exposes no port",
    { routes: { auth: { ...to("/"), port: undefined as never } } },
    "routes.auth.port is absent because its task exposes none",
  ],
  [
    "port zero",
    { routes: { auth: to("/", { port: 0 }) } },
    "routes.auth.port is 0; TCP takes whole numbers from 1 to 65535.",
  ],
  [
    "target type ip in bridge mode",
    { routes: { auth: to("/", { networkMode: "bridge" }) } },
    'routes.auth.targetType is "ip" with networkMode "bridge"; "awsvpc" takes targetType "ip"',
  ],
  [
    "target type instance with awsvpc",
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
    'certificateArn is "arn:aws:acm:us-east-1:123456789012:certificate/a"; a load balancer in eu-west-1 accepts only certificates of eu-west-1.',
  ],
  [
    "HTTPS without a certificate",
    { certificateArn: undefined },
    'protocol is "HTTPS" and certificateArn is absent; give certificateArn exactly when protocol is "HTTPS".',
  ],
  ["a certificate for HTTP", { protocol: "HTTP" }, 'protocol is "HTTP" and certificateArn is given;'],
  [
    "a certificate that is not an ARN",
    { certificateArn: "example.com" },
    'certificateArn is "example.com"; it takes',
  ],
  [
    "the same priority twice",
    { routes: { auth: to("/auth", { priority: 7 }), pdf: to("/pdf", { priority: 7 }) } },
    "The listener rules in routes have the priorities auth 7, pdf 7; each needs a different one",
  ],
  [
    "a priority that is computed for another path",
    { routes: { auth: to("/api/auth/*"), pdf: to("/pdf", { priority: 46030 }) } },
    "The listener rules in routes have the priorities auth 46030, pdf 46030;",
  ],
  [
    "priority zero",
    { routes: { auth: to("/", { priority: 0 }) } },
    "routes.auth.priority is 0; Elastic Load Balancing takes whole numbers from 1 to 50000.",
  ],
  [
    "a service with a dot",
    { routes: { "a.b": to("/") } },
    'routes names "a.b"; a service\'s name has 1 to 64',
  ],
  [
    "a health check timeout that is not less than its interval",
    { routes: { auth: to("/", { healthCheck: { intervalSeconds: 5 } }) } },
    "routes.auth.healthCheck.timeoutSeconds is 5 with intervalSeconds 5; it must be less.",
  ],
  [
    "a health check matcher that is not a status code",
    { routes: { auth: to("/", { healthCheck: { matcher: "2xx" } }) } },
    'routes.auth.healthCheck.matcher is "2xx"; it takes status codes from 200 to 499',
  ],
  [
    "a healthy threshold of 1",
    { routes: { auth: to("/", { healthCheck: { healthyThreshold: 1 } }) } },
    "routes.auth.healthCheck.healthyThreshold is 1; Elastic Load Balancing takes whole numbers from 2 to 10.",
  ],
  [
    "a stickiness of 0 seconds",
    { routes: { auth: to("/", { stickinessSeconds: 0 }) } },
    "routes.auth.stickinessSeconds is 0; Elastic Load Balancing takes whole numbers from 1 to 604800.",
  ],
  [
    "a deregistration delay over an hour",
    { routes: { auth: to("/", { deregistrationDelaySeconds: 3601 }) } },
    "routes.auth.deregistrationDelaySeconds is 3601; Elastic Load Balancing takes whole numbers from 0 to 3600.",
  ],
  ["one subnet", { subnetIds: ["subnet-0a1b2c3d4e5f60718"] }, "subnetIds has 1 subnets;"],
  [
    "a name that AWS reserves",
    { name: "internal-engines" },
    'name is "internal-engines"; a load balancer\'s',
  ],
  ["an unknown protocol", { protocol: "TCP" as "HTTP" }, 'protocol is "TCP"; allowed are "HTTPS", "HTTP".'],
  ["an unknown TLS policy", { sslPolicy: "TLS1.2" }, 'sslPolicy is "TLS1.2"; it takes the name'],
  ["an invalid IPv4 range", { ingress: { office: "203.0.113.1/24" } }, 'ingress.office is "203.0.113.1/24";'],
  [
    "an idle timeout of 0 seconds",
    { idleTimeoutSeconds: 0 },
    "idleTimeoutSeconds is 0; Elastic Load Balancing takes whole numbers from 1 to 4000.",
  ],
  [
    "an access log retention of 0 days",
    { accessLogRetentionDays: 0 },
    "accessLogRetentionDays is 0; it takes whole numbers from 1.",
  ],
  [
    "a bucket neither created nor given",
    { createAccessLogBucket: false },
    "createAccessLogBucket is false and existingAccessLogBucket is absent;",
  ],
  [
    "a load balancer both created and given",
    { existingLoadBalancer: { arn: "arn", securityGroupId: "sg-1", dnsName: "a" } },
    "createLoadBalancer is true and existingLoadBalancer is given;",
  ],
  [
    "an existing listener of a load balancer that is created",
    { createListener: false, existingListener: { arn: "arn" }, ingress: {} },
    "createListener is false and createLoadBalancer is true;",
  ],
  [
    "ingress for an existing listener",
    {
      createLoadBalancer: false,
      existingLoadBalancer: { arn: "arn", securityGroupId: "sg-1", dnsName: "a" },
      createListener: false,
      existingListener: { arn: "arn" },
    },
    "createListener is false and ingress has office;",
  ],
])("refuses %s", (_what, props, message) => {
  const text = messageOf(() => loadBalancer(props));
  expect(text).toContain(message);
  expect(text).toContain("(at test/balancer)");
});

test("route() refuses a 101st rule, a task without a port, a path twice and a name twice", () => {
  const using = (use: (balancer: LoadBalancer) => void) => () => loadBalancer({}, use);
  const full = () => loadBalancer({ routes: hundred }, (balancer) => balancer.route("/a", auth));
  expect(full).toThrow(
    "routes has 101 services; a load balancer has at most 100 rules (quota of Elastic Load Balancing).",
  );
  expect(using((balancer) => balancer.route("/", { ...auth, port: undefined }))).toThrow(
    "routes.engines-auth.port is absent because its task exposes none",
  );
  expect(
    using((balancer) => {
      balancer.route("/", auth);
      balancer.route("/", auth, { name: "again" });
    }),
  ).toThrow('routes have the path "/" for engines-auth and again; give each service a path of its own.');
  expect(
    using((balancer) => {
      balancer.route("/", auth);
      balancer.route("/again", auth);
    }),
  ).toThrow('routes names "engines-auth" twice; give one of them another name.');
});
