import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group";
import { DefaultSecurityGroup } from "@cdktf/provider-aws/lib/default-security-group";
import { Eip } from "@cdktf/provider-aws/lib/eip";
import { FlowLog } from "@cdktf/provider-aws/lib/flow-log";
import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import { InternetGateway } from "@cdktf/provider-aws/lib/internet-gateway";
import { NatGateway } from "@cdktf/provider-aws/lib/nat-gateway";
import { Route } from "@cdktf/provider-aws/lib/route";
import { RouteTable } from "@cdktf/provider-aws/lib/route-table";
import { RouteTableAssociation } from "@cdktf/provider-aws/lib/route-table-association";
import { SecurityGroup } from "@cdktf/provider-aws/lib/security-group";
import { Subnet } from "@cdktf/provider-aws/lib/subnet";
import { Vpc } from "@cdktf/provider-aws/lib/vpc";
import { VpcEndpoint } from "@cdktf/provider-aws/lib/vpc-endpoint";
import { VpcSecurityGroupIngressRule } from "@cdktf/provider-aws/lib/vpc-security-group-ingress-rule";
import type { Construct } from "constructs";
import { accountOf, regionOfProvider } from "../core/account";
import { checkCommonInputs } from "../core/common-inputs";
import { expression } from "../core/expression";
import { checkLogRetention } from "../core/log-retention";
import { policy, trust } from "../core/policy";
import { withoutNulls } from "../core/props";
import { checkRoles, roleWith } from "../core/roles";
import { withTags } from "../core/tags";
import { Twin } from "../core/twin";
import { typed } from "../core/typed";
import { check, checkLiteral, checkOneOf, isKnown } from "../core/validation";
import { parseCidr } from "./cidr";
import { checkEndpointNames } from "./endpoint-names";
import { endpointServiceName } from "./endpoint-service-names";
import type { NetworkProps } from "./props";
import { subnetCidrs } from "./subnet-cidrs";

export type { NetworkProps } from "./props";

/**
 * A VPC with a public and a private subnet in each zone, optional NAT gateways, a gateway endpoint for S3, flow logs, and
 * a default security group without rules. Resources are keyed by the name of their zone, so that adding a zone replaces
 * nothing. Twin of the module `network`.
 *
 * @example
 * import { FileSystem } from "cdktf-event-driven-ecs/file-system";
 * import { Network } from "cdktf-event-driven-ecs/network";
 *
 * const network = new Network(this, "network", {
 *   name: "engines",
 *   availabilityZones: ["eu-west-1a", "eu-west-1b"],
 * });
 * const { vpcId, privateSubnets: subnetIds } = network;
 * new FileSystem(this, "files", { name: "engines", vpcId, subnetIds, accessPoints: { work: {} } });
 *
 * @throws ValidationError when a value is one that AWS refuses, or when subnets are not within the VPC or overlap.
 */
export class Network extends Twin {
  /** ID of the VPC. */
  readonly vpcId: string;
  /** IPv4 CIDR block of the VPC. */
  readonly cidrBlock: string;
  /** IDs of the public subnets, sorted by zone name. */
  readonly publicSubnetIds: string[];
  /** IDs of the private subnets, sorted by zone name. */
  readonly privateSubnetIds: string[];
  /** ID of the public subnet in each zone, by zone name. */
  readonly publicSubnets: Readonly<Record<string, string>>;
  /** ID of the private subnet in each zone, by zone name. */
  readonly privateSubnets: Readonly<Record<string, string>>;
  /**
   * Public IPv4 address of the NAT gateway in each zone that has one, by zone name. It is the source address of connections
   * from private subnets to the internet. Empty when `nat` is `none`.
   */
  readonly natPublicIps: Readonly<Record<string, string>>;
  /** Name of the log group of the flow logs, `/vpc/<name>/flow-logs`. */
  readonly flowLogGroupName: string;

  private readonly name: string;
  private readonly tags: Readonly<Record<string, string>>;
  private readonly zones: readonly string[];
  private readonly vpc: Vpc;

