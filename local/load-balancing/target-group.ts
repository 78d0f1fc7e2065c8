import type { Field } from "../query-protocol";

/** The settings of a target group. */
export interface TargetGroup {
  arn: string;
  name: string;
  protocol: string;
  port: number;
  targetType: string;
  vpcId: string;
  healthCheck: {
    protocol: string;
    /** `traffic-port` = the target's own */
    port: string;
    path: string;
    /** HTTP codes such as `200,301` or `200-399` */
    matcher: string;
    intervalSeconds: number;
    timeoutSeconds: number;
    healthyThreshold: number;
    unhealthyThreshold: number;
  };
  deregistrationDelaySeconds: number;
  /** absent: no stickiness */
  stickinessSeconds?: number;
}

/** Reads the description and the attributes of a group. Absent values are AWS's defaults. */
export function readTargetGroup(group: Record<string, Field>, attributes: Map<string, string>): TargetGroup {
  const text = (name: string, fallback = "") => String(group[name] || fallback);
  const number = (name: string, fallback: number) => Number(text(name, String(fallback)));
  const sticky =
    attributes.get("stickiness.enabled") === "true" && attributes.get("stickiness.type") === "lb_cookie";
  return {
    arn: text("TargetGroupArn"),
    name: text("TargetGroupName"),
    protocol: text("Protocol", "HTTP"),
    port: number("Port", 80),
    targetType: text("TargetType", "instance"),
    vpcId: text("VpcId"),
    healthCheck: {
      protocol: text("HealthCheckProtocol", "HTTP"),
      port: text("HealthCheckPort", "traffic-port"),
      path: text("HealthCheckPath", "/"),
      matcher: (group.Matcher as { HttpCode?: string } | undefined)?.HttpCode ?? "200",
      intervalSeconds: number("HealthCheckIntervalSeconds", 30),
      timeoutSeconds: number("HealthCheckTimeoutSeconds", 5),
      healthyThreshold: number("HealthyThresholdCount", 5),
      unhealthyThreshold: number("UnhealthyThresholdCount", 2),
    },
    deregistrationDelaySeconds: Number(attributes.get("deregistration_delay.timeout_seconds") ?? 300),
    ...(sticky
      ? { stickinessSeconds: Number(attributes.get("stickiness.lb_cookie.duration_seconds") ?? 86_400) }
      : {}),
  };
}
