import { spawn } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { type IncomingHttpHeaders, type OutgoingHttpHeaders, request } from "node:http";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  APIGatewayClient,
  CreateBasePathMappingCommand,
  CreateDeploymentCommand,
  CreateDomainNameCommand,
  CreateResourceCommand,
  CreateRestApiCommand,
  GetResourcesCommand,
  PutIntegrationCommand,
  PutIntegrationResponseCommand,
  PutMethodCommand,
  PutMethodResponseCommand,
} from "@aws-sdk/client-api-gateway";
import {
  CreateClusterCommand,
  ECSClient,
  RegisterTaskDefinitionCommand,
  RunTaskCommand,
} from "@aws-sdk/client-ecs";
import {
  CreateListenerCommand,
  CreateLoadBalancerCommand,
  ElasticLoadBalancingV2Client,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { CreateRoleCommand, IAMClient } from "@aws-sdk/client-iam";
import {
  AddPermissionCommand,
  CreateFunctionCommand,
  InvokeCommand,
  LambdaClient,
} from "@aws-sdk/client-lambda";
import { GetObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { Sha256 } from "@smithy/core/checksum";
import { HttpRequest } from "@smithy/core/transport";
import { SignatureV4 } from "@smithy/signature-v4";
import { strToU8, zipSync } from "fflate";
import type { VirtualClock } from "../../local/clock";
import { type AttackedAws, REGION, SECRET, scope, startAttackedAws } from "../../testing/attacked-aws";
import { commandLineProgram } from "../../testing/command-line";
import { argumentsOf, descendants, isAlive, processesWith, until } from "../../testing/processes";

jest.setTimeout(360_000);

const root = join(__dirname, "../..");
const EVIL = "http://evil.example";
const INVOKE = "/2015-03-31/functions/start/invocations";
const ECS_TARGET = "AmazonEC2ContainerServiceV20141113";

let attacked: AttackedAws;
beforeAll(async () => {
  attacked = await startAttackedAws();
});
afterAll(() => attacked.stop());

interface Sent {
  method: string;
  path: string;
  headers?: OutgoingHttpHeaders;
  body?: string;
}

interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
}

/** Sends exactly these headers, with the address of local AWS as Host unless it is among them. */
function send({ method, path, headers = {}, body = "" }: Sent): Promise<Answer> {
  const { port } = attacked;
  return new Promise((resolve, reject) => {
    const options = { host: "127.0.0.1", port, method, path, headers, agent: false as const };
    const sent = request(options, (reply) => {
      const chunks: Buffer[] = [];
      reply.on("data", (chunk: Buffer) => chunks.push(chunk));
      reply.on("end", () =>
        resolve({
          status: reply.statusCode ?? 0,
          headers: reply.headers,
          text: Buffer.concat(chunks).toString(),
        }),
      );
    });
    sent.on("error", reject);
    sent.end(body);
  });
}

/** Writes bytes and reads until the other side ends the connection. */
function raw(text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(attacked.port, "127.0.0.1", () => socket.write(text));
    let answer = "";
    socket.setEncoding("utf8").on("data", (chunk: string) => {
      answer += chunk;
    });
    socket.on("error", reject).on("close", () => resolve(answer));
  });
}

const signature = (service: string) => ({
  authorization: `AWS4-HMAC-SHA256 Credential=${scope(service)}, SignedHeaders=host, Signature=local`,
});
const call = (service: string, target: string) => ({
  ...signature(service),
  "content-type": "application/x-amz-json-1.1",
  "x-amz-target": target,
});
const inQuery = (service: string, more = "") =>
  `X-Amz-Credential=${encodeURIComponent(scope(service))}${more}`;
const presigned = (service: string) =>
  inQuery(service, "&X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Date=20260101T000000Z&X-Amz-Signature=00");
const simple = { "content-type": "text/plain" };
const form = { "content-type": "application/x-www-form-urlencoded" };

/** name, request, text in the reason */
type Attack = [name: string, sent: () => Sent, named: string];

const runTask = (headers: OutgoingHttpHeaders, path = "/"): Sent => ({
  method: "POST",
  path,
  headers,
  body: attacked.runTask,
});

