import type { Caller } from "../routing";

export interface Address extends Caller {
  loadBalancer: string;
  port: number;
}

/**
 * Puts the account into the DNS names of an answer: moto gives load balancers of one name the same DNS name in
 * every account.
 */
export function uniqueDnsNames(xml: string, account: string): string {
  return xml.replace(/(<DNSName>[^<]+?)-1(\.[^<]+<)/g, `$1-${account}$2`);
}

/** What a Host header asks for; undefined when it does not name a load balancer. */
export function addressOf(host: string | undefined): Address | undefined {
  const [, loadBalancer, account, region, port = "80"] =
    /^(.+)-(\d{12})\.([a-z0-9-]+)\.elb\.amazonaws\.com(?::(\d+))?$/i.exec(host ?? "") ?? [];
  if (!loadBalancer || !account || !region) return undefined;
  return { loadBalancer: loadBalancer.toLowerCase(), account, region, port: Number(port) };
}
