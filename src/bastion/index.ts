import { DataAwsSsmParameter } from "@cdktf/provider-aws/lib/data-aws-ssm-parameter";
import { Ec2InstanceState } from "@cdktf/provider-aws/lib/ec2-instance-state";
import { IamInstanceProfile } from "@cdktf/provider-aws/lib/iam-instance-profile";
import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { IamRolePolicyAttachment } from "@cdktf/provider-aws/lib/iam-role-policy-attachment";
import { Instance } from "@cdktf/provider-aws/lib/instance";
import { SecurityGroup } from "@cdktf/provider-aws/lib/security-group";
import { VpcSecurityGroupEgressRule } from "@cdktf/provider-aws/lib/vpc-security-group-egress-rule";
import { Token } from "cdktf";
import type { Construct } from "constructs";
import { type Account, accountOf } from "../core/account";
import { checkCommonInputs } from "../core/common-inputs";
import { expression } from "../core/expression";
import { json } from "../core/json";
import { sortedEntries } from "../core/maps";
import { policy, trust } from "../core/policy";
import { withoutNulls } from "../core/props";
import { checkRoles, roleWith } from "../core/roles";
import { withTags } from "../core/tags";
import { Twin } from "../core/twin";
import { typed } from "../core/typed";
import { check, checkMatches, checkRange, isToken } from "../core/validation";
import { checkCidr } from "../network/check-cidr";
import type { BastionProps, BastionTarget } from "./props";

export type { BastionProps, BastionTarget } from "./props";

/** Types of Graviton have a g after the generation. */
const graviton = /^(a1|[a-z]+[0-9]+g[a-z]*)\./;

const SESSION_DOCUMENT = "AWS-StartPortForwardingSessionToRemoteHost";

/**
 * An EC2 instance that forwards ports with Session Manager, for instance to a database: without SSH, keys and incoming
 * traffic. It is stopped until it is needed. Twin of the module `bastion`.
 *
 * @example
 * import { Bastion } from "cdktf-event-driven-ecs/bastion";
 * import type { Database } from "cdktf-event-driven-ecs/database";
 *
 * declare const database: Database;
 * const { address, port, securityGroupId } = database;
 * const bastion = new Bastion(this, "bastion", {
 *   name: "scanner",
 *   vpcId: "vpc-0a1b2c3d4e5f60718",
 *   subnetId: "subnet-0a1b2c3d4e5f60718",
 *   targets: { database: { address, port, securityGroupId } },
 * });
 * database.allowFrom("bastion", bastion.securityGroupId);
 *
 * @throws ValidationError when a value is one that AWS refuses.
 */
export class Bastion extends Twin {
  /** ID of the instance. */
  readonly instanceId: string;
  /** ARN of the instance. */
  readonly instanceArn: string;
  /** ARN of the role of the instance. */
  readonly roleArn: string;
  /** ID of the security group of the instance, which the security groups of the targets must allow. */
  readonly securityGroupId: string;
  /**
   * Command that forwards a local port to each target, by its key. It needs the AWS CLI with the Session Manager plugin,
   * and an instance that runs.
   */
  readonly commands: Readonly<Record<string, string>>;
  /**
   * JSON text of a policy for those who use the bastion: to start and stop the instance, and to start sessions that
   * forward a port, and no shell. IAM cannot limit the hosts of a session; the security group does.
   */
  readonly sessionPolicyJson: string;