const attacks: Attack[] = [
  [
    "preflight of a page",
    () => ({
      method: "OPTIONS",
      path: "/",
      headers: {
        origin: EVIL,
        "access-control-request-method": "POST",
        "access-control-request-headers": "authorization,content-type,x-amz-target",
        "access-control-request-private-network": "true",
      },
    }),
    `Origin: ${EVIL}`,
  ],
  ["preflight without Origin", () => ({ method: "OPTIONS", path: "/private/object" }), "OPTIONS"],
  ["signed OPTIONS", () => ({ method: "OPTIONS", path: "/", headers: signature("s3") }), "OPTIONS"],
  [
    "cross-origin call with all headers",
    () => runTask({ ...call("ecs", `${ECS_TARGET}.RunTask`), origin: EVIL, "sec-fetch-site": "cross-site" }),
    `Origin: ${EVIL}`,
  ],
  [
    "task definition with code of the attacker",
    () => ({
      method: "POST",
      path: "/",
      headers: { ...call("ecs", `${ECS_TARGET}.RegisterTaskDefinition`), origin: EVIL },
      body: JSON.stringify({
        family: "worker",
        containerDefinitions: [
          {
            name: "app",
            image: "example/worker:1",
            environment: [{ name: "NODE_OPTIONS", value: "--import=data:text/javascript,evil" }],
          },
        ],
      }),
    }),
    `Origin: ${EVIL}`,
  ],
  [
    "simple invocation of a function",
    () => ({ method: "POST", path: `${INVOKE}?${inQuery("lambda")}`, headers: { ...simple, origin: EVIL } }),
    "Origin",
  ],
  [
    "the same with a whole presigned URL",
    () => ({
      method: "POST",
      path: `${INVOKE}?${presigned("lambda")}`,
      headers: { ...simple, origin: EVIL },
    }),
    "Origin",
  ],
  [
    "the same from a sandboxed frame",
    () => ({
      method: "POST",
      path: `${INVOKE}?${presigned("lambda")}`,
      headers: { ...simple, origin: "null" },
    }),
    "Origin: null",
  ],
  [
    "the same without Origin",
    () => ({ method: "POST", path: `${INVOKE}?${inQuery("lambda")}`, headers: simple }),
    "signature",
  ],
  [
    "the same with nothing for a signature",
    () => ({ method: "POST", path: `${INVOKE}?${inQuery("lambda", "&X-Amz-Signature=")}`, headers: simple }),
    "signature",
  ],
  [
    "simple RunTask of the query protocol",
    () => runTask({ ...simple, origin: EVIL }, `/?${inQuery("ecs")}&Action=RunTask`),
    "Origin",
  ],
  ["the same without Origin", () => runTask(simple, `/?${inQuery("ecs")}&Action=RunTask`), "signature"],
  [
    "a form of a page",
    () => ({
      method: "POST",
      path: `/?${presigned("iam")}`,
      headers: { ...form, origin: EVIL },
      body: "Action=CreateRole&RoleName=evil&Version=2010-05-08",
    }),
    "Origin",
  ],
  [
    "an upload of a page",
    () => ({
      method: "POST",
      path: `/private?${presigned("s3")}`,
      headers: { "content-type": "multipart/form-data; boundary=x", origin: EVIL },
      body: '--x\r\nContent-Disposition: form-data; name="key"\r\n\r\nevil\r\n--x--\r\n',
    }),
    "Origin",
  ],
  [
    "an upload without Origin and signature",
    () => ({
      method: "POST",
      path: "/private",
      headers: { "content-type": "multipart/form-data; boundary=x" },
      body: '--x\r\nContent-Disposition: form-data; name="key"\r\n\r\nevil\r\n--x--\r\n',
    }),
    "signature",
  ],
  [
    "a picture of a page",
    () => ({
      method: "GET",
      path: `/?Action=RunTask&${presigned("ecs")}`,
      headers: { "sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors", "sec-fetch-dest": "image" },
    }),
    "Sec-Fetch-Site: cross-site",
  ],
  [
    "a page on another port of this machine",
    () => ({
      method: "GET",
      path: `/private/object?${presigned("s3")}`,
      headers: { "sec-fetch-site": "same-site" },
    }),
    "Sec-Fetch-Site: same-site",
  ],
  [
    "an object that is a page",
    () => ({
      method: "GET",
      path: "/private/object",
      headers: { ...signature("s3"), "sec-fetch-site": "same-origin" },
    }),
    "Sec-Fetch-Site: same-origin",
  ],
  [
    "the same with a POST",
    () =>
      runTask({
        ...call("ecs", `${ECS_TARGET}.RunTask`),
        origin: "http://127.0.0.1:4566",
        "sec-fetch-site": "same-origin",
      }),
    "Origin: http://127.0.0.1:4566",
  ],
  [
    "a picture in an older browser",
    () => ({ method: "GET", path: `/private/object?${presigned("s3")}`, headers: { referer: `${EVIL}/` } }),
    `Referer: ${EVIL}/`,
  ],
  [
    "a HEAD of a page",
    () => ({
      method: "HEAD",
      path: `/private/object?${presigned("s3")}`,
      headers: { "sec-fetch-site": "cross-site" },
    }),
    "",
  ],
  [
    "a link in a mail",
    () => ({
      method: "GET",
      path: `/?Action=CreateQueue&QueueName=evil&${presigned("sqs")}`,
      headers: { "sec-fetch-site": "none", "sec-fetch-mode": "navigate" },
    }),
    "sqs takes an Authorization header",
  ],
  [
    "a link without a signature",
    () => ({ method: "GET", path: "/?Action=CreateQueue&QueueName=evil" }),
    "signature",
  ],
  [
    "a WebSocket",
    () => ({
      method: "GET",
      path: `/?${presigned("s3")}`,
      headers: {
        origin: EVIL,
        connection: "Upgrade",
        upgrade: "websocket",
        "sec-websocket-version": "13",
        "sec-websocket-key": "AAAAAAAAAAAAAAAAAAAAAA==",
      },
    }),
    "Origin",
  ],
  [
    "DNS rebinding",
    () =>
      runTask({
        ...call("ecs", `${ECS_TARGET}.RunTask`),
        host: "evil.example:4566",
        origin: "http://evil.example:4566",
      }),
    "Host: evil.example:4566",
  ],
  [
    "DNS rebinding without Origin",
    () => ({
      method: "GET",
      path: "/private/object",
      headers: { ...signature("s3"), host: "evil.example:4566" },
    }),
    "Host: evil.example:4566",
  ],
  [
    "DNS rebinding to an own API",
    () => ({
      method: "POST",
      path: "/restapis/a/v1/_user_request_/start",
      headers: { host: "a.execute-api.evil.example" },
    }),
    "Host: a.execute-api.evil.example",
  ],
  [
    "DNS rebinding under a name like AWS's",
    () =>
      runTask({
        ...call("ecs", `${ECS_TARGET}.RunTask`),
        host: "engines-123456789012.us-east-1.elb.amazonaws.com.evil.example",
      }),
    "DNS rebinding",
  ],
  [
    "DNS rebinding to the control",
    () => ({
      method: "POST",
      path: "/_local/clock",
      headers: { "content-type": "application/json", host: "evil.example" },
      body: '{"advanceMs":60000}',
    }),
    "Host: evil.example",
  ],
  [
    "the clock by a simple request",
    () => ({ method: "POST", path: "/_local/clock", headers: simple, body: '{"advanceMs":60000}' }),
    "Content-Type: text/plain",
  ],
  [
    "the clock without a type",
    () => ({ method: "POST", path: "/_local/clock", body: '{"advanceMs":60000}' }),
    "Content-Type",
  ],
  [
    "the clock from a page",
    () => ({
      method: "POST",
      path: "/_local/clock",
      headers: { "content-type": "application/json", origin: EVIL },
      body: '{"advanceMs":60000}',
    }),
    "Origin",
  ],
  [
    "faults from a page",
    () => ({
      method: "PUT",
      path: "/_local/faults",
      headers: { "content-type": "application/json", origin: EVIL },
      body: '[{"service":"sqs","action":"*","fault":"throttle"}]',
    }),
    "Origin",
  ],
  [
    "health from a page",
    () => ({ method: "GET", path: "/_local/health", headers: { "sec-fetch-site": "cross-site" } }),
    "Sec-Fetch-Site",
  ],
  ["the control of moto", () => ({ method: "POST", path: "/moto-api/reset", headers: simple }), "signature"],
  ["a call without a signature", () => runTask({ "x-amz-target": `${ECS_TARGET}.RunTask` }), "signature"],
  [
    "a call with a token of another kind",
    () => runTask({ authorization: "Bearer x", "x-amz-target": `${ECS_TARGET}.RunTask` }),
    "signature",
  ],
  [
    "a deletion without a signature",
    () => ({ method: "DELETE", path: `/private/object?${inQuery("s3")}` }),
    "signature",
  ],
  ["a stranger's look at an object", () => ({ method: "GET", path: "/private/object" }), "signature"],
];

