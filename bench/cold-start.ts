import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { bundleHandler, type HandlerName, sizeOf } from "../scripts/bundle/handler";
import { median, node, run } from "./measure";

export type FunctionFigures = {
  /** Size of the function's code, compressed. */
  gzBytes: number;
  /** From the start of the process to the end of its first call. */
  initPlusFirstMs: number;
};

export type ColdStarts = {
  startTask: FunctionFigures;
  runPolicy: FunctionFigures;
  /** A process of the same Node.js that does nothing, including its exit. */
  bareNodeMs: number;
  /** Like `initPlusFirstMs` of `startTask`, for a Python function with the same flow; null if no python3 has boto3. */
  pythonMs: number | null;
};

const repetitions = 15;
const root = join(__dirname, "..");
const route = {
  cluster: "engines",
  family: "auth",
  container: "auth",
  subnets: ["subnet-1"],
  securityGroups: ["sg-1"],
};

/** A function to measure: its environment, and an event that launches a task. */
type Subject = { name: HandlerName; environment: Record<string, string>; event: unknown };

const startTask: Subject = {
  name: "start-task",
  environment: { ROUTES: gzipSync(JSON.stringify({ auth: route })).toString("base64") },
  event: { id: "bench-1", time: "2026-01-01T00:00:00Z", detail: { service: "auth" } },
};

const mappingFile = {
  version: "2.0",
  mappings: [{ id: "bucket", match: { event_name: ["CreateBucket"] }, policy: { key: "policies/s3.yml" } }],
};

const runPolicy: Subject = {
  name: "run-policy",
  environment: {
    POLICY_BUCKET: "policies",
    POLICY_MAPPING_KEY: "config/policy-mappings.json",
    ECS_CLUSTER: "engines",
    ECS_TASK_DEFINITION: "custodian-worker",
    ECS_SUBNETS: "subnet-1",
    ECS_SECURITY_GROUP: "sg-1",
  },
  event: {
    id: "bench-1",
    source: "aws.s3",
    "detail-type": "AWS API Call via CloudTrail",
    account: "123456789012",
    region: "us-east-1",
    time: "2026-01-01T00:00:00Z",
    detail: { eventName: "CreateBucket", requestParameters: { bucketName: "bench" } },
  },
};

// A stub instead of an emulator, to measure the function only: every call gets the same response, and S3 has the policies but no record.
const startStub = async (): Promise<Server> => {
  const answer = JSON.stringify({
    tasks: [{ taskArn: "arn:aws:ecs:us-east-1:123456789012:task/engines/1", createdAt: 4102444800 }],
    failures: [],
  });
  const server = createServer((request, response) => {
    request.resume().on("end", () => {
      const { method, url = "" } = request;
      if (url.startsWith("/policies/config/")) response.end(JSON.stringify(mappingFile));
      else if (url.startsWith("/policies/")) response.end("policies: []");
      else if (method === "GET") response.writeHead(404).end();
      else response.writeHead(200, { "content-type": "application/x-amz-json-1.1" }).end(answer);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return server;
};

const commonEnvironment = (server: Server): NodeJS.ProcessEnv => ({
  PATH: process.env.PATH,
  AWS_ENDPOINT_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
  AWS_REGION: "us-east-1",
  AWS_DEFAULT_REGION: "us-east-1",
  AWS_ACCESS_KEY_ID: "bench",
  AWS_SECRET_ACCESS_KEY: "bench",
  DEAD_LETTER_QUEUE_URL: "http://127.0.0.1/123456789012/dead-letters",
  PAYLOAD_BUCKET: "payloads",
});

const nodeRunner = (bundle: string, { name, event }: Subject): string => `
const { handler } = require(${JSON.stringify(bundle)});
const invokedFunctionArn = "arn:aws:lambda:us-east-1:123456789012:function:${name}";
handler(${JSON.stringify(event)}, { awsRequestId: "1", functionName: "${name}", invokedFunctionArn }).then((result) => {
  if (!JSON.stringify(result).includes("taskArn")) throw new Error(JSON.stringify(result));
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
 * Measures init and first call of the functions that launch, of a Node.js that does nothing and of a Python function with
 * the flow of `start-task`, all against the same stub. The variants alternate, so that a busy machine affects all of them
 * equally.
 */
export const measureColdStarts = async (): Promise<ColdStarts> => {
  const python = findPython();
  const folder = mkdtempSync(join(tmpdir(), "bench-cold-start-"));
  const server = await startStub();
  try {
    const prepare = async (subject: Subject) => {
      const { code } = await bundleHandler(subject.name);
      const bundle = join(folder, `${subject.name}.js`);
      const runner = join(folder, `run-${subject.name}.js`);
      writeFileSync(bundle, code);
      writeFileSync(runner, nodeRunner(bundle, subject));
      const env = { ...commonEnvironment(server), ...subject.environment };
      return { gzBytes: sizeOf(code).gzBytes, env, measure: () => measureTime([node, runner], env) };
    };
    const ofStartTask = await prepare(startTask);
    const ofRunPolicy = await prepare(runPolicy);
    const { env } = ofStartTask;
    const times = {
      bare: [] as number[],
      startTask: [] as number[],
      runPolicy: [] as number[],
      python: [] as number[],
    };
    for (let repetition = 0; repetition < repetitions; repetition++) {
      times.bare.push(await measureTime([node, "-e", "0"], env));
      times.startTask.push(await ofStartTask.measure());
      times.runPolicy.push(await ofRunPolicy.measure());
      if (python) times.python.push(await measureTime([python, join(__dirname, "start_task.py")], env));
    }
    return {
      startTask: { gzBytes: ofStartTask.gzBytes, initPlusFirstMs: median(times.startTask) },
      runPolicy: { gzBytes: ofRunPolicy.gzBytes, initPlusFirstMs: median(times.runPolicy) },
      bareNodeMs: median(times.bare),
      pythonMs: python ? median(times.python) : null,
    };
  } finally {
    server.close();
    rmSync(folder, { recursive: true });
  }
};