  constructor(scope: Construct, id: string, given: NetworkProps) {
    super(scope, id);
    const props = typed(this, "network", withoutNulls(given));
    checkCommonInputs(this, "network", props);
    const { cidrBlock = "10.0.0.0/16", nat = "single", interfaceEndpoints = [] } = props;
    this.validate(props);
    this.useNames(props.names);
    this.name = props.name;
    this.tags = props.tags ?? {};
    this.zones = [...props.availabilityZones].sort();
    const cidrs = subnetCidrs(this, cidrBlock, this.zones, {
      public: props.publicSubnetCidrs,
      private: props.privateSubnetCidrs,
    });

    this.vpc = this.twin(
      "aws_vpc.this",
      new Vpc(this, "vpc", {
        cidrBlock,
        enableDnsSupport: true,
        enableDnsHostnames: true,
        tags: this.nameTag(this.name),
      }),
    );
    this.twin(
      "aws_default_security_group.this",
      new DefaultSecurityGroup(this, "default-security-group", {
        vpcId: this.vpc.id,
        tags: this.nameTag(`${this.name}-default-closed`),
      }),
    );

    const internetGateway = this.twin(
      "aws_internet_gateway.this",
      new InternetGateway(this, "internet-gateway", { vpcId: this.vpc.id, tags: this.nameTag(this.name) }),
    );
    this.publicSubnets = this.subnets("public", cidrs.public);
    this.privateSubnets = this.subnets("private", cidrs.private);
    this.routeToInternet(internetGateway);
    const privateTables = this.privateRouteTables();
    this.natPublicIps = this.routeToNat(nat, privateTables, internetGateway);

    this.twin(
      "aws_vpc_endpoint.s3",
      new VpcEndpoint(this, "s3-endpoint", {
        vpcId: this.vpc.id,
        serviceName: `com.amazonaws.${accountOf(this).region}.s3`,
        vpcEndpointType: "Gateway",
        routeTableIds: this.zones.map((zone) => privateTables[zone]!),
        tags: this.nameTag(`${this.name}-s3`),
      }),
    );
    for (const service of interfaceEndpoints) this.interfaceEndpoint(service);

    this.vpcId = this.vpc.id;
    this.cidrBlock = this.vpc.cidrBlock;
    this.publicSubnetIds = this.zones.map((zone) => this.publicSubnets[zone]!);
    this.privateSubnetIds = this.zones.map((zone) => this.privateSubnets[zone]!);
    this.flowLogGroupName = this.flowLogs(props).name;
    this.refuseUnknownNames();
  }

  private validate({
    name,
    cidrBlock,
    availabilityZones,
    nat,
    interfaceEndpoints = [],
    flowLogRetentionDays,
    roles,
  }: NetworkProps): void {
    check(
      this,
      !isKnown(name) || (/^[A-Za-z0-9_-]{1,54}$/.test(name) && !name.startsWith("sg-")),
      `name is "${name}"; a network name here has 1 to 54 letters, digits, hyphens and underscores (IAM allows 64 for a role, and "-flow-logs" is added) and does not start with "sg-" (EC2 refuses security groups with that prefix).`,
    );
    if (cidrBlock !== undefined && isKnown(cidrBlock)) {
      const prefix = parseCidr(cidrBlock)?.prefix ?? 0;
      check(
        this,
        prefix >= 16 && prefix <= 26,
        `cidrBlock is "${cidrBlock}"; a VPC here has an IPv4 CIDR block of /16 to /26, which has space for four subnets of /28, written with its first address, for instance 10.0.0.0/16.`,
      );
    }
    this.checkKnownAndUnique("availabilityZones", availabilityZones);
    check(
      this,
      availabilityZones.length >= 2,
      `availabilityZones are ${JSON.stringify(availabilityZones)}; a network has at least two zones.`,
    );
    check(
      this,
      availabilityZones.every((zone) => /^[a-z][a-z0-9-]*[a-z0-9]$/.test(zone)),
      `availabilityZones are ${JSON.stringify(availabilityZones)}; the name of a zone has lower-case letters, digits and hyphens, for instance eu-west-1a.`,
    );
    this.checkRegion(availabilityZones);
    checkLiteral(this, "nat", nat, "decides which NAT gateways exist");
    checkOneOf(this, "nat", nat, ["single", "none", "per_az"]);
    this.checkKnownAndUnique("interfaceEndpoints", interfaceEndpoints);
    check(
      this,
      interfaceEndpoints.every(
        (service) =>
          /^[a-z0-9-]+([.][a-z0-9-]+)*$/.test(service) && !service.startsWith("com.") && service !== "s3",
      ),
      `interfaceEndpoints are ${JSON.stringify(interfaceEndpoints)}; a service is named without "com.amazonaws.<region>.", for instance ecr.api, and s3 has a gateway endpoint already.`,
    );
    checkEndpointNames(this, interfaceEndpoints);
    checkLogRetention(this, "flowLogRetentionDays", flowLogRetentionDays);
    checkRoles(this, roles);
  }

