import { isIPv6 } from "node:net";
import type { VpcSecurityGroupEgressRuleConfig } from "@cdktf/provider-aws/lib/vpc-security-group-egress-rule";
import { Token } from "cdktf";
import type { Construct } from "constructs";
import { expression } from "../core/expression";
import { check, checkInteger, checkMatches, checkOneOf, isKnown, isToken } from "../core/validation";
import { checkCidr } from "../network/check-cidr";

/** A destination that a task is allowed to reach: ports of one range, security group or prefix list. */
export interface EgressRule {
  /**
   * Port of the destination: 1 to 65535. Protocols `tcp` and `udp` need it, or `fromPort` and `toPort`.
   * @default - `fromPort` to `toPort`
   */
  readonly port?: number;
  /**
   * First port of a range: 0 to 65535, together with `toPort`.
   * @default - `port`
   */
  readonly fromPort?: number;
  /**
   * Last port of a range: `fromPort` to 65535.
   * @default - `port`
   */
  readonly toPort?: number;
  /**
   * Protocol: `tcp`, `udp`, `icmp` or `-1` for every protocol. The last two have no ports: they cover all types and
   * ports.
   * @default "tcp"
   */
  readonly protocol?: "tcp" | "udp" | "icmp" | "-1";
  /**
   * IPv4 range of the destination, for instance `10.0.0.0/16`. A rule has exactly one of `cidrIpv4`, `cidrIpv6`,
   * `securityGroupId` and `prefixListId`.
   * @default - another destination
   */
  readonly cidrIpv4?: string;
  /**
   * IPv6 range of the destination, for instance `2001:db8::/32`.
   * @default - another destination
   */
  readonly cidrIpv6?: string;
  /**
   * ID of the security group of the destination, for instance that of a database.
   * @default - another destination
   */
  readonly securityGroupId?: string;
  /**
   * ID of the prefix list of the destination, for instance that of the gateway endpoint of S3.
   * @default - another destination
   */
  readonly prefixListId?: string;
  /**
   * Description of the security group rule: 1 to 255 characters (Amazon EC2 API Reference, IpRange).
   * @default "Outgoing traffic of the task"
   */
  readonly description?: string;
}

const protocols = ["tcp", "udp", "icmp", "-1"] as const;
const destinations = ["cidrIpv4", "cidrIpv6", "securityGroupId", "prefixListId"] as const;
const portProps = ["port", "fromPort", "toPort"] as const;