describe("requests of web pages", () => {
  test.each(attacks)("%s", async (_name, sent, named) => {
    const { status, headers, text } = await send(sent());
    expect(status).toBe(403);
    expect(text).toContain(named);
    if (named) expect(text).toContain("Local AWS refuses this request");
    expect(Object.keys(headers).filter((name) => name.startsWith("access-control-"))).toEqual([]);
    expect(text).not.toContain(SECRET);
  });

  test.each([
    ["a request without Host", "GET /_local/health HTTP/1.0\r\n\r\n", / 403 /],
    [
      "a request with an address for its path",
      `GET ${EVIL}/ HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: ${signature("s3").authorization}\r\n\r\n`,
      / 400 /,
    ],
    ["a tunnel", "CONNECT 127.0.0.1:22 HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", /^$/],
  ])("%s", async (_name, text, answer) => {
    expect(await raw(text)).toMatch(answer);
  });

  test("have no effect, and the log has the reasons", async () => {
    expect(await attacked.changes()).toEqual([]);
    expect(attacked.lines.filter((line) => line.startsWith("refused "))).toContainEqual(
      expect.stringContaining(`refused OPTIONS /: its header "Origin: ${EVIL}"`),
    );
    expect(attacked.lines.filter((line) => !line.startsWith("refused "))).toEqual([]);
  });

  test("get the error format of the service", async () => {
    const s3 = new S3Client({
      ...attacked.config,
      endpoint: `http://127.0.0.1:${attacked.port}`,
      forcePathStyle: true,
    });
    s3.middlewareStack.add(
      (next) => (args) => {
        (args.request as HttpRequest).headers.host = "evil.example";
        return next(args);
      },
      { step: "finalizeRequest" },
    );
    await expect(s3.send(new GetObjectCommand({ Bucket: "private", Key: "object" }))).rejects.toMatchObject({
      name: "AccessDenied",
      message: expect.stringContaining('its header "Host: evil.example"'),
      $metadata: { httpStatusCode: 403, attempts: 1 },
    });
  });
});

