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
import { checkCommonInputs } from "../core/common-inputs";
import { json } from "../core/json";
import { sortedEntries } from "../core/maps";
import { withoutNulls } from "../core/props";
import { Twin } from "../core/twin";
import { typed } from "../core/typed";
import { check, isToken } from "../core/validation";
import { certificateOfRegion, checkLoadBalancer } from "./checks";
import { checkListenerRule, type ListenerRule, type ListenerRuleOptions } from "./listener-rule";
import { conflictsOf, prioritiesOf } from "./priorities";
import type { LoadBalancedTask, LoadBalancerProps, TargetGroup } from "./props";

export type { LoadBalancedTask, LoadBalancerProps, Target, TargetGroup, Targets } from "./props";

/**
 * One application load balancer for many services: a listener rule leads from a path to the target group of a service,
 * which is empty until a task is registered. HTTPS by default, with access logs. Only the given IPv4 ranges reach it, and
 * it reaches each task on the task's port only. Twin of the module `load-balancer`.
 *
 * @example
 * import { Launcher } from "cdktf-event-driven-ecs/launcher";
 * import { LoadBalancer } from "cdktf-event-driven-ecs/load-balancer";
 * import type { Network } from "cdktf-event-driven-ecs/network";
 * import type { Task } from "cdktf-event-driven-ecs/task";
 *
 * declare const network: Network, auth: Task, certificateArn: string;
 * const { vpcId, publicSubnetIds: subnetIds } = network;
 * const ingress = { office: "203.0.113.0/24" };
 * const loadBalancer = new LoadBalancer(this, "load-balancer", { name: "engines", vpcId, subnetIds, certificateArn, ingress });
 * const routes = { auth: { ...auth.route, ...loadBalancer.route("/api/auth/*", auth) } };
 * new Launcher(this, "launcher", { name: "engines", routes });
 *
 * @throws ValidationError when AWS would refuse a value, two services have the same path or priority, a task exposes no
 * port or does not fit its target type, or the certificate is of another region.
 */
export class LoadBalancer extends Twin {
  /** ARN of the load balancer. */
  readonly arn: string;
  /** Last part of the load balancer's ARN, from `app/` on: its name in CloudWatch metrics. */
  readonly arnSuffix: string;
  /** DNS name of the load balancer. */
  readonly dnsName: string;
  /**
   * ID of the Route 53 hosted zone of the DNS name, for an alias record. Not set when `createLoadBalancer` is false.
   */
  readonly zoneId: string | undefined;
  /** ID of the load balancer's security group. */
  readonly securityGroupId: string;
  /** ARN of the listener that has the listener rules. */
  readonly listenerArn: string;
  /**
   * The target group of each service, by the service's name: `targetGroupArn`, `targetType` and
   * `deregistrationDelaySeconds`, to merge into the launch route of the service.
   */
  readonly targets: Record<string, TargetGroup> = {};
  /**
   * Last part of each target group's ARN, from `targetgroup/` on, by the service's name: its name in CloudWatch
   * metrics.
   */
  readonly targetGroupArnSuffixes: Record<string, string> = {};

  private readonly props: LoadBalancerProps;
  private readonly rules: Record<string, ListenerRule> = {};

  constructor(scope: Construct, id: string, given: LoadBalancerProps) {
    super(scope, id);
    const props = typed(this, "load-balancer", withoutNulls(given));
    checkCommonInputs(this, "load-balancer", props);
    this.props = props;
    checkLoadBalancer(this, props);
    this.useNames(props.names);

    const made = (props.createLoadBalancer ?? true) ? this.loadBalancer() : undefined;
    const { arn, securityGroupId, dnsName } = made ?? props.existingLoadBalancer!;
    this.arn = arn;
    this.arnSuffix = made?.arnSuffix ?? Fn.element(Fn.split(":loadbalancer/", arn), 1);
    this.dnsName = dnsName;
    this.zoneId = made?.zoneId;
    this.securityGroupId = securityGroupId;
    this.listenerArn = (props.createListener ?? true) ? this.listener() : props.existingListener!.arn;
    this.checkCount(Object.keys(props.routes ?? {}).length);
    for (const [service, route] of sortedEntries(props.routes)) this.addRule(service, route);
    this.refuseUnknownNames("aws_lb_target_group.this[");
  }

  /**
   * Adds a listener rule from a path to a new target group for a task.
   *
   * @param path Path of requests: 1 to 128 characters, starting with `/`, in which `*` matches any characters and `?` any
   * single one.
   * @param task The task that serves the requests.
   * @param options Settings of the rule and the target group. `name` is the service's name, unique in this load balancer;
   * the name of the container by default.
   * @returns what the launch route of the task takes: `{ ...task.route, ...loadBalancer.route("/api/*", task) }`.
   * @throws ValidationError when AWS would refuse the path, another rule has it, or the task exposes no port.
   */
  route(
    path: string,
    task: LoadBalancedTask,
    options: ListenerRuleOptions & { readonly name?: string } = {},
  ): TargetGroup {
    const { name = task.containerName, ...rest } = options;
    const { networkMode = "awsvpc" } = task.route;
    this.checkCount(Object.keys(this.rules).length + 1);
    return this.addRule(name, {
      ...rest,
      path,
      // `addRule` refuses a task that exposes no port.
      port: task.port!,
      securityGroupId: task.securityGroupId,
      networkMode,
      targetType: networkMode === "awsvpc" ? "ip" : "instance",
    });
  }

