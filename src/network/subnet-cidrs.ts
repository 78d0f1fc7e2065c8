import { Fn } from "cdktf";
import type { Construct } from "constructs";
import { sortedEntries } from "../core/maps";
import { checkKeys } from "../core/typed";
import { check, isKnown } from "../core/validation";
import { type Cidr, contains, formatCidr, overlap, parseCidr, subnetOf } from "./cidr";

type ByZone = Readonly<Record<string, string>>;

/** CIDR blocks of the subnets of a network. */
export interface SubnetCidrs {
  /** CIDR block of the public subnet in each zone, by zone name. */
  readonly public: ByZone;
  /** CIDR block of the private subnet in each zone, by zone name. */
  readonly private: ByZone;
}

/**
 * The IPv4 CIDR block of each subnet by zone: those of `given`, otherwise computed.
 *
 * @throws ValidationError when zones are missing or unknown, or when CIDR blocks are not within the VPC or overlap.
 */
export function subnetCidrs(
  scope: Construct,
  cidrBlock: string,
  zones: readonly string[],
  given: Partial<SubnetCidrs>,
): SubnetCidrs {
  const cidrs = {
    public: givenFor(scope, "publicSubnetCidrs", zones, given.public) ?? computed(scope, cidrBlock, zones, 0),
    private:
      givenFor(scope, "privateSubnetCidrs", zones, given.private) ?? computed(scope, cidrBlock, zones, 8),
  };
  checkWithinAndDisjoint(scope, cidrBlock, cidrs);
  return cidrs;
}

function givenFor(
  scope: Construct,
  prop: string,
  zones: readonly string[],
  cidrs: ByZone = {},
): ByZone | undefined {
  checkKeys(scope, prop, cidrs);
  const named = Object.keys(cidrs).sort();
  if (named.length === 0) return undefined;
  check(
    scope,
    named.join() === zones.join(),
    `${prop} names the zones ${named.join(", ")}; it must name exactly ${zones.join(", ")}, or none.`,
  );
  for (const [zone, cidr] of sortedEntries(cidrs)) {
    const prefix = parseCidr(cidr)?.prefix ?? 0;
    check(
      scope,
      !isKnown(cidr) || (prefix >= 16 && prefix <= 28),
      `${prop} of ${zone} is "${cidr}"; a subnet has an IPv4 CIDR block of /16 to /28, written with its first address, for instance 10.0.0.0/20.`,
    );
  }
  return cidrs;
}

/** From the letter of the zone, so that neither the order nor an added zone changes the CIDR block of a subnet. */
function computed(
  scope: Construct,
  cidrBlock: string,
  zones: readonly string[],
  firstNumber: number,
): ByZone {
  const numbers = zones.map((zone) => "abcdefgh".indexOf(zone.slice(-1)));
  check(
    scope,
    !numbers.includes(-1) && new Set(numbers).size === zones.length,
    `availabilityZones are ${zones.join(", ")}; to compute CIDR blocks, each name must end in a different letter from a to h. Give publicSubnetCidrs and privateSubnetCidrs.`,
  );
  const block = parseCidr(cidrBlock);
  check(
    scope,
    block === undefined || block.prefix <= 24,
    `cidrBlock is "${cidrBlock}"; a sixteenth of it is smaller than /28, the smallest subnet. Give publicSubnetCidrs and privateSubnetCidrs, or a block of /24 or larger.`,
  );
  const cidr = (number: number): string =>
    block ? formatCidr(subnetOf(block, 4, number)) : Fn.cidrsubnet(cidrBlock, 4, number);
  return Object.fromEntries(zones.map((zone, i) => [zone, cidr(firstNumber + numbers[i]!)]));
}

function checkWithinAndDisjoint(scope: Construct, cidrBlock: string, cidrs: SubnetCidrs): void {
  const subnets = [...named("public", cidrs.public), ...named("private", cidrs.private)];
  const vpc = parseCidr(cidrBlock);
  const outside = subnets.filter(({ range }) => vpc && !contains(vpc, range));
  check(
    scope,
    outside.length === 0,
    `Subnets must be within the VPC's ${cidrBlock}; these are not: ${outside.map(({ name }) => name).join(", ")}.`,
  );
  const overlaps = subnets.flatMap((a, i) =>
    subnets
      .slice(i + 1)
      .filter((b) => overlap(a.range, b.range))
      .map((b) => `${a.name} and ${b.name}`),
  );
  check(scope, overlaps.length === 0, `Subnets must not overlap; these do: ${overlaps.join("; ")}.`);
}

const named = (kind: string, cidrs: ByZone): { name: string; range: Cidr }[] =>
  sortedEntries(cidrs).flatMap(([zone, cidr]) => {
    const range = parseCidr(cidr);
    return range ? [{ name: `${kind} ${zone} (${cidr})`, range }] : [];
  });
