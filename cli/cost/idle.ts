import type { PlannedResource } from "./plan";
import type { Prices } from "./prices";

/** Hours of a month, as AWS counts in its examples. */
export const hoursPerMonth = 730;

export type CostItem = {
  item: string;
  /** Number of resources, addresses or endpoints. */
  count: number;
  /** USD for one a month. */
  unitCost: number;
  /** USD for all. */
  cost: number;
};

/** What costs money without any event. A resource may have several. */
type Rule = (
  values: PlannedResource["values"],
  prices: Prices,
  resource: PlannedResource,
  resources: readonly PlannedResource[],
) => { item: string; count: number; unitCost: number }[];

/** AWS requires two zones for a load balancer; the plan does not know subnets that it creates. */
const assumedZones = 2;

const countOf = (list: unknown): number =>
  Array.isArray(list) && list.length > 0 ? list.length : assumedZones;

/** Price of an hour of a class of RDS, with PostgreSQL in one zone. Other classes have none here. */
const databaseClasses: Readonly<Record<string, keyof Prices>> = {
  "db.t3.micro": "dbT3MicroHour",
  "db.t4g.micro": "dbT4gMicroHour",
};

/** Price of an hour of a type of EC2. Other types have none here. */
const instanceTypes: Readonly<Record<string, keyof Prices>> = { "t4g.nano": "t4gNanoHour" };

const database: Rule = (values, prices, _resource, resources) => {
  const hour = databaseClasses[String(values.instance_class)];
  if (hour === undefined || (values.engine ?? "postgres") !== "postgres") return [];
  // The storage of a read replica is that of its source.
  const source = resources.find(
    ({ type, values: { identifier } }) =>
      type === "aws_db_instance" && identifier !== undefined && identifier === values.replicate_source_db,
  );
  const gb = Number(values.allocated_storage ?? source?.values.allocated_storage ?? 0);
  const count = values.multi_az === true ? 2 : 1;
  return [
    {
      item: `database instance ${values.instance_class}`,
      count,
      unitCost: prices[hour] * hoursPerMonth,
    },
    ...(gb > 0 ? [{ item: "GB of database storage", count: count * gb, unitCost: prices.dbGp3GbMonth }] : []),
    ...(values.manage_master_user_password === true
      ? [{ item: "secret", count: 1, unitCost: prices.secretMonth }]
      : []),
  ];
};

/** An instance that a resource of its module stops costs its volume only. */
const instance: Rule = (values, prices, { address }, resources) => {
  const module = address.slice(0, address.lastIndexOf("aws_instance."));
  const isStopped = resources.some(
    (other) =>
      other.type === "aws_ec2_instance_state" &&
      other.address.startsWith(`${module}aws_ec2_instance_state.`) &&
      other.values.state === "stopped",
  );
  const hour = instanceTypes[String(values.instance_type)];
  if (hour === undefined && !isStopped) return [];
  const gb = Number(
    (values.root_block_device as { volume_size?: number }[] | undefined)?.[0]?.volume_size ?? 0,
  );
  return [
    ...(isStopped
      ? []
      : [{ item: `instance ${values.instance_type}`, count: 1, unitCost: prices[hour!] * hoursPerMonth }]),
    ...(isStopped || values.associate_public_ip_address !== true
      ? []
      : [{ item: "public IPv4 address", count: 1, unitCost: prices.publicIpv4Hour * hoursPerMonth }]),
    ...(gb > 0 ? [{ item: "GB of a volume", count: gb, unitCost: prices.ebsGp3GbMonth }] : []),
  ];
};

const queriesOf = (queries: unknown) => (queries ?? []) as { readonly metric?: readonly unknown[] }[];

const rules: Readonly<Record<string, Rule>> = {
  aws_nat_gateway: (_, { natGatewayHour }) => [
    { item: "NAT gateway", count: 1, unitCost: natGatewayHour * hoursPerMonth },
  ],
  aws_eip: (_, { publicIpv4Hour }) => [
    { item: "public IPv4 address", count: 1, unitCost: publicIpv4Hour * hoursPerMonth },
  ],
  aws_lb: ({ internal, subnets }, { loadBalancerHour, publicIpv4Hour }) => [
    { item: "load balancer, without traffic", count: 1, unitCost: loadBalancerHour * hoursPerMonth },
    ...(internal === true
      ? []
      : [{ item: "public IPv4 address", count: countOf(subnets), unitCost: publicIpv4Hour * hoursPerMonth }]),
  ],
  aws_vpc_endpoint: ({ vpc_endpoint_type: type, subnet_ids: subnets }, { interfaceEndpointHour }) =>
    type === "Interface"
      ? [
          {
            item: "interface endpoint in a zone",
            count: countOf(subnets),
            unitCost: interfaceEndpointHour * hoursPerMonth,
          },
        ]
      : [],
  aws_cloudwatch_metric_alarm: ({ metric_query: queries }, { alarmMonth }) => {
    // An alarm on an expression is paid for each metric in it.
    const metrics = Math.max(1, queriesOf(queries).filter(({ metric }) => metric?.length).length);
    const item = metrics === 1 ? "alarm" : `alarm on ${metrics} metrics`;
    return [{ item, count: 1, unitCost: metrics * alarmMonth }];
  },
  aws_cloudwatch_dashboard: (_, { dashboardMonth }) => [
    { item: "dashboard", count: 1, unitCost: dashboardMonth },
  ],
  aws_db_instance: database,
  aws_efs_file_system: ({ throughput_mode: mode, provisioned_throughput_in_mibps: mibps }, prices) =>
    mode === "provisioned" && Number(mibps) > 0
      ? [
          {
            item: "MiB/s of a file system's throughput",
            count: Number(mibps),
            unitCost: prices.efsThroughputMibMonth,
          },
        ]
      : [],
  aws_instance: instance,
  aws_kms_key: (_, { kmsKeyMonth }) => [{ item: "KMS key", count: 1, unitCost: kmsKeyMonth }],
  aws_secretsmanager_secret: (_, { secretMonth }) => [{ item: "secret", count: 1, unitCost: secretMonth }],
};

/** Resources that cost money by the hour: those that no rule prices are named, not left out in silence. */
const notPriced =
  /^aws_(db_instance|rds_cluster(_instance)?|db_proxy|instance|ecs_service|lambda_provisioned_concurrency_config|elasticache_.*|mq_broker|msk_.*|opensearch_domain|redshift_.*|globalaccelerator_accelerator|ec2_transit_gateway.*|networkfirewall_firewall|kinesis_stream|vpn_.*)$/;

const pricedBy = (resource: PlannedResource, prices: Prices, resources: readonly PlannedResource[]) =>
  rules[resource.type]?.(resource.values, prices, resource, resources) ?? [];

/** Costs of a month without any event, the highest first. */
export function idleCosts(resources: readonly PlannedResource[], prices: Prices): CostItem[] {
  const items = new Map<string, CostItem>();
  for (const resource of resources) {
    for (const { item, count, unitCost } of pricedBy(resource, prices, resources)) {
      const before = items.get(item)?.count ?? 0;
      items.set(item, { item, count: before + count, unitCost, cost: (before + count) * unitCost });
    }
  }
  return [...items.values()].sort((a, b) => b.cost - a.cost);
}

/** Addresses of resources that cost money while idle and that {@link idleCosts} does not know. */
export const withoutPrice = (resources: readonly PlannedResource[], prices: Prices): string[] =>
  resources
    .filter((resource) => notPriced.test(resource.type) && pricedBy(resource, prices, resources).length === 0)
    .map(({ address }) => address);
