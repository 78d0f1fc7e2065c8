import { readFileSync } from "node:fs";
import { join } from "node:path";
import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { TerraformStack, TerraformVariable, Testing } from "cdktf";
import { Network, type NetworkProps } from "../../src/network";
import { endpointExceptions } from "../../src/network/endpoint-service-names";
import { projectRoot } from "../../testing/terraform";
import { only, synthesize } from "./synth";

const zones = ["eu-west-1a", "eu-west-1b"];
const network = (props: Partial<NetworkProps> = {}) =>
  synthesize((stack) => {
    const { availabilityZones = zones } = props;
    new AwsProvider(stack, "aws", { region: availabilityZones[0]?.slice(0, -1) });
    new Network(stack, "net", { name: "net", ...props, availabilityZones });
  });

const built = (props: Partial<NetworkProps> = {}): Network =>
  new Network(new TerraformStack(Testing.app(), "test"), "net", {
    name: "net",
    availabilityZones: zones,
    ...props,
  });

const addresses = (props: Partial<NetworkProps>): string[] => [...built(props).twinAddresses.keys()];

/** CIDR by Name tag. */
const cidrs = (resources: ReturnType<typeof network>): Record<string, unknown> =>
  Object.fromEntries(
    Object.values(resources.aws_subnet!).map((subnet) => [
      (subnet.tags as Record<string, string>).Name,
      subnet.cidr_block,
    ]),
  );

test("computes the CIDR block of a subnet from the letter of its zone, whatever the other zones are", () => {
  expect(cidrs(network())).toEqual({
    "net-public-eu-west-1a": "10.0.0.0/20",
    "net-public-eu-west-1b": "10.0.16.0/20",
    "net-private-eu-west-1a": "10.0.128.0/20",
    "net-private-eu-west-1b": "10.0.144.0/20",
  });
  expect(cidrs(network({ availabilityZones: ["eu-west-1h", "eu-west-1b"] }))).toEqual({
    "net-public-eu-west-1b": "10.0.16.0/20",
    "net-public-eu-west-1h": "10.0.112.0/20",
    "net-private-eu-west-1b": "10.0.144.0/20",
    "net-private-eu-west-1h": "10.0.240.0/20",
  });
});

test("adding a zone and a NAT gateway in each zone changes no existing resource", () => {
  const before = network();
  const after = network({ availabilityZones: ["eu-west-1c", ...zones], nat: "per_az" });
  for (const type of ["aws_vpc", "aws_subnet", "aws_eip", "aws_nat_gateway", "aws_route_table"]) {
    expect(after[type]).toMatchObject(before[type]!);
  }
  expect(Object.keys(after.aws_nat_gateway!)).toHaveLength(3);
});

test("the order of zones does not matter", () => {
  expect(network({ availabilityZones: [...zones].reverse() })).toEqual(network());
});

test("uses given CIDR blocks and computes the others", () => {
  const publicSubnetCidrs = { "eu-west-1b": "10.0.0.16/28", "eu-west-1a": "10.0.0.0/28" };
  expect(cidrs(network({ publicSubnetCidrs }))).toEqual({
    "net-public-eu-west-1a": "10.0.0.0/28",
    "net-public-eu-west-1b": "10.0.0.16/28",
    "net-private-eu-west-1a": "10.0.128.0/20",
    "net-private-eu-west-1b": "10.0.144.0/20",
  });
});

test("Terraform computes the subnets of a CIDR block that only Terraform knows", () => {
  const stack = new TerraformStack(Testing.app(), "test");
  const cidrBlock = new TerraformVariable(stack, "cidr", { type: "string" }).stringValue;
  new Network(stack, "net", { name: "net", availabilityZones: zones, cidrBlock });
  const { resource } = JSON.parse(Testing.synth(stack)) as { resource: ReturnType<typeof network> };
  expect(cidrs(resource)).toMatchObject({ "net-private-eu-west-1b": "${cidrsubnet(var.cidr, 4, 9)}" });
});

