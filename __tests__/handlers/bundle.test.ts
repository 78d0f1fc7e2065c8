import { execFileSync, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { unzipSync } from "fflate";
import {
  bundleHandler,
  type HandlerName,
  handlerNames,
  sizeOf,
  zipHandler,
  zipPath,
} from "../../scripts/bundle/handler";
import { readFixture } from "../../testing/findings";
import { route, startEvent } from "./start-task/world";

const root = join(__dirname, "../..");
const folder = mkdtempSync(join(tmpdir(), "bundle-"));
afterAll(() => rmSync(folder, { recursive: true }));

test.each(handlerNames)("the committed zip of %s is up to date with its sources", async (name) => {
  const committed = readFileSync(join(root, zipPath(name)));
  expect(Buffer.from(zipHandler(await bundleHandler(name))).equals(committed)).toBe(true);
});

test.each(handlerNames)("%s stays small", async (name) => {
  const { rawBytes, gzBytes } = sizeOf(await bundleHandler(name));
  expect(gzBytes).toBeLessThanOrEqual(76_000);
  expect(rawBytes).toBeLessThanOrEqual(240_000);
});

test.each(handlerNames)(
  "%s has no part of the SDK that would load more of Node.js at a cold start",
  async (name) => {
    const code = Buffer.from(await bundleHandler(name)).toString();
    const found = ["ReadableStream", "node:fs/promises", "169.254.169.254", "client-sqs"].filter((part) =>
      code.includes(part),
    );
    expect(found).toEqual([]);
  },
);

test("creates the same bytes in every time zone", () => {
  const script = `
    const { createHash } = require("node:crypto");
    const { zipHandler } = require("./scripts/bundle/handler.ts");
    console.log(createHash("sha256").update(zipHandler(Buffer.from("exports.handler = 1"))).digest("hex"));`;
  const hashes = ["UTC", "America/Los_Angeles", "Asia/Kathmandu", "Pacific/Kiritimati"].map((TZ) =>
    execFileSync(process.execPath, ["--import", "tsx", "-e", script], {
      cwd: root,
      env: { ...process.env, TZ },
    }).toString(),
  );
  const here = createHash("sha256")
    .update(zipHandler(Buffer.from("exports.handler = 1")))
    .digest("hex");
  expect(new Set([...hashes.map((hash) => hash.trim()), here]).size).toBe(1);
});

/** Runs the zip's handler once in a process of its own, as Lambda would, with this environment only. */
const runZip = async (
  name: HandlerName,
  env: Record<string, string>,
  event: unknown,
): Promise<{ code: number; output: string }> => {
  const { "index.js": code } = unzipSync(readFileSync(join(root, zipPath(name))));
  writeFileSync(join(folder, "index.js"), code!);
  const call = `require("./index.js").handler(${JSON.stringify(event)}, { awsRequestId: "1", functionName: "start-task", invokedFunctionArn: "arn", getRemainingTimeInMillis: () => 60_000 })
    .then((result) => console.log("result " + JSON.stringify(result)), (error) => { console.log("thrown " + error.message); process.exitCode = 1; })`;
  const child = spawn(process.execPath, ["-e", call], { cwd: folder, env });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (output += chunk));
  const [exitCode] = await once(child, "close");
  return { code: exitCode, output };
};

const environment = {
  ROUTES: gzipSync(JSON.stringify({ auth: route("auth-api") })).toString("base64"),
  DEAD_LETTER_QUEUE_URL: "https://sqs.eu-west-1.amazonaws.com/123456789012/dead-letters",
  PAYLOAD_BUCKET: "payloads",
  AWS_REGION: "eu-west-1",
  AWS_ACCESS_KEY_ID: "role",
  AWS_SECRET_ACCESS_KEY: "secret",
  AWS_SESSION_TOKEN: "session",
};

