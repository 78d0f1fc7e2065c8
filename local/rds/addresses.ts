import { randomInt } from "node:crypto";
import { createServer } from "node:net";
import { platform } from "node:os";
import { findFreePort } from "../free-port";

const ATTEMPTS = 20;

export interface Endpoint {
  address: string;
  port: number;
}

/**
 * Addresses of databases by identifier, which the DNS name of an endpoint has on AWS: an instance that gets the identifier
 * of an earlier one gets its address.
 */
export class Addresses {
  private readonly known = new Map<string, Endpoint>();

  /** @param key of the instance */
  async find(key: string, port: number): Promise<Endpoint> {
    const before = this.known.get(key);
    const again = before && { ...before, ...(hasOwn(before) && { port }) };
    const found = again && (await canListen(again.port, again.address)) ? again : await findAddress(port);
    this.known.set(key, found);
    return found;
  }
}

/** Whether an address is that of one database, and not that of the machine. */
export function hasOwn({ address }: Endpoint): boolean {
  return address !== "127.0.0.1";
}

/**
 * Finds an address for a database. On Linux it is a loopback address of its own, so that the port is the one asked for.
 * Elsewhere only 127.0.0.1 is there, and the port is a free one.
 */
export async function findAddress(port: number): Promise<Endpoint> {
  for (let attempt = 0; platform() === "linux" && attempt < ATTEMPTS; attempt += 1) {
    const address = `127.${randomInt(1, 255)}.${randomInt(0, 256)}.${randomInt(1, 255)}`;
    if (await canListen(port, address)) return { address, port };
  }
  return { address: "127.0.0.1", port: await findFreePort() };
}

function canListen(port: number, host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, host, () => server.close(() => resolve(true)));
  });
}
