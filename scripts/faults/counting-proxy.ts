import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";

export type CountingProxy = {
  endpoint: string;
  /** Calls so far of an action of a JSON service. */
  count(action: string): number;
  stop(): void;
};

/** Hands every call on to an endpoint, and counts. */
export const startCountingProxy = async (endpoint: string): Promise<CountingProxy> => {
  const counts = new Map<string, number>();
  const server = createServer((incoming, outgoing) => {
    const action = String(incoming.headers["x-amz-target"]).split(".").pop() ?? "";
    counts.set(action, (counts.get(action) ?? 0) + 1);
    const { method, url, headers } = incoming;
    const onward = request(endpoint + url, { method, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    onward.on("error", () => incoming.socket.destroy());
    incoming.pipe(onward);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    count: (action) => counts.get(action) ?? 0,
    stop: () => {
      server.close();
      server.closeAllConnections();
    },
  };
};