  /** Zones of another region, which only Terraform may know. */
  private checkRegion(zones: readonly string[]): void {
    const known = regionOfProvider(this);
    const region = known ?? accountOf(this).region;
    const message = `availabilityZones are ${JSON.stringify(zones)}; the region is ${region}, and the names of its zones start with it.`;
    if (known !== undefined)
      check(
        this,
        zones.every((zone) => zone.startsWith(known)),
        message,
      );
    else
      this.requireAtPlan(expression`alltrue([for zone in ${zones} : startswith(zone, ${region})])`, message);
  }

  /** Resources are keyed by these values, so they must be known at synth and unique. */
  private checkKnownAndUnique(prop: string, values: readonly string[]): void {
    check(
      this,
      isKnown(values) && values.every(isKnown),
      `${prop} holds a value that only Terraform will know; resources are named after these values, so write them out.`,
    );
    check(
      this,
      new Set(values).size === values.length,
      `${prop} are ${JSON.stringify(values)}; each is named once.`,
    );
  }

  private subnets(
    kind: "public" | "private",
    cidrs: Readonly<Record<string, string>>,
  ): Record<string, string> {
    return this.byZone((zone) => {
      const subnet = new Subnet(this, `${kind}-subnet-${zone}`, {
        vpcId: this.vpc.id,
        availabilityZone: zone,
        cidrBlock: cidrs[zone],
        mapPublicIpOnLaunch: false,
        tags: this.nameTag(`${this.name}-${kind}-${zone}`),
      });
      return this.twin(`aws_subnet.${kind}["${zone}"]`, subnet).id;
    });
  }

  private routeToInternet(internetGateway: InternetGateway): void {
    const table = this.twin(
      "aws_route_table.public",
      new RouteTable(this, "public-route-table", {
        vpcId: this.vpc.id,
        tags: this.nameTag(`${this.name}-public`),
      }),
    );
    this.twin(
      "aws_route.internet",
      new Route(this, "internet-route", {
        routeTableId: table.id,
        destinationCidrBlock: "0.0.0.0/0",
        gatewayId: internetGateway.id,
      }),
    );
    for (const zone of this.zones) {
      this.twin(
        `aws_route_table_association.public["${zone}"]`,
        new RouteTableAssociation(this, `public-route-table-association-${zone}`, {
          subnetId: this.publicSubnets[zone]!,
          routeTableId: table.id,
        }),
      );
    }
  }

  private privateRouteTables(): Record<string, string> {
    return this.byZone((zone) => {
      const table = this.twin(
        `aws_route_table.private["${zone}"]`,
        new RouteTable(this, `private-route-table-${zone}`, {
          vpcId: this.vpc.id,
          tags: this.nameTag(`${this.name}-private-${zone}`),
        }),
      );
      this.twin(
        `aws_route_table_association.private["${zone}"]`,
        new RouteTableAssociation(this, `private-route-table-association-${zone}`, {
          subnetId: this.privateSubnets[zone]!,
          routeTableId: table.id,
        }),
      );
      return table.id;
    });
  }

  /** Returns the public address of each NAT gateway, by zone. */
  private routeToNat(
    nat: NonNullable<NetworkProps["nat"]>,
    privateTables: Readonly<Record<string, string>>,
    internetGateway: InternetGateway,
  ): Record<string, string> {
    if (nat === "none") return {};
    const publicIps: Record<string, string> = {};
    const gateways: Record<string, string> = {};
    for (const zone of nat === "single" ? this.zones.slice(0, 1) : this.zones) {
      const eip = this.twin(
        `aws_eip.nat["${zone}"]`,
        new Eip(this, `nat-eip-${zone}`, { domain: "vpc", tags: this.nameTag(`${this.name}-nat-${zone}`) }),
      );
      const gateway = this.twin(
        `aws_nat_gateway.this["${zone}"]`,
        new NatGateway(this, `nat-gateway-${zone}`, {
          allocationId: eip.id,
          subnetId: this.publicSubnets[zone]!,
          tags: this.nameTag(`${this.name}-${zone}`),
          // EC2 refuses a public NAT gateway in a VPC without an internet gateway.
          dependsOn: [internetGateway],
        }),
      );
      publicIps[zone] = eip.publicIp;
      gateways[zone] = gateway.id;
    }
    for (const zone of this.zones) {
      this.twin(
        `aws_route.nat["${zone}"]`,
        new Route(this, `nat-route-${zone}`, {
          routeTableId: privateTables[zone]!,
          destinationCidrBlock: "0.0.0.0/0",
          natGatewayId: gateways[nat === "per_az" ? zone : this.zones[0]!],
        }),
      );
    }
    return publicIps;
  }