describe("an unreadable request", () => {
  const sqs = (body: string): Sent => ({
    method: "POST",
    path: "/",
    headers: call("sqs", "AmazonSQS.ReceiveMessage"),
    body,
  });

  test.each(["null", "[]", "{", "1"])("with the body %s gets 400", async (body) => {
    expect(await send(sqs(body))).toMatchObject({
      status: 400,
      text: expect.stringContaining('"__type":"SerializationException"'),
    });
    const create = { method: "POST", path: "/2015-03-31/functions", headers: signature("lambda"), body };
    expect((await send(create)).status).toBe(400);
  });

  test.each(["/%zz", "/private/%e0%a4%a", "/%"])("with the path %s gets 400", async (path) => {
    for (const service of ["s3", "lambda", "sqs"])
      expect((await send({ method: "GET", path, headers: signature(service) })).status).toBe(400);
    expect((await send({ method: "GET", path: `/restapis/a/v1/_user_request_${path}` })).status).toBe(400);
  });

  test("is no error when the client disconnects", async () => {
    const before = attacked.lines.length;
    for (const head of [
      `POST / HTTP/1.1\r\nHost: localhost\r\nAuthorization: ${signature("sqs").authorization}`,
      "PUT /_local/faults HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json",
      "POST /restapis/a/v1/_user_request_/start HTTP/1.1\r\nHost: localhost",
    ]) {
      await new Promise<void>((resolve, reject) => {
        const socket = connect(attacked.port, "127.0.0.1", () => {
          socket.write(`${head}\r\nContent-Length: 100\r\n\r\n{`, () =>
            // The server has to have begun to read.
            setTimeout(() => socket.resetAndDestroy(), 50),
          );
        });
        socket.on("error", reject).on("close", () => resolve());
      });
    }
    await send(sqs("{"));
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(attacked.lines.slice(before)).toEqual([]);
  });
});