test("a single NAT gateway is in the first zone by name, and every private subnet uses it", () => {
  const found = addresses({ availabilityZones: ["eu-west-1c", "eu-west-1b"] });
  expect(found.filter((address) => /nat/.test(address))).toEqual([
    'aws_eip.nat["eu-west-1b"]',
    'aws_nat_gateway.this["eu-west-1b"]',
    'aws_route.nat["eu-west-1b"]',
    'aws_route.nat["eu-west-1c"]',
  ]);
});

test("with a NAT gateway in each zone, each private subnet uses its own", () => {
  const routes = Object.values(network({ nat: "per_az" }).aws_route!).map((route) => route.nat_gateway_id);
  expect(new Set(routes.filter(Boolean)).size).toBe(2);
});

test("without NAT private subnets have no route to the internet", () => {
  const resources = network({ nat: "none" });
  expect(resources).not.toHaveProperty("aws_nat_gateway");
  expect(resources).not.toHaveProperty("aws_eip");
  expect(Object.keys(resources.aws_route!)).toHaveLength(1);
  expect(only(resources, "aws_route")).toHaveProperty("gateway_id");
  expect(built({ nat: "none" }).natPublicIps).toEqual({});
});

test("private route tables have the gateway endpoint of S3 without NAT", () => {
  const resources = network({ nat: "none" });
  const endpoint = only(resources, "aws_vpc_endpoint");
  expect(endpoint.vpc_endpoint_type).toBe("Gateway");
  expect(endpoint.service_name).toBe(
    'com.amazonaws.${element(split(".", data.aws_region.event-driven-ecs-region.endpoint), 1)}.s3',
  );
  expect(endpoint.route_table_ids).toHaveLength(2);
});

test("two networks of a stack share their data sources", () => {
  const stack = new TerraformStack(Testing.app(), "test");
  for (const name of ["one", "two"]) new Network(stack, name, { name, availabilityZones: zones });
  const { data } = JSON.parse(Testing.synth(stack)) as { data: Record<string, object> };
  expect(Object.entries(data).map(([type, found]) => [type, Object.keys(found).length])).toEqual([
    ["aws_caller_identity", 1],
    ["aws_partition", 1],
    ["aws_region", 1],
  ]);
});

test("an interface endpoint has private DNS and allows port 443 from the VPC only", () => {
  const resources = network({ interfaceEndpoints: ["ecr.api", "sqs"] });
  const interfaces = Object.values(resources.aws_vpc_endpoint!).filter(
    ({ vpc_endpoint_type }) => vpc_endpoint_type === "Interface",
  );
  expect(interfaces).toHaveLength(2);
  for (const endpoint of interfaces) {
    expect(endpoint.private_dns_enabled).toBe(true);
    expect(endpoint.subnet_ids).toHaveLength(2);
  }
  for (const rule of Object.values(resources.aws_vpc_security_group_ingress_rule!)) {
    expect(rule).toMatchObject({ ip_protocol: "tcp", from_port: 443, to_port: 443 });
    expect(rule.cidr_ipv4).toMatch(/^\$\{aws_vpc\.\w+\.cidr_block\}$/);
  }
  expect(resources).not.toHaveProperty("aws_vpc_security_group_egress_rule");
});

test("only Terraform knows whether the endpoint of a service has another name in its partition", () => {
  const resources = network({ interfaceEndpoints: ["ecr.api", "logs", "sqs", "transcribe"] });
  const region = '${element(split(".", data.aws_region.event-driven-ecs-region.endpoint), 1)}';
  const prefix = (exceptions: string) =>
    `\${lookup({${exceptions}}, data.aws_partition.event-driven-ecs-partition.partition, "com.amazonaws")}.${region}`;
  const china = '"aws-cn" = "cn.com.amazonaws"';
  const names = Object.values(resources.aws_vpc_endpoint!).map(({ service_name }) => service_name);
  expect(names.slice(0, 4)).toEqual([
    `${prefix(`${china}, "aws-eusc" = "eu.amazonaws"`)}.ecr.api`,
    `com.amazonaws.${region}.logs`,
    `${prefix(china)}.sqs`,
    `${prefix(china)}.transcribe\${(data.aws_partition.event-driven-ecs-partition.partition == "aws-cn") ? ".cn" : ""}`,
  ]);
});

