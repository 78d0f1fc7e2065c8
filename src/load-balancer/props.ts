import type { Names } from "../core/twin";
import type { LaunchRoute, NetworkMode } from "../launcher/route";
import type { ListenerRule } from "./listener-rule";

/** Props of {@link LoadBalancer}. */
export interface LoadBalancerProps {
  /**
   * Name of the load balancer and prefix of the name of every other resource of this block: 1 to 28 lower-case letters,
   * digits and hyphens, starting with a letter (28 because an S3 bucket prefix has at most 37 characters).
   */
  readonly name: string;
  /** ID of the VPC of the load balancer and its targets. */
  readonly vpcId: string;
  /**
   * IDs of the subnets of the load balancer: two or more, in different zones (Elastic Load Balancing, Application Load
   * Balancers, "Availability Zone subnets"). They are public subnets unless the load balancer is internal. Required
   * unless `createLoadBalancer` is false.
   */
  readonly subnetIds?: readonly string[];
  /**
   * Whether the load balancer has private IP addresses only.
   * @default false
   */
  readonly internal?: boolean;
  /**
   * Protocol of the listener. `HTTPS`: port 443, and port 80 redirects to it. `HTTP`: port 80, in plain text.
   * @default "HTTPS"
   */
  readonly protocol?: "HTTPS" | "HTTP";
  /**
   * ARN of the certificate, in ACM of the load balancer's region or in IAM. Required with HTTPS.
   * @default - none, with HTTP
   */
  readonly certificateArn?: string;
  /**
   * Name of the TLS security policy: the TLS versions and ciphers that clients may use.
   * @default "ELBSecurityPolicy-TLS13-1-2-2021-06" (TLS 1.2 and 1.3)
   */
  readonly sslPolicy?: string;
  /**
   * IPv4 ranges that are allowed to reach the listener, by a key of your choice. `0.0.0.0/0` is the internet.
   * @example { office: "203.0.113.0/24" }
   */
  readonly ingress: Readonly<Record<string, string>>;
  /**
   * Whether the load balancer, and a bucket with access logs, are protected from deletion.
   * @default true
   */
  readonly deletionProtection?: boolean;
  /**
   * How long an idle connection stays open, in seconds: 1 to 4000 (Elastic Load Balancing, Application Load Balancers,
   * "Connection idle timeout").
   * @default 60
   */
  readonly idleTimeoutSeconds?: number;
  /**
   * Whether a bucket for access logs is created. If false, give `existingAccessLogBucket`.
   * @default true
   */
  readonly createAccessLogBucket?: boolean;
  /**
   * How long the created bucket keeps access logs, in days: 1 or more.
   * @default 365
   */
  readonly accessLogRetentionDays?: number;
  /**
   * Name of an existing bucket for access logs, when `createAccessLogBucket` is false. Its policy must allow
   * `logdelivery.elasticloadbalancing.amazonaws.com` to write, and its encryption must be SSE-S3.
   */
  readonly existingAccessLogBucket?: string;
  /**
   * Whether a load balancer is created. If false, give `existingLoadBalancer`.
   * @default true
   */
  readonly createLoadBalancer?: boolean;
  /** An existing load balancer, when `createLoadBalancer` is false. */
  readonly existingLoadBalancer?: {
    /** ARN of the load balancer. */
    readonly arn: string;
    /** ID of the load balancer's security group. */
    readonly securityGroupId: string;
    /** DNS name of the load balancer. */
    readonly dnsName: string;
  };
  /**
   * Whether a listener is created. If false, give `existingListener`.
   * @default true
   */
  readonly createListener?: boolean;
  /** An existing listener that gets the listener rules, when `createListener` is false. `ingress` must then be empty. */
  readonly existingListener?: {
    /** ARN of the listener. */
    readonly arn: string;
  };
  /**
   * The listener rule of each service, by the service's name: at most 100. {@link LoadBalancer.route} adds to them.
   * @default - none
   */
  readonly routes?: Readonly<Record<string, ListenerRule>>;
  /**
   * Names of existing resources that this construct adopts, by twin address, such as `aws_lb.this["this"]`: each
   * replaces the name that the construct would give, so that Terraform does not replace the resource. A description
   * that AWS cannot change has the address of its resource and `.description`. A target group with a name given here
   * cannot be replaced, as a change of its port would do, before the name is removed.
   * @default - the names that the construct gives
   */
  readonly names?: Names;
  /** Tags of every resource of this block. */
  readonly tags?: Readonly<Record<string, string>>;
}

/** The members that give a launch route its target group: `{ ...task.route, ...targetGroup }`. */
export type TargetGroup = Required<
  Pick<LaunchRoute, "targetGroupArn" | "targetType" | "deregistrationDelaySeconds">
>;

/** @deprecated Use {@link TargetGroup}. */
export type Targets = TargetGroup;

/** The part of a {@link Task} that a load balancer needs. */
export interface LoadBalancedTask {
  /** Name of the container: the name of the service unless another is given. */
  readonly containerName: string;
  /** TCP port that the container listens on. */
  readonly port: number | undefined;
  /** ID of the task's security group. */
  readonly securityGroupId: string;
  /** Launch route of the task. */
  readonly route: {
    /**
     * Network mode of the task.
     * @default "awsvpc"
     */
    readonly networkMode?: NetworkMode;
  };
}

/** @deprecated Use {@link LoadBalancedTask}. */
export type Target = LoadBalancedTask;
