import { Lb } from "@cdktf/provider-aws/lib/lb";
import { LbListener } from "@cdktf/provider-aws/lib/lb-listener";
import { LbListenerRule } from "@cdktf/provider-aws/lib/lb-listener-rule";
import { LbTargetGroup } from "@cdktf/provider-aws/lib/lb-target-group";
import { SecurityGroup } from "@cdktf/provider-aws/lib/security-group";
import { VpcSecurityGroupEgressRule } from "@cdktf/provider-aws/lib/vpc-security-group-egress-rule";
import { VpcSecurityGroupIngressRule } from "@cdktf/provider-aws/lib/vpc-security-group-ingress-rule";
import { Fn, Lazy, Token } from "cdktf";
import type { Construct } from "constructs";
import { Bucket } from "../bucket";
import { accountOf } from "../core/account";
import { json } from "../core/json";
import { sortedEntries } from "../core/maps";
import { Twin } from "../core/twin";
import { check } from "../core/validation";
import { certificateOfRegion, checkLoadBalancer } from "./checks";
import { disputedOf, prioritiesOf } from "./priorities";
import type { LoadBalancerProps, Target, Targets } from "./props";
import { checkTargetRoute, type TargetOptions, type TargetRoute } from "./target-route";

export type { LoadBalancerProps, Target, Targets } from "./props";

/**
 * One application load balancer for many tasks: a path leads to a target group, which is empty until somebody
 * registers a task. HTTPS by default, access logs, nobody let in who is not named, and no security group open between
 * load balancer and tasks but on the tasks' own port. Twin of the module `load-balancer`.
 *
 * @throws ValidationError when a value is one that AWS refuses, when two services have one path or one priority, when a
 * task exposes no port or does not fit its target type, or when the certificate is of another region.
 */
export class LoadBalancer extends Twin {
  readonly arn: string;
  /** End of the ARN, by which CloudWatch knows the load balancer. */
  readonly arnSuffix: string;
  readonly dnsName: string;
  /** ID of the Route 53 zone of the DNS name, for an alias record; undefined when the load balancer was given. */
  readonly zoneId: string | undefined;
  readonly securityGroupId: string;
  /** ARN of the listener that has the rules. */
  readonly listenerArn: string;
  /** What makes a service's route one with targets, by service. */
  readonly targets: Record<string, Targets> = {};
  /** End of each target group's ARN, by which CloudWatch knows it, by service. */
  readonly targetGroupArnSuffixes: Record<string, string> = {};

  private readonly props: LoadBalancerProps;
  private readonly routes: Record<string, TargetRoute> = {};

  constructor(scope: Construct, id: string, props: LoadBalancerProps) {
    super(scope, id);
    this.props = props;
    checkLoadBalancer(this, props);

    const made = (props.createLoadBalancer ?? true) ? this.loadBalancer() : undefined;
    const { arn, securityGroupId, dnsName } = made ?? props.existingLoadBalancer!;
    this.arn = arn;
    this.arnSuffix = made?.arnSuffix ?? Fn.element(Fn.split(":loadbalancer/", arn), 1);
    this.dnsName = dnsName;
    this.zoneId = made?.zoneId;
    this.securityGroupId = securityGroupId;
    this.listenerArn = (props.createListener ?? true) ? this.listener() : props.existingListener!.arn;
    this.checkCount(Object.keys(props.routes ?? {}).length);
    for (const [service, route] of sortedEntries(props.routes)) this.addRoute(service, route);
  }

  /**
   * Leads a path to a task.
   *
   * @param path of requests: 1 to 128 characters from `/` on, in which `*` stands for any characters and `?` for any one.
   * @param options `name` is the service's name, unique here.
   * @returns what makes the task's route one with targets: `{ ...task.route, ...loadBalancer.route("/api/*", task) }`.
   * @throws ValidationError when the path is one that AWS refuses or leads elsewhere already, or the task exposes no port.
   */
  route(path: string, task: Target, options: TargetOptions & { readonly name?: string } = {}): Targets {
    const { name = task.containerName, ...rest } = options;
    const { networkMode = "awsvpc" } = task.route;
    this.checkCount(Object.keys(this.routes).length + 1);
    return this.addRoute(name, {
      ...rest,
      path,
      // A task that exposes none is refused with every other route that has none.
      port: task.port!,
      securityGroupId: task.securityGroupId,
      networkMode,
      targetType: networkMode === "awsvpc" ? "ip" : "instance",
    });
  }

