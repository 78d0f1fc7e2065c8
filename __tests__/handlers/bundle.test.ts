import { execFileSync, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { gzipSync } from "node:zlib";
import type { Metafile } from "esbuild";
import { unzipSync } from "fflate";
import {
  bundleHandler,
  type HandlerBundle,
  type HandlerName,
  handlerNames,
  sizeOf,
  zipHandler,
  zipPath,
} from "../../scripts/bundle/handler";
import { licensesFile, thirdPartyLicenses } from "../../scripts/bundle/licenses";
import { readFixture } from "../../testing/findings";
import { lambdaRuntimes } from "../../testing/runtimes";
import { route, startEvent } from "./start-task/world";

const root = join(__dirname, "../..");
const folder = mkdtempSync(join(tmpdir(), "bundle-"));
afterAll(() => rmSync(folder, { recursive: true }));

const bundles = new Map<HandlerName, Promise<HandlerBundle>>();
const bundleOf = (name: HandlerName): Promise<HandlerBundle> => {
  const bundle = bundles.get(name) ?? bundleHandler(name);
  bundles.set(name, bundle);
  return bundle;
};

test.each(handlerNames)("the committed zip of %s is up to date with its sources", async (name) => {
  const committed = readFileSync(join(root, zipPath(name)));
  expect(Buffer.from(zipHandler(await bundleOf(name))).equals(committed)).toBe(true);
});

test.each(handlerNames)("%s stays small", async (name) => {
  const { rawBytes, gzBytes } = sizeOf((await bundleOf(name)).code);
  expect(gzBytes).toBeLessThanOrEqual(80_000);
  expect(rawBytes).toBeLessThanOrEqual(250_000);
});

test.each(handlerNames)(
  "%s has no part of the SDK that would load more of Node.js at a cold start",
  async (name) => {
    const code = Buffer.from((await bundleOf(name)).code).toString();
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
    console.log(createHash("sha256").update(zipHandler({ code: Buffer.from("exports.handler = 1"), licenses: "MIT" })).digest("hex"));`;
  const hashes = ["UTC", "America/Los_Angeles", "Asia/Kathmandu", "Pacific/Kiritimati"].map((TZ) =>
    execFileSync(process.execPath, ["--import", "tsx", "-e", script], {
      cwd: root,
      env: { ...process.env, TZ },
    }).toString(),
  );
  const here = createHash("sha256")
    .update(zipHandler({ code: Buffer.from("exports.handler = 1"), licenses: "MIT" }))
    .digest("hex");
  expect(new Set([...hashes.map((hash) => hash.trim()), here]).size).toBe(1);
});

const filesOf = (name: HandlerName) => unzipSync(readFileSync(join(root, zipPath(name))));

test.each(handlerNames)("the zip of %s has the licences of the packages that it has code of", (name) => {
  const { "index.js": code, [licensesFile]: licenses, ...others } = filesOf(name);
  expect(others).toEqual({});
  const text = Buffer.from(licenses!).toString();
  const packages = ["@smithy/core", "@smithy/node-http-handler", "@smithy/signature-v4", "valibot"];
  const hasDatabase = Buffer.from(code!).includes("SCRAM-SHA-256");
  if (hasDatabase) packages.push("pg", "pg-protocol", "pg-types", "pgpass", "split2");
  for (const each of packages) expect(text).toMatch(new RegExp(`^${each} [\\d.]+ \\([\\w.-]+\\)$`, "m"));
  for (const each of packages.filter((each) => !["pg-types", "pgpass"].includes(each))) {
    const file = each === "valibot" ? "LICENSE.md" : "LICENSE";
    expect(text).toContain(readFileSync(join(root, "node_modules", each, file), "utf8").trim());
  }
  // Both have it in their README only.
  for (const author of hasDatabase ? ["2014 Brian M. Carlson", "2013-2016 Hannes Hörl"] : []) {
    expect(text).toContain(`Copyright (c) ${author}\n\nPermission is hereby granted`);
  }
});

/** The metafile of a build that takes some bytes of each of these packages, which have these files. */
const buildOf = (packages: Record<string, Record<string, string>>): Metafile => {
  const inputs = Object.entries(packages).map(([name, files]) => {
    const path = join(mkdtempSync(join(folder, "project-")), "node_modules", name);
    mkdirSync(path, { recursive: true });
    for (const [file, text] of Object.entries(files)) writeFileSync(join(path, file), text);
    return [`${relative(root, path)}/index.js`, { bytesInOutput: 1 }];
  });
  const output = { bytes: 1, inputs: Object.fromEntries(inputs), imports: [], exports: [] };
  return { inputs: {}, outputs: { "index.js": output } };
};

const manifest = (name: string, license?: string) => JSON.stringify({ name, version: "1.0.0", license });

test("a licence that several packages share is there once, with notices and under all their names", () => {
  const text = thirdPartyLicenses(
    buildOf({
      b: { "package.json": manifest("b", "MIT"), LICENSE: "by two\r\n" },
      "@a/a": { "package.json": manifest("@a/a", "MIT"), "license.md": "by two" },
      c: { "package.json": manifest("c", "Apache-2.0"), LICENSE: "Apache", NOTICE: "made by c" },
      d: { "package.json": manifest("d", "Apache-2.0") },
    }),
  );
  expect(text.split(/\n-+\n\n/).slice(1)).toEqual([
    "@a/a 1.0.0 (MIT)\nb 1.0.0 (MIT)\n\nby two\n",
    "c 1.0.0 (Apache-2.0)\n\nApache\n\nmade by c\n",
    expect.stringMatching(/^d 1\.0\.0 \(Apache-2\.0\)\n\n *Apache License\n *Version 2\.0/),
  ]);
});

test.each([
  ["another licence", { "package.json": manifest("x", "AGPL-3.0"), LICENSE: "AGPL" }, "the licence AGPL-3.0"],
  ["no licence", { "package.json": manifest("x"), LICENSE: "mine" }, "the licence undefined"],
  ["no text of it", { "package.json": manifest("x", "MIT"), "README.md": "# x\n\n## License\n\nMIT" }, "MIT"],
])("a package with %s is not bundled", (_what, files, expected) => {
  expect(() => thirdPartyLicenses(buildOf({ x: files }))).toThrow(
    new RegExp(`^x 1\\.0\\.0 .*${expected.replaceAll(".", "\\.")}`),
  );
});

/** Runs the zip's handler once in a process of its own, as Lambda would, with this environment only. */
const runZipWith = async (
  node: string,
  name: HandlerName,
  env: Record<string, string>,
  event: unknown,
): Promise<{ code: number; output: string }> => {
  writeFileSync(join(folder, "index.js"), filesOf(name)["index.js"]!);
  const call = `require("./index.js").handler(${JSON.stringify(event)}, { awsRequestId: "1", functionName: "start-task", invokedFunctionArn: "arn", getRemainingTimeInMillis: () => 60_000 })
    .then((result) => console.log("result " + JSON.stringify(result)), (error) => { console.log("thrown " + error.message); process.exitCode = 1; })`;
  const child = spawn(node, ["-e", call], { cwd: folder, env });
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

describe.each(lambdaRuntimes())("on %s", (_version, node) => {
  const runZip = (name: HandlerName, env: Record<string, string>, event: unknown) =>
    runZipWith(node, name, env, event);

  test.each<[HandlerName, object, string]>([
    ["scan", {}, "expected a request of a REST API"],
    ["jobs", {}, "expected a request of a REST API"],
    ["results", {}, "expected a request of a REST API"],
    ["list-objects", { sweep: true }, "ECONNREFUSED"],
    ["migrate-database", {}, "ECONNREFUSED"],
    ["plan-sync", {}, "ECONNREFUSED"],
    ["sync-bottles", {}, "id: expected a value, found nothing"],
  ])("the zip of %s runs, and reports what is wrong", async (name, event, expected) => {
    const env = {
      ...environment,
      AWS_ENDPOINT_URL: "http://127.0.0.1:1",
      DB_HOST: "127.0.0.1",
      DB_NAME: "scans",
      DB_SECRET_ARN: "arn:secret",
      ALLOWED_BUCKETS: "data",
      LIST_OBJECTS_FUNCTION: "list-objects",
      SQS_QUEUE_URL: "https://sqs.eu-west-1.amazonaws.com/123456789012/objects",
      ECS_CLUSTER: "scanner",
      ECS_SERVICE: "worker",
      S3_BUCKET_NAME: "mirror",
      SYNC_FUNCTION_ARN: "arn:sync",
      LAUNCH_FUNCTION_ARN: "arn:launch",
    };
    const { output } = await runZip(name, env, event);
    expect(/"errorMessage":"[^"]*/.exec(output)?.[0]).toContain(expected);
  });

  test("the zip launches with Lambda's credentials in the region of the environment", async () => {
    const asked: unknown[] = [];
    const objects: string[] = [];
    const server = createServer(async (request, response) => {
      let body = "";
      for await (const chunk of request) body += chunk;
      if (request.method !== "POST") {
        const owner = request.headers["x-amz-expected-bucket-owner"];
        objects.push(`${request.method} ${request.url} of ${owner}`);
        return response.writeHead(request.method === "GET" ? 404 : 200).end();
      }
      asked.push({
        target: request.headers["x-amz-target"],
        credential: /Credential=(\w+)\/\d+\/([\w-]+\/\w+)/
          .exec(request.headers.authorization ?? "")
          ?.slice(1),
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
    const record = expect.stringMatching(/^(GET|PUT) \/payloads\/launches\/[\w-]{43}\.json of 123456789012$/);
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
        const owner = request.headers["x-amz-expected-bucket-owner"];
        // The bucket of the policies may be one of another account.
        expect(owner).toBe(url.startsWith("/payloads/") ? "123456789012" : undefined);
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
});