  constructor(scope: Construct, id: string, given: BastionProps) {
    super(scope, id);
    const props = typed(this, "bastion", withoutNulls(given));
    checkCommonInputs(this, "bastion", props);
    checkProps(this, props);
    this.useNames(props.names);
    const account = accountOf(this);
    const { partition } = account;
    const { name, instanceType = "t4g.nano", tags } = props;
    const named = withTags({ Name: `${name}-bastion` }, tags);

    const role = this.twin(
      "aws_iam_role.this",
      new IamRole(this, "role", {
        ...roleWith(this, props.roles, `${name}-bastion`, this.named("aws_iam_role.this")),
        description: `Bastion ${name}.`,
        assumeRolePolicy: trust("ec2.amazonaws.com"),
        tags,
      }),
    );
    this.twin(
      "aws_iam_role_policy_attachment.session_manager",
      new IamRolePolicyAttachment(this, "session-manager", {
        role: role.name,
        policyArn: `arn:${partition}:iam::aws:policy/AmazonSSMManagedInstanceCore`,
      }),
    );
    const profile = this.twin(
      "aws_iam_instance_profile.this",
      new IamInstanceProfile(this, "instance-profile", {
        name:
          this.named("aws_iam_instance_profile.this") ?? `${name}-bastion${props.roles?.nameSuffix ?? ""}`,
        path: props.roles?.path,
        role: role.name,
        tags,
      }),
    );

    const securityGroup = this.twin(
      "aws_security_group.this",
      new SecurityGroup(this, "security-group", {
        name: this.named("aws_security_group.this") ?? `bastion-${name}`,
        description: this.named("aws_security_group.this", "description") ?? `Bastion ${name}`,
        vpcId: props.vpcId,
        tags: withTags({ Name: `bastion-${name}` }, tags),
      }),
    );
    this.twin(
      "aws_vpc_security_group_egress_rule.https",
      new VpcSecurityGroupEgressRule(this, "egress-https", {
        securityGroupId: securityGroup.id,
        description: "HTTPS, to Systems Manager",
        ipProtocol: "tcp",
        fromPort: 443,
        toPort: 443,
        cidrIpv4: props.httpsCidrIpv4 ?? "0.0.0.0/0",
        // Unlike others, this resource distinguishes no tags from an empty map, which the module passes.
        tags: tags ?? {},
      }),
    );
    for (const [key, { securityGroupId, port = 5432 }] of sortedEntries(props.targets))
      this.twin(
        `aws_vpc_security_group_egress_rule.target["${key}"]`,
        new VpcSecurityGroupEgressRule(this, `egress-target-${key}`, {
          securityGroupId: securityGroup.id,
          description: `Sessions to ${key}`,
          ipProtocol: "tcp",
          fromPort: port,
          toPort: port,
          referencedSecurityGroupId: securityGroupId,
          tags: tags ?? {},
        }),
      );

    const image = new DataAwsSsmParameter(this, "image", {
      name: `/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-${architectureOf(instanceType)}`,
    });
    const instance = this.twin(
      "aws_instance.this",
      new Instance(this, "instance", {
        ami: image.insecureValue,
        instanceType,
        subnetId: props.subnetId,
        associatePublicIpAddress: props.assignPublicIp ?? false,
        vpcSecurityGroupIds: [securityGroup.id],
        iamInstanceProfile: profile.name,
        ebsOptimized: true,
        metadataOptions: { httpEndpoint: "enabled", httpTokens: "required", httpPutResponseHopLimit: 1 },
        rootBlockDevice: { volumeType: "gp3", volumeSize: 8, encrypted: true, kmsKeyId: props.kmsKeyArn },
        tags: named,
        volumeTags: named,
        // A new image must not replace the instance, and neither must a public address that AWS took when it stopped.
        lifecycle: { ignoreChanges: ["ami", "associate_public_ip_address"] },
      }),
    );
    this.twin(
      "aws_ec2_instance_state.this",
      new Ec2InstanceState(this, "state", {
        instanceId: instance.id,
        state: props.running ? "running" : "stopped",
      }),
    );

    this.instanceId = instance.id;
    this.instanceArn = instance.arn;
    this.roleArn = role.arn;
    this.securityGroupId = securityGroup.id;
    this.commands = Object.fromEntries(
      sortedEntries(props.targets).map(([key, target]) => [key, command(account, instance.id, target)]),
    );
    this.sessionPolicyJson = sessionPolicy(account, instance.arn);
    this.refuseUnknownNames();
  }
}

/** What an image must be made for to run on a type of instance. */
const architectureOf = (instanceType: string): string => {
  if (!isToken(instanceType)) return graviton.test(instanceType) ? "arm64" : "x86_64";
  return Token.asString(expression`can(regex(${graviton.source}, ${instanceType})) ? "arm64" : "x86_64"`);
};

function command(
  { region }: Account,
  instanceId: string,
  { address, port = 5432, localPort = port }: BastionTarget,
): string {
  const parameters = json({
    host: [address],
    portNumber: [asText(port)],
    localPortNumber: [asText(localPort)],
  });
  return `aws ssm start-session --region ${region} --target ${instanceId} --document-name ${SESSION_DOCUMENT} --parameters '${parameters}'`;
}

const asText = (port: number): string => (isToken(port) ? Token.asString(port) : String(port));

const sessionPolicy = ({ partition, region, accountId }: Account, instanceArn: string): string =>
  policy(
    {
      Effect: "Allow",
      Action: "ssm:StartSession",
      Resource: [instanceArn, `arn:${partition}:ssm:${region}::document/${SESSION_DOCUMENT}`],
      Condition: { BoolIfExists: { "ssm:SessionDocumentAccessCheck": "true" } },
    },
    {
      Effect: "Allow",
      Action: ["ssm:ResumeSession", "ssm:TerminateSession"],
      // The variable is one of IAM: with one $ Terraform would take it for its own.
      Resource: `arn:${partition}:ssm:${region}:${accountId}:session/$\${aws:userid}-*`,
    },
    { Effect: "Allow", Action: ["ec2:StartInstances", "ec2:StopInstances"], Resource: instanceArn },
  );

function checkProps(scope: Construct, props: BastionProps): void {
  checkMatches(
    scope,
    "name",
    props.name,
    /^[A-Za-z0-9_-]{1,56}$/,
    'a bastion\'s name here has 1 to 56 letters, digits, hyphens and underscores ("-bastion" is added, and a role name has 64).',
  );
  checkMatches(
    scope,
    "instanceType",
    props.instanceType,
    /^[a-z][a-z0-9-]*\.[a-z0-9-]+$/,
    'it takes a type of EC2, such as "t4g.nano".',
  );
  const targets = Object.entries(props.targets);
  check(scope, targets.length > 0, "targets is empty; without a target the bastion is of no use.");
  for (const [key, target] of targets) {
    checkMatches(
      scope,
      `targets.${key}.address`,
      target.address,
      /^[A-Za-z0-9.-]+$/,
      "an address is a host name or an IPv4 address, without a port.",
    );
    checkRange(scope, `targets.${key}.port`, target.port, 1, 65535, "it");
    checkRange(scope, `targets.${key}.localPort`, target.localPort, 1, 65535, "it");
  }
  if (props.httpsCidrIpv4 !== undefined) checkCidr(scope, "httpsCidrIpv4", props.httpsCidrIpv4);
  checkRoles(scope, props.roles);
}
