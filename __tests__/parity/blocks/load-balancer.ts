import { LoadBalancer, type LoadBalancerProps } from "../../../src/load-balancer";
import type { ListenerRule } from "../../../src/load-balancer/listener-rule";
import { block } from "./block";
import { everyName } from "./names";

const placed = {
  vpcId: "vpc-0a1b2c3d4e5f60718",
  subnetIds: ["subnet-0a1b2c3d4e5f60718", "subnet-0a1b2c3d4e5f60719"],
};

const to = (path: string, more: Partial<ListenerRule> = {}): ListenerRule => ({
  path,
  port: 8080,
  securityGroupId: "sg-0a1b2c3d4e5f60718",
  ...more,
});

const certificateArn = "arn:aws:acm:us-east-1:123456789012:certificate/12345678-90ab-cdef-1234-567890abcdef";

const everything: LoadBalancerProps = {
  ...placed,
  name: "all-lb-whose-name-is-as-long",
  internal: true,
  certificateArn,
  sslPolicy: "ELBSecurityPolicy-TLS13-1-3-2021-06",
  ingress: { "office/berlin": "203.0.113.0/24", vpc: "10.0.0.0/16" },
  deletionProtection: false,
  idleTimeoutSeconds: 4000,
  accessLogRetentionDays: 30,
  routes: {
    auth: to("/api/auth/*", {
      healthCheck: {
        path: "/health",
        matcher: "200,204",
        intervalSeconds: 10,
        timeoutSeconds: 9,
        healthyThreshold: 10,
        unhealthyThreshold: 3,
      },
      stickinessSeconds: 604800,
      deregistrationDelaySeconds: 0,
    }),
    pdf: to("/api/pdf/*", { priority: 7 }),
    bridge: to("/bridge", { networkMode: "bridge", targetType: "instance" }),
    host: to("/host", { networkMode: "host", targetType: "instance", port: 80 }),
  },
  tags: { team: "platform", "cost/center": "7" },
};

export const loadBalancer = block<LoadBalancerProps>({
  module: "load-balancer",
  construct: LoadBalancer,
  settings: {
    defaults: { ...placed, name: "plain-lb", certificateArn, ingress: { office: "203.0.113.0/24" } },
    everything,
    named: { ...everything, name: "named-lb", names: everyName(LoadBalancer, everything) },
    http: {
      ...placed,
      name: "http-lb",
      protocol: "HTTP",
      ingress: {},
      createAccessLogBucket: false,
      existingAccessLogBucket: "access-logs",
      routes: { all: to("/*") },
      tags: {},
    },
    given: {
      ...placed,
      name: "given-lb",
      ingress: {},
      createLoadBalancer: false,
      existingLoadBalancer: {
        arn: "arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/app/theirs/0123456789abcdef",
        securityGroupId: "sg-0a1b2c3d4e5f60719",
        dnsName: "theirs-1234567890.us-east-1.elb.amazonaws.com",
      },
      createListener: false,
      existingListener: {
        arn: "arn:aws:elasticloadbalancing:us-east-1:123456789012:listener/app/theirs/0123456789abcdef/0123456789abcdef",
      },
      routes: { auth: to("/auth") },
    },
    odd: {
      ...placed,
      name: "a",
      certificateArn: "arn:aws:iam::123456789012:server-certificate/a",
      ingress: { "": "0.0.0.0/0" },
      routes: {
        // Three that ask for one place, and one that asks for the next.
        s3: to("/a/535/*"),
        s2: to("/a/065/*"),
        s1: to("/a/001/*"),
        s0: to("/a/153/*"),
        "_-_": to("/"),
        "-x-_this-name-is-as-long-as-a-name-of-a-service-here-can-be-0123": to(`/${"a".repeat(127)}`),
        every: to("/_-.$/~\"'@:+&*?*?*"),
      },
      tags: { "a_b.c:/=+-@ d": "_.:/=+-@ é" },
    },
  },
});
