import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createLog } from "../../../handlers/shared/log";
import { createTaskProtection } from "../../../worker/queue/task-protection";

/** An ECS agent that gives this answer. */
const createAgent = async (answer: object, status = 200) => {
  const requests: unknown[] = [];
  const server = createServer(async (request, response) => {
    const chunks = await request.toArray();
    requests.push([request.method, request.url, JSON.parse(Buffer.concat(chunks).toString())]);
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(answer));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const lines: Record<string, unknown>[] = [];
  const uri = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/1`;
  const log = createLog("INFO", (line) => lines.push(JSON.parse(line)));
  return { requests, lines, protection: createTaskProtection(uri, 60, log), close: () => server.close() };
};

const path = "/api/1/task-protection/v1/state";

test("protects the task for a limited time, and ends the protection once", async () => {
  const agent = await createAgent({ protection: { ProtectionEnabled: true } });
  expect(await agent.protection.on()).toBe(true);
  await agent.protection.off();
  await agent.protection.off();
  agent.close();
  expect(agent.requests).toEqual([
    ["PUT", path, { ProtectionEnabled: true, ExpiresInMinutes: 60 }],
    ["PUT", path, { ProtectionEnabled: false }],
  ]);
});

test.each([
  [{ failure: { Arn: "arn", Reason: "TASK_NOT_VALID" } }, 200],
  [{ error: { Code: "AccessDeniedException", Message: "not authorized" } }, 400],
])("says that the task is not protected when ECS answers %j", async (answer, status) => {
  const agent = await createAgent(answer, status);
  expect(await agent.protection.on()).toBe(false);
  agent.close();
  expect(agent.lines).toEqual([
    expect.objectContaining({ message: "task protection refused", status, ...answer }),
  ]);
});

test("says that the task is not protected when the agent does not answer", async () => {
  const agent = await createAgent({});
  agent.close();
  expect(await agent.protection.on()).toBe(false);
  expect(agent.lines).toEqual([expect.objectContaining({ message: "task protection not reachable" })]);
});

test("needs no protection outside of ECS", async () => {
  const protection = createTaskProtection(undefined, 60, createLog("INFO"));
  expect(await protection.on()).toBe(true);
});
