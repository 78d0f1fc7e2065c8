import { RealClock } from "../../local/clock";
import type { Core } from "../../local/core";
import { Faults } from "../../local/faults";
import { LocalServer } from "../../local/server";

async function withServer(core: object, work: (endpoint: string) => Promise<void>): Promise<void> {
  const clock = new RealClock();
  const server = new LocalServer({
    core: {
      loadBalancing: { serve: async () => false },
      restApis: { isFor: () => false },
      ...core,
    } as unknown as Core,
    clock,
    faults: new Faults(clock),
    region: "eu-west-1",
    log: () => {},
  });
  const port = await server.listen(0);
  try {
    await work(`http://127.0.0.1:${port}`);
  } finally {
    await server.stop();
  }
}

test("keeps a connection open for longer than SDKs wait before a retry", () =>
  withServer({}, async (endpoint) => {
    const answer = await fetch(`${endpoint}/_local/health`);
    expect(answer.headers.get("keep-alive")).toBe("timeout=60");
  }));

test("publishes an event of an AWS service, or says why not", () => {
  const publish = jest.fn((_region: string, event: { source: string }) => {
    if (!event.source) throw new Error("source is undefined");
    return { id: "e-1", ...event };
  });
  return withServer({ publish }, async (endpoint) => {
    const post = (event: object) =>
      fetch(`${endpoint}/_local/events`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(event),
      });
    const answer = await post({ source: "aws.s3" });
    expect([answer.status, await answer.json()]).toEqual([200, { id: "e-1", source: "aws.s3" }]);
    expect(publish).toHaveBeenCalledWith("eu-west-1", { source: "aws.s3" });
    const refused = await post({});
    expect([refused.status, await refused.json()]).toEqual([400, { message: "source is undefined" }]);
  });
});

test("takes requests of containers to the ECS agent without a signature, but none of a web page", () => {
  const handle = jest.fn(async () => ({ status: 200, headers: {}, body: Buffer.from("{}") }));
  const agent = `/_local/ecs-agent/${"0a".repeat(16)}/task-protection/v1/state`;
  return withServer({ handle }, async (endpoint) => {
    const put = (headers: Record<string, string>) =>
      fetch(endpoint + agent, { method: "PUT", headers, body: JSON.stringify({ ProtectionEnabled: true }) });
    expect((await put({})).status).toBe(200);
    expect((await put({ origin: "https://example.com" })).status).toBe(403);
    expect(handle).toHaveBeenCalledTimes(1);
  });
});