describe("requests of programs", () => {
  test.each([
    "localhost:4566",
    "[::1]:4566",
    "s3.us-east-1.amazonaws.com",
    "sts.cn-north-1.amazonaws.com.cn",
    "aws.localhost",
  ])("a call under the name %s", async (host) => {
    const identity = { ...signature("sts"), ...form, host };
    const body = "Action=GetCallerIdentity&Version=2011-06-15";
    const { status, headers } = await send({ method: "POST", path: "/", headers: identity, body });
    expect(status).toBe(200);
    expect(Object.keys(headers).filter((name) => name.startsWith("access-control-"))).toEqual([]);
  });

  test("SDK clients by name and by address, and what Node.js's fetch sends", async () => {
    for (const host of ["127.0.0.1", "localhost"]) {
      const sts = new STSClient({ ...attacked.config, endpoint: `http://${host}:${attacked.port}` });
      expect((await sts.send(new GetCallerIdentityCommand())).Account).toBe("123456789012");
    }
    const headers = { "content-type": "application/json" };
    const health = await fetch(`${attacked.aws.endpoint}/_local/health`, { headers });
    expect(await health.json()).toEqual({ status: "ok" });
  });

  test("presigned URLs of S3, in both versions, and of sts:GetCallerIdentity", async () => {
    const presign = async (service: string, method: string, path: string, query = {}) => {
      const signer = new SignatureV4({
        service,
        region: REGION,
        credentials: attacked.config.credentials,
        sha256: Sha256,
      });
      const hostname = `127.0.0.1:${attacked.port}`;
      const plain = new HttpRequest({
        method,
        protocol: "http:",
        hostname,
        path,
        query,
        headers: { host: hostname },
      });
      const { query: signed = {} } = await signer.presign(plain);
      return `${attacked.aws.endpoint}${path}?${new URLSearchParams(signed as Record<string, string>)}`;
    };
    const put = await fetch(await presign("s3", "PUT", "/private/upload"), {
      method: "PUT",
      body: "uploaded",
    });
    expect(put.status).toBe(200);
    expect(await (await fetch(await presign("s3", "GET", "/private/upload"))).text()).toBe("uploaded");
    const older = `${attacked.aws.endpoint}/private/upload?AWSAccessKeyId=local&Signature=x%3D&Expires=4000000000`;
    expect(await (await fetch(older)).text()).toBe("uploaded");
    expect((await fetch(older, { method: "DELETE" })).status).toBe(204);
    const query = { Action: "GetCallerIdentity", Version: "2011-06-15" };
    expect((await fetch(await presign("sts", "GET", "/", query))).status).toBe(200);
    // A browser is allowed to open a presigned URL.
    const typed = { "sec-fetch-site": "none", "sec-fetch-mode": "navigate" };
    const opened = await send({ method: "GET", path: `/private/object?${presigned("s3")}`, headers: typed });
    expect(opened).toMatchObject({ status: 200, text: SECRET });
  });

  test("the event null of a function", async () => {
    const headers = signature("lambda");
    const answer = await send({ method: "POST", path: INVOKE, headers, body: "null" });
    expect(answer).toMatchObject({ status: 200, text: expect.stringContaining("started") });
  });

  test("the requests of the attacks without the headers of a page have an effect", async () => {
    expect((await send(runTask(call("ecs", `${ECS_TARGET}.RunTask`)))).status).toBe(200);
    expect(
      (await send({ method: "POST", path: `${INVOKE}?${presigned("lambda")}`, headers: simple })).status,
    ).toBe(200);
    await (attacked.aws.clock as VirtualClock).advance(60_000);
    const control = { "content-type": "application/json; charset=utf-8" };
    const advance = { method: "POST", path: "/_local/clock", headers: control, body: '{"advanceMs":1}' };
    expect((await send(advance)).status).toBe(200);
    await until(async () =>
      (await attacked.changes()).some((change) => change === 'marks: ["function","task"]'),
    );
    expect((await attacked.changes()).map((change) => change.split(":")[0]).sort()).toEqual([
      "clock",
      "marks",
      "tasks",
    ]);
  });
});