  private interfaceEndpoint(service: string): void {
    const groupName = `${this.name}-endpoint-${service}`;
    const group = this.twin(
      `aws_security_group.endpoint["${service}"]`,
      new SecurityGroup(this, `endpoint-security-group-${service}`, {
        vpcId: this.vpc.id,
        name: this.named(`aws_security_group.endpoint["${service}"]`) ?? groupName,
        description:
          this.named(`aws_security_group.endpoint["${service}"]`, "description") ??
          `Endpoint of ${service} in ${this.name}`,
        tags: this.nameTag(groupName),
      }),
    );
    this.twin(
      `aws_vpc_security_group_ingress_rule.endpoint["${service}"]`,
      new VpcSecurityGroupIngressRule(this, `endpoint-ingress-${service}`, {
        securityGroupId: group.id,
        description: "TLS from the VPC",
        ipProtocol: "tcp",
        fromPort: 443,
        toPort: 443,
        cidrIpv4: this.vpc.cidrBlock,
        tags: this.tags,
      }),
    );
    this.twin(
      `aws_vpc_endpoint.interface["${service}"]`,
      new VpcEndpoint(this, `endpoint-${service}`, {
        vpcId: this.vpc.id,
        serviceName: endpointServiceName(service, accountOf(this)),
        vpcEndpointType: "Interface",
        subnetIds: this.zones.map((zone) => this.privateSubnets[zone]!),
        securityGroupIds: [group.id],
        privateDnsEnabled: true,
        tags: this.nameTag(`${this.name}-${service}`),
      }),
    );
  }

  private flowLogs({ flowLogRetentionDays = 365, kmsKeyArn, roles }: NetworkProps): CloudwatchLogGroup {
    const { accountId: account, partition, region } = accountOf(this);

    const logGroup = this.twin(
      "aws_cloudwatch_log_group.flow_logs",
      new CloudwatchLogGroup(this, "flow-log-group", {
        name: this.named("aws_cloudwatch_log_group.flow_logs") ?? `/vpc/${this.name}/flow-logs`,
        retentionInDays: flowLogRetentionDays,
        kmsKeyId: kmsKeyArn,
        tags: this.tags,
      }),
    );
    const role = this.twin(
      "aws_iam_role.flow_logs",
      new IamRole(this, "flow-log-role", {
        ...roleWith(this, roles, `${this.name}-flow-logs`, this.named("aws_iam_role.flow_logs")),
        description: `Writes the flow logs of ${this.name}`,
        // The ARN of the flow log is known only after it has assumed the role.
        assumeRolePolicy: trust("vpc-flow-logs.amazonaws.com", {
          StringEquals: { "aws:SourceAccount": account },
          ArnLike: { "aws:SourceArn": `arn:${partition}:ec2:${region}:${account}:vpc-flow-log/*` },
        }),
        tags: this.tags,
      }),
    );
    const rolePolicy = this.twin(
      "aws_iam_role_policy.flow_logs",
      new IamRolePolicy(this, "flow-log-policy", {
        name: this.named("aws_iam_role_policy.flow_logs") ?? "write-flow-logs",
        role: role.name,
        policy: policy({
          Effect: "Allow",
          Action: ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
          Resource: `${logGroup.arn}:*`,
        }),
      }),
    );
    this.twin(
      "aws_flow_log.this",
      new FlowLog(this, "flow-log", {
        vpcId: this.vpc.id,
        trafficType: "ALL",
        logDestination: logGroup.arn,
        iamRoleArn: role.arn,
        tags: this.nameTag(this.name),
        // Without its policy the role could be assumed, but every record would be lost.
        dependsOn: [rolePolicy],
      }),
    );
    return logGroup;
  }

  private byZone(create: (zone: string) => string): Record<string, string> {
    return Object.fromEntries(this.zones.map((zone) => [zone, create(zone)]));
  }

  private nameTag(name: string): Readonly<Record<string, string>> {
    return withTags({ Name: name }, this.tags);
  }
}