/** @throws ValidationError when EC2 would refuse the rule. `prop` is the path of the rule in the props. */
export function checkEgress(scope: Construct, prop: string, rule: EgressRule): void {
  checkOneOf(scope, `${prop}.protocol`, rule.protocol, protocols);
  checkPorts(scope, prop, rule);
  const given = destinations.filter((name) => rule[name] !== undefined);
  check(
    scope,
    given.length === 1,
    `${prop} has ${given.join(", ") || "no destination"}; a rule has exactly one of cidrIpv4, cidrIpv6, securityGroupId, prefixListId.`,
  );
  if (rule.cidrIpv4 !== undefined) checkCidr(scope, `${prop}.cidrIpv4`, rule.cidrIpv4);
  check(
    scope,
    !isKnown(rule.cidrIpv6) || isIpv6Range(rule.cidrIpv6!),
    `${prop}.cidrIpv6 is "${rule.cidrIpv6}"; it takes an IPv6 range with its first address, such as "2001:db8::/32".`,
  );
  checkMatches(
    scope,
    `${prop}.securityGroupId`,
    rule.securityGroupId,
    /^([0-9]{12}\/)?sg-[0-9a-z]+$/,
    'it takes the ID of a security group, such as "sg-0a1b2c3d4e5f60718".',
  );
  checkMatches(
    scope,
    `${prop}.prefixListId`,
    rule.prefixListId,
    /^pl-[0-9a-z]+$/,
    'it takes the ID of a prefix list, such as "pl-0a1b2c3d4e5f60718".',
  );
  checkMatches(
    scope,
    `${prop}.description`,
    rule.description,
    /^[A-Za-z0-9 ._:/()#,@[\]+=&;{}!$*-]{1,255}$/,
    "EC2 takes 1 to 255 letters, digits, spaces and ._-:/()#,@[]+=&;{}!$*.",
  );
}

function checkPorts(scope: Construct, prop: string, rule: EgressRule): void {
  const { protocol = "tcp", port, fromPort, toPort } = rule;
  const given = portProps.filter((name) => rule[name] !== undefined).join(", ");
  if (!Token.isUnresolved(protocol)) {
    const ports = given || "no port";
    if (protocol === "tcp" || protocol === "udp")
      check(
        scope,
        given === "port" || given === "fromPort, toPort",
        `${prop} has ${ports} with protocol "${protocol}"; it takes port, or fromPort and toPort.`,
      );
    else
      check(
        scope,
        given === "",
        `${prop} has ${ports} with protocol "${protocol}"; "icmp" and "-1" take no ports, they cover all types and ports.`,
      );
  }
  checkInteger(scope, `${prop}.port`, port, [1, 65535], "a port is 1 to 65535.");
  checkInteger(scope, `${prop}.fromPort`, fromPort, [0, 65535], "a range has ports from 0 to 65535.");
  checkInteger(scope, `${prop}.toPort`, toPort, [0, 65535], "a range has ports from 0 to 65535.");
  check(
    scope,
    !isKnown(fromPort) || !isKnown(toPort) || fromPort! <= toPort!,
    `${prop} has fromPort ${fromPort} and toPort ${toPort}; fromPort is the lower one.`,
  );
}

/** Whether `text` is an IPv6 range in its canonical form, with no bits after the prefix. */
function isIpv6Range(text: string): boolean {
  const [, address = "", length = ""] = /^([^/]+)\/(0|[1-9][0-9]{0,2})$/.exec(text) ?? [];
  if (!isIPv6(address) || Number(length) > 128) return false;
  if (new URL(`http://[${address}]/`).hostname !== `[${address}]`) return false;
  const [head = "", tail] = address.split("::").map((half) => half.split(":").filter(Boolean));
  const zeros = Array.from({ length: 8 - head.length - (tail?.length ?? 0) }, () => "0");
  const bits = [...head, ...zeros, ...(tail ?? [])]
    .map((group) => Number.parseInt(group, 16).toString(2).padStart(16, "0"))
    .join("");
  return !bits.slice(Number(length)).includes("1");
}

/** Protocol, ports and destination of the rule, as the security group rule takes them. */
export function egressRule(
  rule: EgressRule,
): Omit<VpcSecurityGroupEgressRuleConfig, "securityGroupId" | "tags"> {
  const { protocol = "tcp", port, fromPort = port, toPort = port } = rule;
  const allTypes = protocol === "icmp" ? -1 : undefined;
  const unlessIcmp = (given: number | undefined): number | undefined =>
    isToken(protocol)
      ? Token.asNumber(expression`${protocol} == "icmp" ? -1 : ${given}`)
      : (given ?? allTypes);
  return {
    description: rule.description ?? "Outgoing traffic of the task",
    ipProtocol: protocol,
    fromPort: unlessIcmp(fromPort),
    toPort: unlessIcmp(toPort),
    cidrIpv4: rule.cidrIpv4,
    cidrIpv6: rule.cidrIpv6,
    referencedSecurityGroupId: rule.securityGroupId,
    prefixListId: rule.prefixListId,
  };
}

/** @throws ValidationError when RunTask would refuse the security groups beside the task's own. */
export function checkSecurityGroups(
  scope: Construct,
  ids: readonly string[] = [],
  networkMode: string = "awsvpc",
): void {
  if (Token.isUnresolved(ids)) return;
  check(
    scope,
    ids.length <= 4,
    `securityGroupIds has ${ids.length} security groups; a task has at most 5, its own included.`,
  );
  for (const id of ids)
    checkMatches(
      scope,
      "securityGroupIds",
      id,
      /^sg-[0-9a-z]+$/,
      'it takes IDs of security groups, such as "sg-0a1b2c3d4e5f60718".',
    );
  check(
    scope,
    ids.length === 0 || Token.isUnresolved(networkMode) || networkMode === "awsvpc",
    `securityGroupIds is given with networkMode "${networkMode}"; only with "awsvpc" a task has security groups. Attach them to the container instances.`,
  );
}