test("the zip launches with Lambda's credentials in the region of the environment", async () => {
  const asked: unknown[] = [];
  const objects: string[] = [];
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    if (request.method !== "POST") {
      objects.push(`${request.method} ${request.url}`);
      return response.writeHead(request.method === "GET" ? 404 : 200).end();
    }
    asked.push({
      target: request.headers["x-amz-target"],
      credential: /Credential=(\w+)\/\d+\/([\w-]+\/\w+)/.exec(request.headers.authorization ?? "")?.slice(1),
      token: request.headers["x-amz-security-token"],
      cluster: JSON.parse(body).cluster,
    });
    return response.end(
      JSON.stringify({ tasks: [{ taskArn: "arn:task", createdAt: Date.now() / 1000 }], failures: [] }),
    );
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const AWS_ENDPOINT_URL = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { code, output } = await runZip(
    "start-task",
    { ...environment, AWS_ENDPOINT_URL },
    startEvent("auth"),
  );
  server.close();
  server.closeAllConnections();
  expect(output).toContain('result {"service":"auth","taskArn":"arn:task","duplicate":false}');
  expect(output).toContain('"message":"task launched"');
  expect(code).toBe(0);
  expect(asked).toEqual([
    {
      target: "AmazonEC2ContainerServiceV20141113.RunTask",
      credential: ["role", "eu-west-1/ecs"],
      token: "session",
      cluster: "engines",
    },
  ]);
  const record = expect.stringMatching(/^(GET|PUT) \/payloads\/launches\/[\w-]{43}\.json$/);
  expect(objects).toEqual([record, record]);
});

test.each<[string, object, string]>([
  [
    "a conflict, whose task it adopts",
    { __type: "ConflictException", message: "used", resourceIds: ["arn:task"] },
    'result {"service":"auth","taskArn":"arn:task","duplicate":true}',
  ],
  [
    "an error that it has no class for",
    { __type: "com.amazonaws.ecs#ClusterNotFoundException", message: "Cluster not found." },
    'result {"rejected":"RunTask: ClusterNotFoundException: Cluster not found."}',
  ],
])("the zip recognizes by name %s", async (_what, error, expected) => {
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    if (request.method !== "POST") return response.writeHead(request.method === "GET" ? 404 : 200).end();
    if (String(request.headers["x-amz-target"]).endsWith(".RunTask")) {
      return response.writeHead(400).end(JSON.stringify(error));
    }
    const MD5OfMessageBody = createHash("md5").update(JSON.parse(body).MessageBody).digest("hex");
    return response.end(JSON.stringify({ MessageId: "1", MD5OfMessageBody }));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const AWS_ENDPOINT_URL = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { output } = await runZip("start-task", { ...environment, AWS_ENDPOINT_URL }, startEvent("auth"));
  server.close();
  server.closeAllConnections();
  expect(output).toContain(expected);
});

test("the zip names the missing variable when its environment is incomplete", async () => {
  const { PAYLOAD_BUCKET: _, ...incomplete } = environment;
  const { code, output } = await runZip("start-task", incomplete, startEvent("auth"));
  expect(output).toContain("environment: PAYLOAD_BUCKET: expected a value, found nothing");
  expect(code).toBe(1);
});

