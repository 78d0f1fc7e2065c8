import type { RoleSettings } from "../core/roles";
import type { Names } from "../core/twin";
/** Settings of a {@link Network}. */
export interface NetworkProps {
  /**
   * Name of the network, and prefix of the names of its resources: 1 to 54 letters, digits, hyphens and underscores, not
   * starting with `sg-`. IAM allows 64 for a role (IAM API reference: CreateRole), and one is named `<name>-flow-logs`;
   * EC2 refuses security groups that start with `sg-`.
   */
  readonly name: string;
  /**
   * IPv4 CIDR block of the VPC, from /16 to /26. A computed subnet is a sixteenth of it, and a subnet is at least a /28
   * (VPC User Guide: subnet CIDR blocks): below /24 give `publicSubnetCidrs` and `privateSubnetCidrs`.
   * @default "10.0.0.0/16"
   */
  readonly cidrBlock?: string;
  /**
   * Names of at least two availability zones, for instance `eu-west-1a`, in any order. Adding a zone changes no existing
   * resource, with one exception: when `nat` is `single`, the NAT gateway is in the first zone by name, so a new first
   * zone moves it.
   */
  readonly availabilityZones: readonly string[];
  /**
   * IPv4 CIDR block of the public subnet in each zone, by zone name, for every zone or none: /16 to /28 within that of the
   * VPC (VPC User Guide: subnet CIDR blocks).
   * @default - computed from the last letter of the zone name, a to h for the first to the eighth sixteenth of the VPC
   */
  readonly publicSubnetCidrs?: Readonly<Record<string, string>>;
  /**
   * IPv4 CIDR block of the private subnet in each zone, by zone name, for every zone or none: /16 to /28 within that of
   * the VPC (VPC User Guide: subnet CIDR blocks).
   * @default - computed from the last letter of the zone name, a to h for the ninth to the last sixteenth of the VPC
   */
  readonly privateSubnetCidrs?: Readonly<Record<string, string>>;
  /**
   * How private subnets reach the internet. `single`: through one NAT gateway, in the first zone by name. `per_az`: through
   * a NAT gateway in each zone, so that no zone depends on another. `none`: not at all; list the AWS services that tasks
   * need in `interfaceEndpoints`.
   * @default "single"
   */
  readonly nat?: "single" | "none" | "per_az";
  /**
   * AWS services with an interface endpoint in the private subnet of every zone, by their short names, for instance
   * `ecr.api`, `ecr.dkr`, `logs`, `sqs`. S3 needs none: the VPC always has a gateway endpoint for it.
   * @default - none
   */
  readonly interfaceEndpoints?: readonly string[];
  /**
   * Retention of the flow logs, in days, or 0 without limit: a value that CloudWatch Logs takes (API reference:
   * PutRetentionPolicy).
   * @default 365
   */
  readonly flowLogRetentionDays?: number;
  /**
   * ARN of the KMS key that encrypts the flow logs. The key policy must allow CloudWatch Logs to use the key.
   * @default - the key that CloudWatch Logs manages
   */
  readonly kmsKeyArn?: string;
  /**
   * What your organisation requires of every IAM role of this construct: a permissions boundary, a path and a prefix
   * of the name.
   * @default - no boundary, the path `/` and no prefix
   */
  readonly roles?: RoleSettings;
  /**
   * Names of existing resources that this construct adopts, by twin address, such as `aws_iam_role.flow_logs`: each
   * replaces the name that the construct would give, so that Terraform does not replace the resource. A description
   * that AWS cannot change has the address of its resource and `.description`.
   * @default - the names that the construct gives
   */
  readonly names?: Names;
  /** Tags of every resource of this construct. A tag `Name` replaces the default `Name` of each resource. */
  readonly tags?: Readonly<Record<string, string>>;
}
