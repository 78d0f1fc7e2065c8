import type { Caller } from "../routing";

export interface Address extends Caller {
  loadBalancer: string;
  port: number;
}

/**
 * Adds the account to the DNS names in a response: in moto, load balancers with the same name have the same DNS name in
 * all accounts.
 */
export function uniqueDnsNames(xml: string, account: string): string {
  return xml.replace(/(<DNSName>[^<]+?)-1(\.[^<]+<)/g, `$1-${account}$2`);
}

/** The load balancer that a Host header names; undefined if it names none. */
export function addressOf(host: string | undefined): Address | undefined {
  const [, loadBalancer, account, region, port = "80"] =
    /^(.+)-(\d{12})\.([a-z0-9-]+)\.elb\.amazonaws\.com(?::(\d+))?$/i.exec(host ?? "") ?? [];
  if (!loadBalancer || !account || !region) return undefined;
  return { loadBalancer: loadBalancer.toLowerCase(), account, region, port: Number(port) };
}