describe("the user's own site answers web pages", () => {
  let dnsName: string;
  let restApiId: string;
  const domainName = "api.example.com";
  const page = { origin: "http://my.example", "sec-fetch-site": "cross-site", referer: "http://my.example/" };

  beforeAll(async () => {
    const { config } = attacked;
    const elb = new ElasticLoadBalancingV2Client(config);
    const { LoadBalancers } = await elb.send(
      new CreateLoadBalancerCommand({
        Name: "engines",
        Subnets: (
          JSON.parse(attacked.runTask) as {
            networkConfiguration: { awsvpcConfiguration: { subnets: string[] } };
          }
        ).networkConfiguration.awsvpcConfiguration.subnets,
      }),
    );
    dnsName = LoadBalancers?.[0]?.DNSName ?? "";
    await elb.send(
      new CreateListenerCommand({
        LoadBalancerArn: LoadBalancers?.[0]?.LoadBalancerArn,
        Port: 80,
        Protocol: "HTTP",
        DefaultActions: [
          {
            Type: "fixed-response",
            FixedResponseConfig: { StatusCode: "200", ContentType: "text/plain", MessageBody: "engine" },
          },
        ],
      }),
    );
    const api = new APIGatewayClient(config);
    restApiId = (await api.send(new CreateRestApiCommand({ name: "engines" }))).id ?? "";
    const { items } = await api.send(new GetResourcesCommand({ restApiId }));
    const uri = `arn:aws:apigateway:${REGION}:lambda:path/2015-03-31/functions/arn:aws:lambda:${REGION}:123456789012:function:start/invocations`;
    for (const [pathPart, authorizationType] of [
      ["open", "NONE"],
      ["guarded", "AWS_IAM"],
    ]) {
      const { id: resourceId } = await api.send(
        new CreateResourceCommand({ restApiId, parentId: items?.[0]?.id, pathPart }),
      );
      const method = { restApiId, resourceId };
      await api.send(new PutMethodCommand({ ...method, httpMethod: "POST", authorizationType }));
      await api.send(
        new PutIntegrationCommand({
          ...method,
          httpMethod: "POST",
          type: "AWS_PROXY",
          integrationHttpMethod: "POST",
          uri,
        }),
      );
      const preflight = { ...method, httpMethod: "OPTIONS" };
      const answer = { ...preflight, statusCode: "200" };
      const origin = "method.response.header.Access-Control-Allow-Origin";
      await api.send(new PutMethodCommand({ ...preflight, authorizationType: "NONE" }));
      await api.send(new PutMethodResponseCommand({ ...answer, responseParameters: { [origin]: true } }));
      await api.send(
        new PutIntegrationCommand({
          ...preflight,
          type: "MOCK",
          requestTemplates: { "application/json": '{"statusCode":200}' },
        }),
      );
      await api.send(
        new PutIntegrationResponseCommand({
          ...answer,
          responseParameters: { [origin]: "'http://my.example'" },
        }),
      );
    }
    await api.send(new CreateDeploymentCommand({ restApiId, stageName: "v1" }));
    await api.send(new CreateDomainNameCommand({ domainName }));
    await api.send(new CreateBasePathMappingCommand({ domainName, restApiId, stage: "v1" }));
    await new LambdaClient(config).send(
      new AddPermissionCommand({
        FunctionName: "start",
        StatementId: "api",
        Action: "lambda:InvokeFunction",
        Principal: "apigateway.amazonaws.com",
      }),
    );
  });

  test.each(["GET", "POST", "OPTIONS"])("load balancer, %s", async (method) => {
    const answer = await send({ method, path: "/_local/clock", headers: { ...page, host: dnsName } });
    expect(answer).toMatchObject({ status: 200, text: "engine" });
  });

  test("stage, by its path, by its id and by its own name", async () => {
    for (const [path, host] of [
      [`/restapis/${restApiId}/v1/_user_request_/open`, "localhost"],
      ["/v1/open", `${restApiId}.execute-api.${REGION}.amazonaws.com`],
      ["/open", `${domainName}:${attacked.port}`],
    ] as const) {
      const headers = { ...page, host };
      expect(await send({ method: "POST", path, headers, body: "{}" })).toMatchObject({
        status: 200,
        headers: { "access-control-allow-origin": "*" },
        text: "started",
      });
      expect(await send({ method: "OPTIONS", path, headers })).toMatchObject({
        status: 200,
        headers: { "access-control-allow-origin": "http://my.example" },
      });
    }
  });

  test("reaches neither AWS nor the control of local AWS", async () => {
    for (const path of ["/", "/_local/health", INVOKE]) {
      const headers = { ...page, ...signature("lambda"), host: domainName };
      expect((await send({ method: "POST", path, headers, body: "{}" })).status).toBe(403);
    }
  });

  test("does not accept a signature in the query of a page's request", async () => {
    const path = `/restapis/${restApiId}/v1/_user_request_/guarded`;
    const query = `?${presigned("execute-api")}`;
    expect(
      (await send({ method: "POST", path, headers: { ...page, ...signature("execute-api") } })).status,
    ).toBe(200);
    expect((await send({ method: "POST", path: path + query })).status).toBe(200);
    expect(await send({ method: "POST", path: path + query, headers: page })).toMatchObject({
      status: 403,
      text: '{"message":"Missing Authentication Token"}',
    });
  });
});