test("the module has the same exceptions among the names of endpoints", () => {
  const text = readFileSync(join(projectRoot, "modules/network/endpoints.tf"), "utf8");
  for (const [partition, { prefix, services }] of Object.entries(endpointExceptions)) {
    const [, begin, list] = new RegExp(
      `${partition} = \\{\\s+prefix += "(.*)"\\s+services += \\[([^\\]]*)`,
    ).exec(text)!;
    expect(begin).toBe(prefix);
    expect(list!.match(/[\w.-]+/g)).toEqual(services);
  }
});

test("the default security group has no rules", () => {
  const group = only(network(), "aws_default_security_group");
  expect(group).not.toHaveProperty("ingress");
  expect(group).not.toHaveProperty("egress");
});

test("outputs are sorted by zone name", () => {
  const { privateSubnetIds, privateSubnets, publicSubnetIds, publicSubnets, natPublicIps } = built({
    availabilityZones: [...zones].reverse(),
    nat: "per_az",
  });
  expect(privateSubnetIds).toEqual(zones.map((zone) => privateSubnets[zone]));
  expect(publicSubnetIds).toEqual(zones.map((zone) => publicSubnets[zone]));
  expect(Object.keys(natPublicIps)).toEqual(zones);
});

test("refuses a zone of another region, at synthesis or at plan", () => {
  const inRegion = (region: string | undefined, availabilityZones = zones) =>
    synthesize((stack) => {
      const given = region ?? new TerraformVariable(stack, "region", {}).stringValue;
      new AwsProvider(stack, "aws", { region: given });
      new Network(stack, "net", { name: "net", availabilityZones });
    });
  expect(() => inRegion("us-east-1")).toThrow(
    'availabilityZones are ["eu-west-1a","eu-west-1b"]; the region is us-east-1, and the names of its zones start with it.',
  );
  expect(only(inRegion("eu-west-1"), "aws_vpc")).not.toHaveProperty("lifecycle");
  expect(() => inRegion("us-west-2", ["us-west-2a", "us-west-2-lax-1b"])).not.toThrow();
  expect(JSON.stringify(only(inRegion(undefined), "aws_vpc"))).toContain("startswith(zone, ");
});

const everyZone = (a: string, b: string): Record<string, string> => ({ "eu-west-1a": a, "eu-west-1b": b });

