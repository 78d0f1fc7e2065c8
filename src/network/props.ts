export interface NetworkProps {
  /**
   * Name of the network, from which every name here is made: 1 to 54 letters, digits, hyphens and underscores
   * (IAM allows 64 for a role, and `-flow-logs` is added), not beginning with `sg-` (EC2 refuses such security
   * groups).
   */
  readonly name: string;
  /**
   * IPv4 addresses of the VPC, from /16 to /24: the sixteenth part of it is a computed subnet, and EC2 takes none
   * smaller than /28.
   * @default "10.0.0.0/16"
   */
  readonly cidrBlock?: string;
  /**
   * Names of at least two availability zones, for instance `eu-west-1a`. Their order means nothing. Adding one
   * leaves all that stands, except with `nat: "single"` when it sorts before the others: the NAT gateway stands in
   * the zone that sorts first.
   */
  readonly availabilityZones: readonly string[];
  /**
   * IPv4 network of the public subnet in each zone, by zone name: every zone or none. /16 to /28, inside the VPC.
   * @default - computed from the letter that the zone ends in, a to h for the first to eighth sixteenth of the VPC
   */
  readonly publicSubnetCidrs?: Readonly<Record<string, string>>;
  /**
   * IPv4 network of the private subnet in each zone, by zone name: every zone or none. /16 to /28, inside the VPC.
   * @default - computed from the letter that the zone ends in, a to h for the ninth to last sixteenth of the VPC
   */
  readonly privateSubnetCidrs?: Readonly<Record<string, string>>;
  /**
   * How private subnets reach the internet. `single`: through one NAT gateway, in the zone that sorts first.
   * `per_az`: through one in each zone, so that no zone depends on another. `none`: not at all;
   * `interfaceEndpoints` then names the AWS services that tasks need.
   * @default "single"
   */
  readonly nat?: "single" | "none" | "per_az";
  /**
   * AWS services reached by a private address in every zone, by their short names, for instance `ecr.api`,
   * `ecr.dkr`, `logs`, `sqs`. S3 needs none: its gateway endpoint is always there.
   * @default - none
   */
  readonly interfaceEndpoints?: readonly string[];
  /**
   * How long flow logs are kept, in days: one of the periods that CloudWatch Logs takes.
   * @default 365
   */
  readonly flowLogRetentionDays?: number;
  /**
   * ARN of the KMS key that encrypts the flow logs; its policy must let CloudWatch Logs use it.
   * @default - the key that CloudWatch Logs manages
   */
  readonly kmsKeyArn?: string;
  /** Tags of every resource made here. A `Name` given here replaces the one that each resource gets. */
  readonly tags?: Readonly<Record<string, string>>;
}
