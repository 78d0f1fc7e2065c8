import { type ChildProcess, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bundleWorker } from "../../scripts/bundle/worker";

const folder = mkdtempSync(join(tmpdir(), "worker-"));
const bundle = async (entry: string): Promise<string> => {
  const outfile = join(folder, `${entry.replaceAll("/", "-")}.js`);
  await bundleWorker(entry, outfile);
  return outfile;
};
afterAll(() => rmSync(folder, { recursive: true }));

const start = (file: string, env: Record<string, string>): { child: ChildProcess; output: () => string } => {
  let output = "";
  const child = spawn(process.execPath, [file], { env });
  child.stdout.on("data", (chunk) => {
    output += chunk;
  });
  return { child, output: () => output };
};

const text = JSON.stringify({ id: "1", detail: { service: "auth" } });

test("runs the job that JOB names", async () => {
  const { child, output } = start(await bundle("worker/main.ts"), {
    JOB: "report",
    EVENT_PAYLOAD: text,
  });
  const [code] = await once(child, "close");
  expect(JSON.parse(output())).toMatchObject({ message: "event received", service: "auth" });
  expect(code).toBe(0);
});

test("reads a long event from S3 with the container's credentials and endpoint", async () => {
  const paths: string[] = [];
  const server = createServer((request, response) => {
    paths.push(`${request.method} ${request.url} ${request.headers.authorization?.split("/")[0]}`);
    response.writeHead(200, { "content-length": text.length }).end(text);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { child, output } = start(await bundle("worker/main.ts"), {
    JOB: "report",
    EVENT_PAYLOAD_REF: "s3://payloads/payloads/1.json",
    EVENT_PAYLOAD_SHA256: createHash("sha256").update(text).digest("hex"),
    AWS_ENDPOINT_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    AWS_REGION: "eu-west-1",
    AWS_ACCESS_KEY_ID: "task",
    AWS_SECRET_ACCESS_KEY: "secret",
  });
  const [code] = await once(child, "close");
  server.close();
  expect(JSON.parse(output())).toMatchObject({ message: "event received", service: "auth" });
  expect(code).toBe(0);
  expect(paths).toEqual(["GET /payloads/payloads/1.json?x-id=GetObject AWS4-HMAC-SHA256 Credential=task"]);
});

test("exits with the exit code of the job when SIGTERM stops it", async () => {
  const { child, output } = start(await bundle("__tests__/worker/waiting-worker.ts"), {
    EVENT_PAYLOAD: text,
  });
  while (!output().includes("waiting")) await once(child.stdout!, "data");
  child.kill("SIGTERM");
  const [code] = await once(child, "close");
  expect(output()).toContain("stopped");
  expect(code).toBe(75);
});

test("answers at its port until SIGTERM, and exits with 0, with the job engine", async () => {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address() as AddressInfo;
  probe.close();
  const { child, output } = start(await bundle("worker/main.ts"), {
    JOB: "engine",
    PORT: String(port),
    EVENT_PAYLOAD: text,
  });
  while (!output().includes("listening")) await once(child.stdout!, "data");
  expect(await (await fetch(`http://127.0.0.1:${port}/health`)).text()).toBe("ok");
  expect(await (await fetch(`http://127.0.0.1:${port}/api/auth/login`)).json()).toEqual({
    service: "auth",
    eventId: "1",
    method: "GET",
    url: "/api/auth/login",
  });
  child.kill("SIGTERM");
  expect(await once(child, "close")).toEqual([0, null]);
});

test("stops while it waits for a message", async () => {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { child, output } = start(await bundle("worker/main.ts"), {
    JOB: "run-queued-policies",
    RUN_QUEUE_URL: `${url}/123456789012/runs`,
    AWS_ENDPOINT_URL: url,
    AWS_REGION: "eu-west-1",
    AWS_ACCESS_KEY_ID: "task",
    AWS_SECRET_ACCESS_KEY: "secret",
  });
  // The answer to ReceiveMessage never comes.
  await once(server, "request");
  child.kill("SIGTERM");
  const [code] = await once(child, "close");
  server.closeAllConnections();
  server.close();
  expect([code, output()]).toEqual([0, ""]);
});
