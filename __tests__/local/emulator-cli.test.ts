import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { commandLineProgram } from "../../testing/command-line";

jest.setTimeout(180_000);

const root = join(__dirname, "../..");
const started = new Set<ChildProcess>();

// A test that fails must not leave its server behind.
afterEach(() => {
  for (const child of started) child.kill("SIGKILL");
  started.clear();
});

function start(...args: string[]) {
  const child = spawn(process.execPath, [commandLineProgram(), "local", ...args], { cwd: root });
  started.add(child);
  const said = { out: "", err: "" };
  child.stdout.on("data", (chunk) => {
    said.out += chunk;
  });
  child.stderr.on("data", (chunk) => {
    said.err += chunk;
  });
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
  return { child, said, ended };
}

async function until(condition: () => boolean): Promise<void> {
  const end = Date.now() + 30_000;
  while (!condition()) {
    if (Date.now() > end) throw new Error("waited in vain");
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Process ids of all descendants of a process. */
function descendants({ pid }: ChildProcess): number[] {
  const rows = execFileSync("ps", ["-eo", "pid=,ppid="], { encoding: "utf8" }).trim().split("\n");
  const pairs = rows.map((row) => row.trim().split(/\s+/).map(Number));
  const below = (parent: number): number[] =>
    pairs.flatMap(([id = 0, ppid]) => (ppid === parent ? [id, ...below(id)] : []));
  return below(pid ?? 0);
}

const alive = (pid: number) => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

test.each(["SIGINT", "SIGTERM"] as const)(
  "%s stops local AWS with all processes that it started",
  async (signal) => {
    const { child, said, ended } = start("--port", "0");
    await until(() => said.out.includes("export AWS_REGION"));
    const endpoint = /export AWS_ENDPOINT_URL=(\S+)/.exec(said.out)?.[1] ?? "";
    expect(await (await fetch(`${endpoint}/_local/health`)).json()).toEqual({ status: "ok" });
    const below = descendants(child);
    expect(below).not.toEqual([]);
    child.kill(signal);
    expect(await ended).toBe(0);
    await until(() => !below.some(alive));
    await expect(fetch(endpoint)).rejects.toThrow();
  },
);

test("stops moto also after SIGKILL", async () => {
  const { child, said, ended } = start("--port", "0");
  await until(() => said.out.includes("export AWS_REGION"));
  const below = descendants(child);
  child.kill("SIGKILL");
  await ended;
  await until(() => !below.some(alive));
});

describe("with the port in use", () => {
  let other: Server;
  beforeAll(() => {
    other = createServer();
    return new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
  });
  afterAll(() => new Promise((resolve) => other.close(resolve)));

  test("exits with an error that says what to do", async () => {
    const { port } = other.address() as AddressInfo;
    const { child, said, ended } = start("--port", String(port));
    expect(await ended).toBe(2);
    expect(said.err).toContain(`Port ${port} is in use on 127.0.0.1`);
    expect(said.err).toContain("choose another port with --port");
    expect(descendants(child)).toEqual([]);
  });
});

test("moves the virtual clock and sets faults by HTTP", async () => {
  const { child, said, ended } = start("--port", "0", "--clock", "virtual");
  await until(() => said.out.includes("export AWS_REGION"));
  const endpoint = /export AWS_ENDPOINT_URL=(\S+)/.exec(said.out)?.[1] ?? "";
  const call = async (method: string, path: string, body?: unknown) => {
    const headers = { "content-type": "application/json" };
    const response = await fetch(`${endpoint}/_local/${path}`, {
      method,
      headers,
      body: JSON.stringify(body),
    });
    return { status: response.status, body: await response.json() };
  };
  const before = Date.parse((await call("GET", "clock")).body.now);
  const after = Date.parse((await call("POST", "clock", { advanceMs: 60_000 })).body.now);
  expect(after - before).toBe(60_000);
  expect(await call("POST", "clock", { advanceMs: "soon" })).toMatchObject({ status: 400 });
  expect(await call("PUT", "faults", [{ service: "sqs", action: "*", fault: "throttle" }])).toMatchObject({
    status: 200,
  });
  expect(await call("PUT", "faults", [{ service: "sqs" }])).toMatchObject({
    status: 400,
    body: { message: "fault 1: service and action must be given" },
  });
  const headers = {
    authorization: "AWS4-HMAC-SHA256 Credential=a/20260101/eu-west-1/sqs/aws4_request, x",
    "x-amz-target": "AmazonSQS.ListQueues",
  };
  const throttled = await fetch(endpoint, { method: "POST", headers, body: "{}" });
  expect(await throttled.json()).toEqual({ __type: "ThrottlingException", message: "Rate exceeded" });
  child.kill("SIGTERM");
  await ended;
});
