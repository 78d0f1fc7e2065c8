/** An IPv4 network as the range of its addresses, each a whole number. */
export interface Cidr {
  readonly prefix: number;
  readonly first: number;
  readonly last: number;
}

/** The network that `text` writes with its first address, as in `10.0.0.0/16`; undefined when it does not. */
export function parseCidr(text: string): Cidr | undefined {
  const [, address, prefix] = /^(\d+\.\d+\.\d+\.\d+)\/(\d+)$/.exec(text) ?? [];
  if (address === undefined || Number(prefix) > 32) return undefined;
  const first = address.split(".").reduce((sum, octet) => sum * 256 + Number(octet), 0);
  const cidr = network(first, Number(prefix));
  // Only the canonical form comes back as it was written: no octet over 255, no bits after the prefix.
  return first % size(cidr.prefix) === 0 && formatCidr(cidr) === text ? cidr : undefined;
}

export function formatCidr({ first, prefix }: Cidr): string {
  const octets = [24, 16, 8, 0].map((shift) => Math.floor(first / 2 ** shift) % 256);
  return `${octets.join(".")}/${prefix}`;
}

export const contains = (outer: Cidr, inner: Cidr): boolean =>
  outer.first <= inner.first && inner.last <= outer.last;

export const overlap = (a: Cidr, b: Cidr): boolean => a.first <= b.last && b.first <= a.last;

/** The part with this number when `block` is cut into 2^`newBits` equal ones: Terraform's `cidrsubnet`. */
export const subnetOf = (block: Cidr, newBits: number, number: number): Cidr => {
  const prefix = block.prefix + newBits;
  return network(block.first + number * size(prefix), prefix);
};

const size = (prefix: number): number => 2 ** (32 - prefix);

const network = (first: number, prefix: number): Cidr => ({ first, prefix, last: first + size(prefix) - 1 });
