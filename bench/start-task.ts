import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { bundleHandler, sizeOf } from "../scripts/bundle/handler";
import { median, node, run } from "./measure";

export type StartTaskFigures = {
  /** Size of the function's code, compressed. */
  gzBytes: number;
  /** From the start of the process to the end of its first call. */
  initPlusFirstMs: number;
  /** A process of the same Node.js that does nothing, including its exit. */
  bareNodeMs: number;
  /** Like `initPlusFirstMs`, for a Python function with the same flow; null if no python3 has boto3. */
  pythonMs: number | null;
};

const repetitions = 15;
const root = join(__dirname, "..");
const event = { id: "bench-1", time: "2026-01-01T00:00:00Z", detail: { service: "auth" } };
const route = {
  cluster: "engines",
  family: "auth",
  container: "auth",
  subnets: ["subnet-1"],
  securityGroups: ["sg-1"],
};

// A stub instead of an emulator, to measure the function only: every call gets the same response, and S3 has no record.
const startStub = async (): Promise<Server> => {
  const answer = JSON.stringify({
    tasks: [{ taskArn: "arn:aws:ecs:us-east-1:123456789012:task/engines/1", createdAt: 4102444800 }],
    failures: [],
  });
  const server = createServer((request, response) => {
    request.resume().on("end", () => {
      if (request.method === "GET") response.writeHead(404).end();
      else response.writeHead(200, { "content-type": "application/x-amz-json-1.1" }).end(answer);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return server;
};

const environmentFor = (server: Server): NodeJS.ProcessEnv => ({
  PATH: process.env.PATH,
  AWS_ENDPOINT_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
  AWS_REGION: "us-east-1",
  AWS_DEFAULT_REGION: "us-east-1",
  AWS_ACCESS_KEY_ID: "bench",
  AWS_SECRET_ACCESS_KEY: "bench",
  ROUTES: gzipSync(JSON.stringify({ auth: route })).toString("base64"),
  DEAD_LETTER_QUEUE_URL: "http://127.0.0.1/123456789012/dead-letters",
  PAYLOAD_BUCKET: "payloads",
});

const nodeRunner = (bundle: string): string => `
const { handler } = require(${JSON.stringify(bundle)});
handler(${JSON.stringify(event)}, { awsRequestId: "1", functionName: "start-task", invokedFunctionArn: "arn" }).then((result) => {
  if (!result.taskArn) throw new Error(JSON.stringify(result));
  require("node:fs").writeSync(1, "done at " + (performance.timeOrigin + performance.now()) + "\\n");
  process.exit(0);
});
`;

/** Milliseconds from the start of a program until it prints that it is done, or until its exit. */
const measureTime = async (command: readonly string[], env: NodeJS.ProcessEnv): Promise<number> => {
  const { startedAt, endedAt, output } = await run(command, env);
  return Number(/done at ([\d.]+)/.exec(output)?.[1] ?? endedAt) - startedAt;
};

const hasBoto3 = (python: string): boolean => {
  try {
    execFileSync(python, ["-c", "import boto3"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
};

const findPython = (): string | undefined => {
  const ours = join(root, ".local-aws/venv/bin/python");
  return [ours, "python3"].find((python) => (python !== ours || existsSync(ours)) && hasBoto3(python));
};

/**
 * Measures init and first call of `start-task`, of a Node.js that does nothing and of a Python function with the same flow,
 * all against the same stub. The variants alternate, so that a busy machine affects all of them equally.
 */
export const measureStartTask = async (): Promise<StartTaskFigures> => {
  const python = findPython();
  const folder = mkdtempSync(join(tmpdir(), "bench-start-task-"));
  const server = await startStub();
  try {
    const code = await bundleHandler("start-task");
    const bundle = join(folder, "index.js");
    const runner = join(folder, "runner.js");
    writeFileSync(bundle, code);
    writeFileSync(runner, nodeRunner(bundle));

    const env = environmentFor(server);
    const times = { bare: [] as number[], startTask: [] as number[], python: [] as number[] };
    for (let repetition = 0; repetition < repetitions; repetition++) {
      times.bare.push(await measureTime([node, "-e", "0"], env));
      times.startTask.push(await measureTime([node, runner], env));
      if (python) times.python.push(await measureTime([python, join(__dirname, "start_task.py")], env));
    }
    return {
      gzBytes: sizeOf(code).gzBytes,
      initPlusFirstMs: median(times.startTask),
      bareNodeMs: median(times.bare),
      pythonMs: python ? median(times.python) : null,
    };
  } finally {
    server.close();
    rmSync(folder, { recursive: true });
  }
};
