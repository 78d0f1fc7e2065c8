import type { RoleSettings } from "../core/roles";
import type { Names } from "../core/twin";

/** What sessions of a {@link Bastion} can be forwarded to. */
export interface BastionTarget {
  /** Host name or IPv4 address, without a port. */
  readonly address: string;
  /**
   * ID of the security group to which the instance is allowed to connect at the port. It must allow the security group of
   * the bastion.
   */
  readonly securityGroupId: string;
  /**
   * Port of the target, 1 to 65535.
   * @default 5432
   */
  readonly port?: number;
  /**
   * Port on your machine, 1 to 65535.
   * @default - the same as `port`
   */
  readonly localPort?: number;
}

/** Settings of a {@link Bastion}. */
export interface BastionProps {
  /**
   * Beginning of the names of the instance and its role: 1 to 56 letters, digits, hyphens and underscores. `-bastion` is
   * added to it, and the name of an IAM role has at most 64.
   */
  readonly name: string;
  /** ID of the VPC of the security group and of the subnet. */
  readonly vpcId: string;
  /**
   * ID of the subnet of the instance. It needs a way to Systems Manager: a NAT gateway or interface endpoints (`ssm`,
   * `ssmmessages`, `ec2messages`), or a public subnet with `assignPublicIp`.
   */
  readonly subnetId: string;
  /**
   * Whether the instance has a public address, to reach Systems Manager from a public subnet. Nothing can connect to it. A
   * change after the instance exists has no effect: AWS takes the address from a stopped instance.
   * @default false
   */
  readonly assignPublicIp?: boolean;
  /**
   * Type of the instance, of the Nitro system, such as `t4g.nano` or `t3.nano` (EC2 User Guide: instance types). Its image
   * is for ARM exactly if the type is.
   * @default "t4g.nano"
   */
  readonly instanceType?: string;
  /** What sessions can be forwarded to, by a key of your choice: at least one. */
  readonly targets: Readonly<Record<string, BastionTarget>>;
  /**
   * Range to which the instance is allowed to connect with HTTPS, to reach Systems Manager. With interface endpoints in the
   * VPC, its range is enough.
   * @default "0.0.0.0/0"
   */
  readonly httpsCidrIpv4?: string;
  /**
   * Whether the instance runs. Each apply starts or stops it accordingly. Stopped, it costs only its volume.
   * @default false
   */
  readonly running?: boolean;
  /**
   * ARN of the KMS key that encrypts the volume. A change replaces the instance.
   * @default - the key of the account for EBS
   */
  readonly kmsKeyArn?: string;
  /**
   * What your organisation requires of every IAM role of this construct.
   * @default - no boundary, the path `/` and no prefix
   */
  readonly roles?: RoleSettings;
  /**
   * Names of existing resources that this construct adopts, by twin address, such as `aws_iam_role.this`: each replaces
   * the name that the construct would give, so that Terraform does not replace the resource. A description that AWS
   * cannot change has the address of its resource and `.description`.
   * @default - the names that the construct gives
   */
  readonly names?: Names;
  /** Tags of every resource of this construct that supports tags. */
  readonly tags?: Readonly<Record<string, string>>;
}
