import type { LaunchRoute, NetworkMode } from "../launcher/route";
import type { TargetRoute } from "./target-route";

export interface LoadBalancerProps {
  /**
   * Name of the load balancer and start of every name made here: 1 to 28 lower-case letters, digits and hyphens,
   * starting with a letter (28 because an S3 bucket prefix has at most 37 characters).
   */
  readonly name: string;
  /** ID of the VPC of the targets. */
  readonly vpcId: string;
  /**
   * IDs of the subnets that the load balancer lies in: two or more, in different zones; public ones unless it is
   * internal. Required unless the load balancer is given.
   */
  readonly subnetIds?: readonly string[];
  /**
   * Whether the load balancer is reached from inside the VPC only.
   * @default false
   */
  readonly internal?: boolean;
  /**
   * What clients speak. `HTTPS`: port 443, and port 80 redirects to it. `HTTP`: port 80, in plain text.
   * @default "HTTPS"
   */
  readonly protocol?: "HTTPS" | "HTTP";
  /**
   * ARN of the certificate, in ACM of the load balancer's region (or in IAM). Required with HTTPS.
   * @default - none, with HTTP
   */
  readonly certificateArn?: string;
  /**
   * TLS versions and ciphers that clients may use.
   * @default "ELBSecurityPolicy-TLS13-1-2-2021-06" (TLS 1.2 and 1.3)
   */
  readonly sslPolicy?: string;
  /** Who may reach the load balancer: IPv4 ranges, by a key of your choice. `0.0.0.0/0` is the world. */
  readonly ingress: Readonly<Record<string, string>>;
  /**
   * Whether the load balancer, and access logs that it has written, are protected from being destroyed.
   * @default true
   */
  readonly deletionProtection?: boolean;
  /**
   * How long a connection may be silent, in seconds: 1 to 4000.
   * @default 60
   */
  readonly idleTimeoutSeconds?: number;
  /**
   * Whether a bucket for access logs is made or one is given (`existingAccessLogBucket`).
   * @default true
   */
  readonly createAccessLogBucket?: boolean;
  /**
   * How long access logs are kept in the bucket made here, in days: at least 1.
   * @default 365
   */
  readonly accessLogRetentionDays?: number;
  /**
   * Name of the bucket that gets the access logs, when `createAccessLogBucket` is false. Its policy must let
   * `logdelivery.elasticloadbalancing.amazonaws.com` write, and it must be encrypted by the key that S3 manages.
   */
  readonly existingAccessLogBucket?: string;
  /**
   * Whether a load balancer is made or one is given (`existingLoadBalancer`).
   * @default true
   */
  readonly createLoadBalancer?: boolean;
  /** The load balancer, when `createLoadBalancer` is false. */
  readonly existingLoadBalancer?: {
    readonly arn: string;
    readonly securityGroupId: string;
    readonly dnsName: string;
  };
  /**
   * Whether a listener is made or one is given (`existingListener`).
   * @default true
   */
  readonly createListener?: boolean;
  /**
   * The listener that gets the rules, when `createListener` is false. Who may reach it, and by what protocol, is decided
   * where it is made.
   */
  readonly existingListener?: { readonly arn: string };
  /**
   * Which paths lead to which service, by service; {@link LoadBalancer.route} adds to them. At most 100.
   * @default - none
   */
  readonly routes?: Readonly<Record<string, TargetRoute>>;
  /** Tags of every resource made here. */
  readonly tags?: Readonly<Record<string, string>>;
}

/** What makes a task's route one with targets. */
export type Targets = Required<
  Pick<LaunchRoute, "targetGroupArn" | "targetType" | "deregistrationDelaySeconds">
>;

/** The part of a task that a load balancer looks at. */
export interface Target {
  readonly containerName: string;
  readonly port: number | undefined;
  readonly securityGroupId: string;
  readonly route: { readonly networkMode?: NetworkMode };
}
