import { randomInt } from "node:crypto";
import { createServer } from "node:net";
import { platform } from "node:os";
import { findFreePort } from "../free-port";

const ATTEMPTS = 20;

/**
 * Finds an address for a database. On Linux it is a loopback address of its own, so that the port is the one asked for.
 * Elsewhere only 127.0.0.1 is there, and the port is a free one.
 */
export async function findAddress(port: number): Promise<{ address: string; port: number }> {
  for (let attempt = 0; platform() === "linux" && attempt < ATTEMPTS; attempt += 1) {
    const address = `127.${randomInt(1, 255)}.${randomInt(0, 256)}.${randomInt(1, 255)}`;
    if (await canListen(address, port)) return { address, port };
  }
  return { address: "127.0.0.1", port: await findFreePort() };
}

function canListen(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, host, () => server.close(() => resolve(true)));
  });
}