test.each<[Partial<NetworkProps>, string]>([
  [{ name: "a net" }, 'name is "a net"; a network name here has 1 to 54 letters'],
  [{ name: "sg-net" }, 'does not start with "sg-"'],
  [
    { cidrBlock: "10.0.0.0/26" },
    'cidrBlock is "10.0.0.0/26"; a sixteenth of it is smaller than /28, the smallest subnet. Give publicSubnetCidrs',
  ],
  [
    { interfaceEndpoints: ["ecr"] },
    'interfaceEndpoints names "ecr"; there is no such endpoint. Give ecr.api',
  ],
  [
    { cidrBlock: "10.0.0.0/27" },
    'cidrBlock is "10.0.0.0/27"; a VPC here has an IPv4 CIDR block of /16 to /26',
  ],
  [{ cidrBlock: "10.0.1.0/16" }, "written with its first address"],
  [{ availabilityZones: ["eu-west-1a"] }, 'availabilityZones are ["eu-west-1a"]; a network has at least two'],
  [{ availabilityZones: [...zones, "eu-west-1a"] }, "each is named once"],
  [{ availabilityZones: ["EU-WEST-1A", "eu-west-1b"] }, "lower-case letters, digits and hyphens"],
  [
    { availabilityZones: ["eu-west-1a", "eu-west-1i"] },
    "availabilityZones are eu-west-1a, eu-west-1i; to compute CIDR blocks, each name must end in a different letter from a to h. Give publicSubnetCidrs and privateSubnetCidrs.",
  ],
  [{ availabilityZones: ["us-west-2a", "us-west-2-lax-1a"] }, "a different letter from a to h"],
  [{ nat: "double" as "single" }, 'nat is "double"; allowed are "single", "none", "per_az".'],
  [{ interfaceEndpoints: ["com.amazonaws.eu-west-1.sqs"] }, 'named without "com.amazonaws.<region>."'],
  [{ interfaceEndpoints: ["s3"] }, "s3 has a gateway endpoint already"],
  [{ interfaceEndpoints: ["sqs", "sqs"] }, 'interfaceEndpoints are ["sqs","sqs"]; each is named once.'],
  [{ flowLogRetentionDays: 2 }, "flowLogRetentionDays is 2; CloudWatch Logs takes 0, 1, 3, 5, 7,"],
  [
    { publicSubnetCidrs: { "eu-west-1a": "10.0.0.0/20", "eu-west-1c": "10.0.16.0/20" } },
    "publicSubnetCidrs names the zones eu-west-1a, eu-west-1c; it must name exactly eu-west-1a, eu-west-1b, or none.",
  ],
  [
    { privateSubnetCidrs: { "eu-west-1a": "10.0.0.0/20" } },
    "privateSubnetCidrs names the zones eu-west-1a; it must name exactly",
  ],
  [
    { publicSubnetCidrs: everyZone("10.0.0.0/29", "10.0.16.0/20") },
    'publicSubnetCidrs of eu-west-1a is "10.0.0.0/29"; a subnet has an IPv4 CIDR block of /16 to /28',
  ],
  [
    { publicSubnetCidrs: everyZone("10.0.0.0/20", "10.1.0.0/20") },
    "Subnets must be within the VPC's 10.0.0.0/16; these are not: public eu-west-1b (10.1.0.0/20).",
  ],
  [
    { publicSubnetCidrs: everyZone("10.0.0.0/20", "10.0.15.240/28") },
    "Subnets must not overlap; these do: public eu-west-1a (10.0.0.0/20) and public eu-west-1b (10.0.15.240/28).",
  ],
  [
    { publicSubnetCidrs: everyZone("10.0.0.0/20", "10.0.128.0/28") },
    "public eu-west-1b (10.0.128.0/28) and private eu-west-1a (10.0.128.0/20)",
  ],
])("refuses %j with the value found, the values allowed and the construct's path", (props, message) => {
  expect(() => network(props)).toThrow(message);
  expect(() => network(props)).toThrow("(at test/net)");
});

test("accepts zones with the same letter and given CIDR blocks", () => {
  const availabilityZones = ["us-west-2a", "us-west-2-lax-1a"];
  const given = (a: string, b: string) => ({ "us-west-2a": a, "us-west-2-lax-1a": b });
  const resources = network({
    availabilityZones,
    publicSubnetCidrs: given("10.0.0.0/24", "10.0.1.0/24"),
    privateSubnetCidrs: given("10.0.2.0/24", "10.0.3.0/24"),
  });
  expect(cidrs(resources)).toMatchObject({ "net-private-us-west-2-lax-1a": "10.0.3.0/24" });
});

test("refuses zones that only Terraform will know, because resources are keyed by them", () => {
  const stack = new TerraformStack(Testing.app(), "test");
  const unknown = new TerraformVariable(stack, "zones", { type: "list(string)" }).listValue as string[];
  expect(() => new Network(stack, "net", { name: "net", availabilityZones: unknown })).toThrow(
    "availabilityZones holds a value that only Terraform will know",
  );
});
