import { RealClock } from "../../local/clock";
import type { Core } from "../../local/core";
import { Faults } from "../../local/faults";
import { LocalServer } from "../../local/server";

test("keeps a connection open for longer than SDKs wait before a retry", async () => {
  const clock = new RealClock();
  const core = { loadBalancing: { serve: async () => false }, restApis: { isFor: () => false } };
  const server = new LocalServer({
    core: core as unknown as Core,
    clock,
    faults: new Faults(clock),
    region: "eu-west-1",
    log: () => {},
  });
  const port = await server.listen(0);
  try {
    const answer = await fetch(`http://127.0.0.1:${port}/_local/health`);
    expect(answer.headers.get("keep-alive")).toBe("timeout=60");
  } finally {
    await server.stop();
  }
});
