/** An IPv4 CIDR block as a range of addresses, each a whole number. */
export interface Cidr {
  /** Length of the prefix, in bits. */
  readonly prefix: number;
  /** First address. */
  readonly first: number;
  /** Last address. */
  readonly last: number;
}

/** Parses a CIDR block that is written with its first address, such as `10.0.0.0/16`. Undefined for any other text. */
export function parseCidr(text: string): Cidr | undefined {
  const [, address, prefix] = /^(\d+\.\d+\.\d+\.\d+)\/(\d+)$/.exec(text) ?? [];
  if (address === undefined || Number(prefix) > 32) return undefined;
  const first = address.split(".").reduce((sum, octet) => sum * 256 + Number(octet), 0);
  const cidr = network(first, Number(prefix));
  // The canonical form only: no octet over 255, no bits after the prefix.
  return first % size(cidr.prefix) === 0 && formatCidr(cidr) === text ? cidr : undefined;
}

/** The text of a CIDR block, such as `10.0.0.0/16`. */
export function formatCidr({ first, prefix }: Cidr): string {
  const octets = [24, 16, 8, 0].map((shift) => Math.floor(first / 2 ** shift) % 256);
  return `${octets.join(".")}/${prefix}`;
}

/** Whether `inner` is within `outer`. */
export const contains = (outer: Cidr, inner: Cidr): boolean =>
  outer.first <= inner.first && inner.last <= outer.last;

/** Whether two CIDR blocks have an address in common. */
export const overlap = (a: Cidr, b: Cidr): boolean => a.first <= b.last && b.first <= a.last;

/** Part `number` of the 2^`newBits` equal parts of `block`, as Terraform's `cidrsubnet` computes it. */
export const subnetOf = (block: Cidr, newBits: number, number: number): Cidr => {
  const prefix = block.prefix + newBits;
  return network(block.first + number * size(prefix), prefix);
};

const size = (prefix: number): number => 2 ** (32 - prefix);

const network = (first: number, prefix: number): Cidr => ({ first, prefix, last: first + size(prefix) - 1 });
