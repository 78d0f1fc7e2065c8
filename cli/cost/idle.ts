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
) => { item: string; count: number; unitCost: number }[];

/** AWS requires two zones for a load balancer; the plan does not know subnets that it creates. */
const assumedZones = 2;

const countOf = (list: unknown): number =>
  Array.isArray(list) && list.length > 0 ? list.length : assumedZones;

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
  aws_cloudwatch_metric_alarm: (_, { alarmMonth }) => [{ item: "alarm", count: 1, unitCost: alarmMonth }],
  aws_cloudwatch_dashboard: (_, { dashboardMonth }) => [
    { item: "dashboard", count: 1, unitCost: dashboardMonth },
  ],
  aws_kms_key: (_, { kmsKeyMonth }) => [{ item: "KMS key", count: 1, unitCost: kmsKeyMonth }],
  aws_secretsmanager_secret: (_, { secretMonth }) => [{ item: "secret", count: 1, unitCost: secretMonth }],
};

/** Resources that cost money by the hour and for which there is no rule: they are named, not left out in silence. */
const notPriced =
  /^aws_(db_instance|rds_cluster(_instance)?|db_proxy|instance|ecs_service|lambda_provisioned_concurrency_config|elasticache_.*|mq_broker|msk_.*|opensearch_domain|redshift_.*|globalaccelerator_accelerator|ec2_transit_gateway.*|networkfirewall_firewall|kinesis_stream|vpn_.*)$/;

/** Costs of a month without any event, the highest first. */
export function idleCosts(resources: readonly PlannedResource[], prices: Prices): CostItem[] {
  const items = new Map<string, CostItem>();
  for (const { type, values } of resources) {
    for (const { item, count, unitCost } of rules[type]?.(values, prices) ?? []) {
      const before = items.get(item)?.count ?? 0;
      items.set(item, { item, count: before + count, unitCost, cost: (before + count) * unitCost });
    }
  }
  return [...items.values()].sort((a, b) => b.cost - a.cost);
}

/** Addresses of resources that cost money while idle and that {@link idleCosts} does not know. */
export const withoutPrice = (resources: readonly PlannedResource[]): string[] =>
  resources.filter(({ type }) => notPriced.test(type)).map(({ address }) => address);