  private addRule(service: string, route: ListenerRule): TargetGroup {
    checkListenerRule(this, service, route);
    this.checkAgainstOthers(service, route);
    this.rules[service] = route;
    this.allowRequests(service, route);
    const { targetType = "ip", deregistrationDelaySeconds = 30, stickinessSeconds, healthCheck = {} } = route;
    const { name, vpcId, tags } = this.props;

    const group = this.twin(
      `aws_lb_target_group.this["${service}"]`,
      new LbTargetGroup(this, `target-group-${service}`, {
        name:
          this.named(`aws_lb_target_group.this["${service}"]`) ??
          targetGroupName(name, service, [vpcId, targetType, json(route.port)]),
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
        // Resolved when all rules are known: a rule whose priority is taken gets the next free one.
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

  private checkAgainstOthers(service: string, { path }: ListenerRule): void {
    check(this, !(service in this.rules), `routes names "${service}" twice; give one of them another name.`);
    const other = Object.entries(this.rules).find(([, route]) => route.path === path)?.[0];
    check(
      this,
      other === undefined,
      `routes have the path "${path}" for ${other} and ${service}; give each service a path of its own.`,
    );
  }

  private checkCount(services: number): void {
    check(
      this,
      services <= 100,
      `routes has ${services} services; a load balancer has at most 100 rules (quota of Elastic Load Balancing).`,
    );
  }

  private priority(service: string): number {
    const priorities = prioritiesOf(this.rules);
    const conflicts = conflictsOf(priorities);
    check(
      this,
      conflicts.length === 0,
      `The listener rules in routes have the priorities ${conflicts.join(", ")}; each needs a different one, 1 to 50000. Set priority for services whose priorities collide.`,
    );
    return priorities.get(service)!;
  }

  /** Allows requests from the load balancer to the port of the task, in both security groups, and nothing else. */
  private allowRequests(service: string, { port, networkMode, securityGroupId }: ListenerRule): void {
    // In bridge mode Docker gives a container a free host port from this range.
    const [fromPort, toPort] = networkMode === "bridge" ? [32768, 65535] : [port, port];
    // Security group rules, unlike other resources, differ between no tags and an empty map, which the module passes.
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
        name: this.named('aws_security_group.this["this"]') ?? `lb-${name}`,
        description: this.named('aws_security_group.this["this"]', "description") ?? `Load balancer ${name}`,
        vpcId,
        tags,
      }),
    );
    const accessLogs = (this.props.createAccessLogBucket ?? true) ? this.accessLogs() : undefined;
    const { arn, arnSuffix, dnsName, zoneId } = this.twin(
      'aws_lb.this["this"]',
      new Lb(this, "load-balancer", {
        name: this.named('aws_lb.this["this"]') ?? name,
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
    const paths = { under: "", others: { expirationDays: "accessLogRetentionDays" } };
    return this.twinModule(
      'module.access_logs["this"]',
      new Bucket(this, this.nested("access-logs", paths), {
        bucketPrefix: `${name}-lb-logs-`,
        names: this.namesIn('module.access_logs["this"]'),
        expirationDays: this.props.accessLogRetentionDays ?? 365,
        forceDestroy: !(this.props.deletionProtection ?? true),
        writers: {
          load_balancer: {
            service: "logdelivery.elasticloadbalancing.amazonaws.com",
            sourceArn: `arn:${partition}:elasticloadbalancing:${region}:${accountId}:loadbalancer/app/${this.named('aws_lb.this["this"]') ?? name}/*`,
          },
        },
        tags,
      }),
    );
  }

  private listener(): string {
    const { protocol = "HTTPS", certificateArn, sslPolicy, tags } = this.props;
    const https = protocol === "HTTPS";
    for (const port of https ? [443, 80] : [80]) this.allowClients(port);
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

  private allowClients(port: number): void {
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

/** A target group that must be replaced exists beside its successor for a moment, so the two need different names. */
const targetGroupName = (name: string, service: string, forcesNew: readonly string[]): string => {
  const whole = `${name}-${service}`;
  const readable = isToken(whole)
    ? Fn.trim(Fn.substr(Fn.replace(whole, "_", "-"), 0, 23), "-")
    : whole
        .replaceAll("_", "-")
        .slice(0, 23)
        .replaceAll(/^-+|-+$/g, "");
  return `${readable}-${Fn.substr(Fn.sha1(Fn.join("/", [name, service, ...forcesNew])), 0, 8)}`;
};