  private addRoute(service: string, route: TargetRoute): Targets {
    checkTargetRoute(this, service, route);
    this.checkAgainstOthers(service, route);
    this.routes[service] = route;
    this.letThrough(service, route);
    const { targetType = "ip", deregistrationDelaySeconds = 30, stickinessSeconds, healthCheck = {} } = route;
    const { name, vpcId, tags } = this.props;

    const group = this.twin(
      `aws_lb_target_group.this["${service}"]`,
      new LbTargetGroup(this, `target-group-${service}`, {
        name: targetGroupName(name, service, [vpcId, targetType, json(route.port)]),
        port: route.port,
        protocol: "HTTP",
        targetType,
        vpcId,
        deregistrationDelay: json(deregistrationDelaySeconds),
        healthCheck: {
          path: healthCheck.path ?? "/",
          matcher: healthCheck.matcher ?? "200-399",
          interval: healthCheck.intervalSeconds ?? 30,
          timeout: healthCheck.timeoutSeconds ?? 5,
          healthyThreshold: healthCheck.healthyThreshold ?? 2,
          unhealthyThreshold: healthCheck.unhealthyThreshold ?? 2,
        },
        stickiness:
          stickinessSeconds === undefined
            ? undefined
            : { enabled: true, type: "lb_cookie", cookieDuration: stickinessSeconds },
        lifecycle: { createBeforeDestroy: true },
        tags,
      }),
    );
    this.twin(
      `aws_lb_listener_rule.this["${service}"]`,
      new LbListenerRule(this, `rule-${service}`, {
        listenerArn: this.listenerArn,
        // Not before all routes are there: who finds its place taken moves on.
        priority: Token.asNumber(Lazy.numberValue({ produce: () => this.priority(service) })),
        condition: [{ pathPattern: { values: [route.path] } }],
        action: [{ type: "forward", targetGroupArn: group.arn }],
        tags,
      }),
    );

    this.targetGroupArnSuffixes[service] = group.arnSuffix;
    this.targets[service] = { targetGroupArn: group.arn, targetType, deregistrationDelaySeconds };
    return this.targets[service];
  }

  private checkAgainstOthers(service: string, { path }: TargetRoute): void {
    check(this, !(service in this.routes), `routes names "${service}" twice; give one of them another name.`);
    const other = Object.entries(this.routes).find(([, route]) => route.path === path)?.[0];
    check(
      this,
      other === undefined,
      `routes lead "${path}" to ${other} and ${service}; a path leads to one service.`,
    );
  }

  private checkCount(services: number): void {
    check(this, services <= 100, `routes has ${services} services; a load balancer takes 100 rules.`);
  }

  private priority(service: string): number {
    const priorities = prioritiesOf(this.routes);
    const disputed = disputedOf(priorities);
    check(
      this,
      disputed.length === 0,
      `The rules of routes have the priorities ${disputed.join(", ")}; each needs one of its own, 1 to 50000: give priority where it collides.`,
    );
    return priorities.get(service)!;
  }

  /** The two security groups let requests pass from the load balancer to the task's port, and nothing else. */
  private letThrough(service: string, { port, networkMode, securityGroupId }: TargetRoute): void {
    // A container on a bridge gets a port of the range from which Docker and ECS take free ones.
    const [fromPort, toPort] = networkMode === "bridge" ? [32768, 65535] : [port, port];
    // Rules, unlike other resources, tell no tags from an empty map, which the module passes.
    const rule = { ipProtocol: "tcp", fromPort, toPort, tags: this.props.tags ?? {} };
    this.twin(
      `aws_vpc_security_group_egress_rule.target["${service}"]`,
      new VpcSecurityGroupEgressRule(this, `target-egress-${service}`, {
        ...rule,
        description: `Requests to ${service}`,
        securityGroupId: this.securityGroupId,
        referencedSecurityGroupId: securityGroupId,
      }),
    );
    this.twin(
      `aws_vpc_security_group_ingress_rule.target["${service}"]`,
      new VpcSecurityGroupIngressRule(this, `target-ingress-${service}`, {
        ...rule,
        description: `Requests from the load balancer ${this.props.name}`,
        securityGroupId,
        referencedSecurityGroupId: this.securityGroupId,
      }),
    );
  }