/** Reads /proc, which other systems than Linux do not have. */
const onLinux = process.platform === "linux" ? test : test.skip;

describe("processes", () => {
  const token = `sleeper-${process.pid}-${Date.now()}`;
  const developer = mkdtempSync(join(tmpdir(), "developer-"));
  const temporary = join(developer, "tmp");
  const SECRETS = {
    GITHUB_TOKEN: "planted-token",
    AWS_PROFILE: "planted-profile",
    NPM_TOKEN: "planted-npm",
    DATABASE_URL: "planted-database",
    NODE_EXTRA_CA_CERTS: "",
    HOME: developer,
    TMPDIR: temporary,
  };
  let child: ReturnType<typeof spawn>;
  let ecs: ECSClient;
  let lambda: LambdaClient;
  let subnets: string[];

  /** Starts local AWS as a separate process, with secrets in the environment. */
  const start = async () => {
    mkdirSync(join(developer, ".aws"), { recursive: true });
    mkdirSync(temporary, { recursive: true });
    writeFileSync(join(developer, ".aws", "credentials"), "planted");
    // It has a process of its own, and closes what leads to local AWS.
    const command = `sh -c 'sleep 300 & exec 1>&- 2>&-; wait' ${token}`;
    const args = [commandLineProgram(), "local", "--port", "0", "--image", `example/sleeper:*=${command}`];
    args.push("--python", join(root, ".local-aws", "venv"));
    child = spawn(process.execPath, args, {
      cwd: root,
      env: { ...process.env, ...SECRETS },
      stdio: ["ignore", "pipe", "inherit"],
    });
    let said = "";
    child.stdout?.on("data", (chunk) => {
      said += chunk;
    });
    await until(
      () => said.includes("export AWS_REGION"),
      () => said,
    );
    const config = {
      ...attacked.config,
      region: REGION,
      endpoint: /AWS_ENDPOINT_URL=(\S+)/.exec(said)?.[1] ?? "",
    };
    ecs = new ECSClient(config);
    lambda = new LambdaClient({ ...config, maxAttempts: 1 });
    await ecs.send(new CreateClusterCommand({ clusterName: "engines" }));
    await ecs.send(
      new RegisterTaskDefinitionCommand({
        family: "sleeper",
        networkMode: "awsvpc",
        requiresCompatibilities: ["FARGATE"],
        cpu: "256",
        memory: "512",
        containerDefinitions: [{ name: "app", image: "example/sleeper:1" }],
      }),
    );
    subnets = [await subnetOf(config.endpoint)];
    await new IAMClient(config).send(
      new CreateRoleCommand({
        RoleName: "start",
        AssumeRolePolicyDocument: JSON.stringify({
          Version: "2012-10-17",
          Statement: [
            { Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: "lambda.amazonaws.com" } },
          ],
        }),
      }),
    );
    await lambda.send(
      new CreateFunctionCommand({
        FunctionName: "busy",
        Role: "arn:aws:iam::123456789012:role/start",
        Runtime: "nodejs22.x",
        Handler: "index.handler",
        Timeout: 300,
        Environment: { Variables: { TOKEN: token } },
        Code: {
          ZipFile: zipSync({
            "index.js": strToU8("exports.handler = ({ busy }) => { while (busy); return process.pid; };"),
          }),
        },
      }),
    );
  };

  let functionPid: number;
  beforeAll(async () => {
    await start();
    await run(2);
    functionPid = await invoke(false);
    // The sleeping child of a task shows that the task itself has started.
    const sleeping = () => descendants(child.pid ?? 0).filter((pid) => argumentsOf(pid).startsWith("sleep "));
    await until(() => sleeping().length === 2);
  });

  afterAll(() => {
    child.kill("SIGKILL");
    for (const pid of processesWith(token)) process.kill(pid, "SIGKILL");
    rmSync(developer, { recursive: true, force: true });
  });

  const subnetOf = async (endpoint: string): Promise<string> => {
    const headers = { ...signature("ec2"), ...form };
    const body = "Action=DescribeSubnets&Version=2016-11-15";
    const answer = await fetch(endpoint, { method: "POST", headers, body });
    return /<subnetId>([^<]+)/.exec(await answer.text())?.[1] ?? "";
  };
  const run = (count: number) =>
    ecs.send(
      new RunTaskCommand({
        cluster: "engines",
        taskDefinition: "sleeper",
        launchType: "FARGATE",
        count,
        networkConfiguration: { awsvpcConfiguration: { subnets } },
      }),
    );
  const invoke = async (busy: boolean): Promise<number> => {
    const Payload = JSON.stringify({ busy });
    const { Payload: answer } = await lambda.send(new InvokeCommand({ FunctionName: "busy", Payload }));
    return Number(answer?.transformToString());
  };

  onLinux(
    "tasks, functions and moto have nothing of the developer's (skipped where there is no /proc)",
    async () => {
      const below = descendants(child.pid ?? 0).filter((pid) => argumentsOf(pid) !== "");
      const environmentOf = (pid: number) =>
        Object.fromEntries(
          readFileSync(`/proc/${pid}/environ`, "utf8")
            .split("\0")
            .filter(Boolean)
            .map((entry) => [entry.slice(0, entry.indexOf("=")), entry.slice(entry.indexOf("=") + 1)]),
        );
      const moto = below.filter((pid) => argumentsOf(pid).includes("moto.server"));
      const task = below.filter((pid) => argumentsOf(pid).includes(token));
      expect([moto.length, task.length, below.includes(functionPid)]).toEqual([1, 2, true]);
      for (const pid of below) {
        const environment = environmentOf(pid);
        expect(JSON.stringify(environment)).not.toContain("planted");
        expect(environment.HOME).not.toBe(developer);
        if (![...moto, ...task, functionPid].includes(pid)) continue;
        expect(environment.HOME).toMatch(new RegExp(`^${temporary}/local-aws-`));
        expect(existsSync(join(environment.HOME ?? "", ".aws"))).toBe(false);
      }
      expect(Object.keys(environmentOf(moto[0] ?? 0)).sort()).toEqual([
        "HOME",
        "LANG",
        "MOTO_IAM_LOAD_MANAGED_POLICIES",
        "PATH",
      ]);
      expect(listeningPorts(moto[0] ?? 0)).toEqual([]);
      expect(listeningPorts(child.pid ?? 0)).toHaveLength(1);
    },
  );

  test("leave no task, function, moto or file after SIGKILL", async () => {
    void invoke(true).catch(() => {});
    // It has to be in its endless loop.
    await new Promise((resolve) => setTimeout(resolve, 1000));
    const below = descendants(child.pid ?? 0);
    expect(readdirSync(temporary)).not.toEqual([]);
    child.kill("SIGKILL");
    await until(
      () => !below.some(isAlive),
      () => `for the end of ${below.filter(isAlive)}`,
    );
    expect(processesWith(token)).toEqual([]);
    await until(() => readdirSync(temporary).every((name) => !name.startsWith("local-aws-")));
  });

  test("leave no task after SIGKILL while tasks start", async () => {
    await start();
    await run(10);
    await until(() => processesWith(token).length > 1);
    child.kill("SIGKILL");
    await until(
      () => processesWith(token).length === 0,
      () => `for the end of ${processesWith(token)}`,
    );
    // Nothing starts late.
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(processesWith(token)).toEqual([]);
  });
});

/** The TCP ports that a process listens on. */
function listeningPorts(pid: number): number[] {
  const sockets = readdirSync(`/proc/${pid}/fd`).map((fd) => {
    try {
      return readlinkSync(`/proc/${pid}/fd/${fd}`);
    } catch {
      return "";
    }
  });
  return ["tcp", "tcp6"]
    .flatMap((table) => readFileSync(`/proc/${pid}/net/${table}`, "utf8").split("\n").slice(1))
    .map((row) => row.trim().split(/\s+/))
    .filter(([, , , state, , , , , , inode]) => state === "0A" && sockets.includes(`socket:[${inode}]`))
    .map(([, local = ""]) => Number.parseInt(local.split(":")[1] ?? "", 16));
}
