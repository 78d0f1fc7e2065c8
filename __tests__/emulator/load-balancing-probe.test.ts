import { createServer as createHttpServer } from "node:http";
import { type AddressInfo, createServer, type Server } from "node:net";
import { findFreePort } from "../../local/free-port";
import { probe } from "../../local/load-balancing/probe";
import { readTargetGroup } from "../../local/load-balancing/target-group";

const servers: Server[] = [];

afterEach(() => Promise.all(servers.splice(0).map((server) => new Promise((end) => server.close(end)))));

async function listening(server: Server): Promise<number> {
  servers.push(server);
  await new Promise<void>((up) => server.listen(0, "127.0.0.1", up));
  return (server.address() as AddressInfo).port;
}

const answering = (status: number) =>
  listening(
    createHttpServer((incoming, outgoing) => outgoing.writeHead(incoming.url === "/up" ? status : 418).end()),
  );

const check = (port: number | undefined, HttpCode = "200", more: Record<string, string> = {}) =>
  probe(
    readTargetGroup(
      { HealthCheckPath: "/up", HealthCheckTimeoutSeconds: "0.2", Matcher: { HttpCode }, ...more },
      new Map(),
    ),
    { id: "10.0.0.4", port: 8080 },
    port,
  );

test.each([
  [200, "200"],
  [301, "200,301"],
  [399, "200-399"],
  [204, "301,200-299"],
])("code %d is within %s", async (status, matcher) => {
  expect(await check(await answering(status), matcher)).toBeUndefined();
});

test.each([
  [400, "200-399"],
  [201, "200,202"],
])("code %d is not within %s", async (status, matcher) => {
  expect(await check(await answering(status), matcher)).toEqual({
    reason: "Target.ResponseCodeMismatch",
    description: `Health checks failed with these codes: [${status}]`,
  });
});

test("times out without a response, and for an unused address", async () => {
  const silent = await listening(createServer((socket) => setTimeout(() => socket.destroy(), 500)));
  const timeout = { reason: "Target.Timeout", description: "Request timed out" };
  expect(await check(silent)).toEqual(timeout);
  expect(await check(undefined)).toEqual(timeout);
});

test("fails for a port that nothing listens on, over HTTP and TCP", async () => {
  const failed = { reason: "Target.FailedHealthChecks", description: "Health checks failed" };
  expect(await check(await findFreePort())).toEqual(failed);
  expect(await check(await findFreePort(), "", { HealthCheckProtocol: "TCP" })).toEqual(failed);
});

test("succeeds over TCP with a connection", async () => {
  const silent = await listening(
    createServer((socket) =>
      socket
        .on("error", () => {})
        .on("close", () => {})
        .resume(),
    ),
  );
  expect(await check(silent, "", { HealthCheckProtocol: "TCP" })).toBeUndefined();
});