  private loadBalancer() {
    const { name, vpcId, tags } = this.props;
    const securityGroup = this.twin(
      'aws_security_group.this["this"]',
      new SecurityGroup(this, "security-group", {
        name: `lb-${name}`,
        description: `Load balancer ${name}`,
        vpcId,
        tags,
      }),
    );
    const accessLogs = (this.props.createAccessLogBucket ?? true) ? this.accessLogs() : undefined;
    const { arn, arnSuffix, dnsName, zoneId } = this.twin(
      'aws_lb.this["this"]',
      new Lb(this, "load-balancer", {
        name,
        internal: this.props.internal ?? false,
        loadBalancerType: "application",
        securityGroups: [securityGroup.id],
        subnets: [...this.props.subnetIds!],
        idleTimeout: this.props.idleTimeoutSeconds ?? 60,
        enableDeletionProtection: this.props.deletionProtection ?? true,
        dropInvalidHeaderFields: true,
        desyncMitigationMode: "defensive",
        accessLogs: {
          enabled: true,
          bucket: accessLogs?.bucketName ?? this.props.existingAccessLogBucket!,
          prefix: name,
        },
        tags,
      }),
    );
    return { arn, arnSuffix, dnsName, zoneId, securityGroupId: securityGroup.id };
  }

  private accessLogs(): Bucket {
    const { name, tags } = this.props;
    const { accountId, partition, region } = accountOf(this);
    return this.twinModule(
      'module.access_logs["this"]',
      new Bucket(this, "access-logs", {
        bucketPrefix: `${name}-lb-logs-`,
        expirationDays: this.props.accessLogRetentionDays ?? 365,
        forceDestroy: !(this.props.deletionProtection ?? true),
        writers: {
          load_balancer: {
            service: "logdelivery.elasticloadbalancing.amazonaws.com",
            sourceArn: `arn:${partition}:elasticloadbalancing:${region}:${accountId}:loadbalancer/app/${name}/*`,
          },
        },
        tags,
      }),
    );
  }

  private listener(): string {
    const { protocol = "HTTPS", certificateArn, sslPolicy, tags } = this.props;
    const https = protocol === "HTTPS";
    for (const port of https ? [443, 80] : [80]) this.letIn(port);
    const { arn } = this.twin(
      'aws_lb_listener.this["this"]',
      new LbListener(this, "listener", {
        loadBalancerArn: this.arn,
        port: https ? 443 : 80,
        protocol,
        certificateArn,
        sslPolicy: https ? (sslPolicy ?? "ELBSecurityPolicy-TLS13-1-2-2021-06") : undefined,
        defaultAction: [
          {
            type: "fixed-response",
            fixedResponse: {
              statusCode: "404",
              contentType: "application/json",
              messageBody: json({ message: "Not Found" }),
            },
          },
        ],
        lifecycle: certificateArn === undefined ? undefined : certificateOfRegion(this, certificateArn),
        tags,
      }),
    );
    if (https) {
      this.twin(
        'aws_lb_listener.redirect["this"]',
        new LbListener(this, "redirect", {
          loadBalancerArn: this.arn,
          port: 80,
          protocol: "HTTP",
          defaultAction: [
            { type: "redirect", redirect: { protocol: "HTTPS", port: "443", statusCode: "HTTP_301" } },
          ],
          tags,
        }),
      );
    }
    return arn;
  }

  private letIn(port: number): void {
    for (const [name, cidr] of sortedEntries(this.props.ingress)) {
      this.twin(
        `aws_vpc_security_group_ingress_rule.client["${name}-${port}"]`,
        new VpcSecurityGroupIngressRule(this, `client-ingress-${name}-${port}`, {
          securityGroupId: this.securityGroupId,
          description: "Clients of the load balancer",
          ipProtocol: "tcp",
          fromPort: port,
          toPort: port,
          cidrIpv4: cidr,
          tags: this.props.tags ?? {},
        }),
      );
    }
  }
}

/** A group that must be made anew for a change lives beside its successor for a moment: it needs another name. */
const targetGroupName = (name: string, service: string, forcesNew: readonly string[]): string => {
  const readable = `${name}-${service}`
    .replaceAll("_", "-")
    .slice(0, 23)
    .replaceAll(/^-+|-+$/g, "");
  return `${readable}-${Fn.substr(Fn.sha1(Fn.join("/", [name, service, ...forcesNew])), 0, 8)}`;
};
