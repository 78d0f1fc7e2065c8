const RESERVED_AT_START = 4;

/** Allocates private IPs of subnets: the lowest free one, so that a freed IP is soon reused, as on AWS. */
export class Addresses {
  private readonly taken = new Map<string, Set<number>>();

  /** Returns undefined if the subnet is full. AWS reserves the first four addresses and the last one. */
  allocate(subnetId: string, cidr: string): string | undefined {
    const { first, size } = range(cidr);
    const taken = this.takenIn(subnetId);
    for (let host = RESERVED_AT_START; host < size - 1; host += 1) {
      if (taken.has(first + host)) continue;
      taken.add(first + host);
      return toText(first + host);
    }
    return undefined;
  }

  free(subnetId: string, ip: string): void {
    this.takenIn(subnetId).delete(toNumber(ip));
  }

  private takenIn(subnetId: string): Set<number> {
    let taken = this.taken.get(subnetId);
    if (!taken) {
      taken = new Set();
      this.taken.set(subnetId, taken);
    }
    return taken;
  }
}

function range(cidr: string): { first: number; size: number } {
  const [ip = "", bits = "32"] = cidr.split("/");
  return { first: toNumber(ip), size: 2 ** (32 - Number(bits)) };
}

function toNumber(ip: string): number {
  return ip.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
}

function toText(ip: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(ip / 2 ** shift) % 256).join(".");
}
