import type { Caller } from "../routing";
import { askQuery, type Upstream } from "../upstream";
import { textIn, textsIn } from "./query";

/** A function or task that connects to a database. */
export interface NetworkClient {
  securityGroupIds: string[];
  subnetIds?: string[];
  /** its address, if it has one already */
  ip?: string;
}

/** Whether the deployed security group rules allow a connection. */
export interface Reachability {
  allowed: boolean;
  /** why not */
  reason?: string;
}

interface Rule {
  isEgress: boolean;
  group?: string;
  cidr?: string;
  protocol: string;
  from: number;
  to: number;
}

/** Reads the deployed security group rules. They are checked here and not enforced between processes. */
export class SecurityGroups {
  constructor(private readonly upstream: Upstream) {}

  /** @param instance description of the instance by RDS */
  async mayConnect(
    caller: Caller,
    client: NetworkClient,
    instance: { id: string; port: number; description: string },
  ): Promise<Reachability> {
    const { id, port, description } = instance;
    const groups = textsIn(description, "VpcSecurityGroupId");
    const subnets = textsIn(description, "SubnetIdentifier");
    const [ingress, egress, targets, sources] = await Promise.all([
      this.rules(caller, groups),
      this.rules(caller, client.securityGroupIds),
      this.ranges(caller, subnets),
      client.ip ? [`${client.ip}/32`] : this.ranges(caller, client.subnetIds ?? []),
    ]);
    const of = (rules: Rule[], isEgress: boolean, peers: string[], ranges: string[]) =>
      rules.some(
        (rule) =>
          rule.isEgress === isEgress &&
          coversPort(rule, port) &&
          (peers.includes(rule.group ?? "") || coversAll(rule.cidr, ranges)),
      );
    const from = client.securityGroupIds.join(", ") || "no security group";
    const to = groups.join(", ");
    if (!of(ingress, false, client.securityGroupIds, sources))
      return {
        allowed: false,
        reason: `no inbound rule of ${to} of the database ${id} allows port ${port} from ${from}`,
      };
    if (!of(egress, true, groups, targets))
      return {
        allowed: false,
        reason: `no outbound rule of ${from} allows port ${port} to ${to} of the database ${id}`,
      };
    return { allowed: true };
  }

  private async rules(caller: Caller, groups: string[]): Promise<Rule[]> {
    if (groups.length === 0) return [];
    const xml = await this.ask(caller, "DescribeSecurityGroupRules", {
      "Filter.1.Name": "group-id",
      ...numbered("Filter.1.Value", groups),
    });
    return xml
      .split("<securityGroupRuleId>")
      .slice(1)
      .map((rule) => ({
        isEgress: textIn(rule, "isEgress")?.toLowerCase() === "true",
        group: /<referencedGroupInfo>[\s\S]*?<groupId>([^<]+)</.exec(rule)?.[1],
        cidr: textIn(rule, "cidrIpv4"),
        protocol: textIn(rule, "ipProtocol") ?? "",
        from: Number(textIn(rule, "fromPort") ?? -1),
        to: Number(textIn(rule, "toPort") ?? -1),
      }));
  }

  /** The address ranges of subnets. */
  private async ranges(caller: Caller, subnets: string[]): Promise<string[]> {
    if (subnets.length === 0) return [];
    return textsIn(await this.ask(caller, "DescribeSubnets", numbered("SubnetId", subnets)), "cidrBlock");
  }

  private ask(caller: Caller, Action: string, parameters: Record<string, string>): Promise<string> {
    return askQuery(this.upstream, caller, "ec2", { Action, Version: "2016-11-15", ...parameters });
  }
}

function numbered(name: string, values: string[]): Record<string, string> {
  return Object.fromEntries(values.map((value, index) => [`${name}.${index + 1}`, value]));
}

function coversPort({ from, protocol, to }: Rule, port: number): boolean {
  return protocol === "-1" || (["tcp", "6"].includes(protocol) && from <= port && port <= to);
}

/** Whether a range has all other ranges in it. Of no ranges, only the range of all addresses has all. */
function coversAll(cidr: string | undefined, ranges: string[]): boolean {
  if (cidr === undefined) return false;
  const [start, bits] = parse(cidr);
  if (ranges.length === 0) return bits === 0;
  return ranges.every((range) => {
    const [first, length] = parse(range);
    return length >= bits && Math.floor(first / 2 ** (32 - bits)) === Math.floor(start / 2 ** (32 - bits));
  });
}

function parse(cidr: string): [start: number, bits: number] {
  const [ip = "", bits = "32"] = cidr.split("/");
  return [ip.split(".").reduce((sum, part) => sum * 256 + Number(part), 0), Number(bits)];
}