test("the zip of run-policy reads the mapping file and the policy, and launches", async () => {
  const asked: string[] = [];
  const policyText = "policies: []";
  const mappings = [{ id: "all", match: { source: ["*"] }, policy: { key: "policies/one.yml" } }];
  const objects: Record<string, string> = {
    "/policies-bucket/mappings.json": JSON.stringify({ version: "2.0", mappings }),
    "/policies-bucket/policies/one.yml": policyText,
  };
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    const { method = "", url = "" } = request;
    if (method !== "POST") {
      asked.push(`${method} ${url.replace(/[\w-]{43,64}/, "…")}`);
      const object = method === "GET" ? objects[url] : "";
      return response.writeHead(object === undefined ? 404 : 200, { etag: '"1"' }).end(object);
    }
    const { overrides } = JSON.parse(body);
    const [{ environment: variables }] = overrides.containerOverrides;
    asked.push(...variables.map(({ name }: { name: string }) => name));
    expect(variables[2].value).toContain(createHash("sha256").update(policyText).digest("hex"));
    return response.end(
      JSON.stringify({ tasks: [{ taskArn: "arn:task", createdAt: Date.now() / 1000 }], failures: [] }),
    );
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { ROUTES: _, ...shared } = environment;
  const env = {
    ...shared,
    AWS_ENDPOINT_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    POLICY_BUCKET: "policies-bucket",
    POLICY_MAPPING_KEY: "mappings.json",
    ECS_CLUSTER: "custodian",
    ECS_TASK_DEFINITION: "custodian-worker",
    ECS_SUBNETS: "subnet-a",
    ECS_SECURITY_GROUP: "sg-1",
    MEMBER_ACCOUNTS: "123456789012",
  };
  const { code, output } = await runZip("run-policy", env, readFixture("cloudtrail-manual-test"));
  server.close();
  server.closeAllConnections();
  expect(output).toContain('"taskArn":"arn:task","duplicate":false');
  expect(code).toBe(0);
  expect(asked).toEqual([
    "GET /policies-bucket/mappings.json",
    "GET /payloads/launches/….json",
    "GET /payloads/cooldowns/….json",
    "PUT /payloads/cooldowns/….json",
    "GET /policies-bucket/policies/one.yml",
    "POLICY_BUCKET",
    "POLICY_KEY",
    "FINDING_PAYLOAD",
    "PUT /payloads/launches/….json",
  ]);
});

test("the zip of register-targets recognizes by name that a target group does not exist", async () => {
  const asked: string[] = [];
  const task = {
    taskArn: "arn:aws:ecs:eu-west-1:123456789012:task/engines/1",
    group: "route:auth",
    desiredStatus: "RUNNING",
    lastStatus: "RUNNING",
    containers: [{ networkInterfaces: [{ privateIpv4Address: "10.0.0.4" }] }],
  };
  const answers: Record<string, (body: string) => unknown> = {
    ListTasks: () => ({ taskArns: asked.includes("StopTask") ? [] : [task.taskArn] }),
    DescribeTasks: () => ({ tasks: [task] }),
    StopTask: () => ({ task }),
    SendMessage: (body) => ({
      MessageId: "1",
      MD5OfMessageBody: createHash("md5").update(JSON.parse(body).MessageBody).digest("hex"),
    }),
  };
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    const action = String(request.headers["x-amz-target"] ?? new URLSearchParams(body).get("Action"));
    const name = action.split(".").at(-1)!;
    asked.push(name);
    const answer = answers[name];
    if (answer) return response.end(JSON.stringify(answer(body)));
    const error = "<Type>Sender</Type><Code>TargetGroupNotFound</Code><Message>gone</Message>";
    response.writeHead(400, { "content-type": "text/xml" });
    return response.end(`<ErrorResponse><Error>${error}</Error><RequestId>1</RequestId></ErrorResponse>`);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const AWS_ENDPOINT_URL = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { PAYLOAD_BUCKET: _, ...shared } = environment;
  const auth = { cluster: "engines", family: "auth", container: "main", port: 8080, targetGroup: "arn:tg" };
  const env = {
    ...shared,
    AWS_ENDPOINT_URL,
    ROUTES: gzipSync(JSON.stringify({ auth })).toString("base64"),
    RECHECK_QUEUE_URL: "https://sqs.eu-west-1.amazonaws.com/123456789012/rechecks",
  };
  const { code, output } = await runZip("register-targets", env, { "detail-type": "Sweep" });
  server.close();
  server.closeAllConnections();
  expect(output).toContain('"stopped":["arn:aws:ecs:eu-west-1:123456789012:task/engines/1"]');
  expect(output).toContain('"Reason":"TargetGroupNotFoundException"');
  expect(code).toBe(0);
  // The reason is on record before the task is stopped for it.
  const changes = asked.filter((name) => ["RegisterTargets", "SendMessage", "StopTask"].includes(name));
  expect(changes).toEqual(["RegisterTargets", "SendMessage", "StopTask"]);
});
