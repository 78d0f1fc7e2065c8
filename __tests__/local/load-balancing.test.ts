import { type IncomingHttpHeaders, type OutgoingHttpHeaders, request } from "node:http";
import {
  CreateClusterCommand,
  DescribeTasksCommand,
  ECSClient,
  RegisterContainerInstanceCommand,
  RegisterTaskDefinitionCommand,
  RunTaskCommand,
  StopTaskCommand,
} from "@aws-sdk/client-ecs";
import {
  type Action,
  CreateListenerCommand,
  CreateLoadBalancerCommand,
  CreateRuleCommand,
  CreateTargetGroupCommand,
  DeleteLoadBalancerCommand,
  DeleteTargetGroupCommand,
  DescribeTargetHealthCommand,
  ElasticLoadBalancingV2Client,
  ModifyTargetGroupAttributesCommand,
  RegisterTargetsCommand,
  type RuleCondition,
  type TargetTypeEnum,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { type LocalAws, startLocalAws } from "../../local";

jest.setTimeout(180_000);

const PORT = 8080;

// Returns its request, and becomes unhealthy on request.
const SERVER = `
let ill = false;
require("http").createServer((incoming, outgoing) => {
  if (incoming.url === "/health") return outgoing.writeHead(ill ? 500 : 204).end();
  if (incoming.url === "/ill") ill = true;
  if (incoming.url === "/reset") return incoming.socket.destroy();
  const chunks = [];
  incoming.on("data", (chunk) => chunks.push(chunk)).on("end", () => {
    outgoing.setHeader("set-cookie", ["a=1", "b=2"]);
    outgoing.setHeader("keep-alive", "timeout=99");
    outgoing.end(JSON.stringify({
      task: process.env.NAME, method: incoming.method, url: incoming.url, headers: incoming.headers,
      body: Buffer.concat(chunks).toString(),
    }));
  });
}).listen(Number(process.env.PORT), "127.0.0.1");
`;

let aws: LocalAws;
let ecs: ECSClient;
let elb: ElasticLoadBalancingV2Client;
let subnets: string[];
let vpcId: string;
let loadBalancerArn: string;
let dnsName: string;
let listenerArn: string;

beforeAll(async () => {
  aws = await startLocalAws({ images: { "example/server:*": `node -e '${SERVER}'` } });
  const config = {
    endpoint: aws.endpoint,
    region: "eu-west-1",
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
  };
  ecs = new ECSClient(config);
  elb = new ElasticLoadBalancingV2Client({ ...config, maxAttempts: 1 });
  const xml = await ec2({ Action: "DescribeSubnets" });
  subnets = [...xml.matchAll(/<subnetId>([^<]+)/g)].map(([, id]) => id ?? "").slice(0, 2);
  vpcId = /<vpcId>([^<]+)/.exec(xml)?.[1] ?? "";
  await ecs.send(new CreateClusterCommand({ clusterName: "engines" }));
  await ecs.send(
    new RegisterTaskDefinitionCommand({
      family: "server",
      networkMode: "awsvpc",
      requiresCompatibilities: ["FARGATE"],
      cpu: "256",
      memory: "512",
      containerDefinitions: [
        {
          name: "app",
          image: "example/server:1",
          portMappings: [{ containerPort: PORT }],
          environment: [{ name: "PORT", value: String(PORT) }],
        },
      ],
    }),
  );
  const { LoadBalancers } = await elb.send(
    new CreateLoadBalancerCommand({ Name: "Engines", Subnets: subnets }),
  );
  loadBalancerArn = LoadBalancers?.[0]?.LoadBalancerArn ?? "";
  dnsName = LoadBalancers?.[0]?.DNSName ?? "";
  const { Listeners } = await elb.send(
    new CreateListenerCommand({
      LoadBalancerArn: loadBalancerArn,
      Port: 80,
      Protocol: "HTTP",
      DefaultActions: [
        {
          Type: "fixed-response",
          FixedResponseConfig: {
            StatusCode: "404",
            ContentType: "application/json",
            MessageBody: '{"message":"no <route>"}',
          },
        },
      ],
    }),
  );
  listenerArn = Listeners?.[0]?.ListenerArn ?? "";
});

afterAll(() => aws.stop());

/** Calls EC2, which has no client among the dependencies. */
async function ec2(parameters: Record<string, string>): Promise<string> {
  const authorization = "AWS4-HMAC-SHA256 Credential=local/20260101/eu-west-1/ec2/aws4_request, x";
  const body = new URLSearchParams({ Version: "2016-11-15", ...parameters });
  const response = await fetch(aws.endpoint, { method: "POST", headers: { authorization }, body });
  expect(response.status).toBe(200);
  return response.text();
}

/** Creates a target group and a listener rule that forwards to it. */
async function route(
  name: string,
  attributes: Record<string, string> = {},
  TargetType: TargetTypeEnum = "ip",
) {
  const { TargetGroups } = await elb.send(
    new CreateTargetGroupCommand({
      Name: name,
      Protocol: "HTTP",
      Port: PORT,
      VpcId: vpcId,
      TargetType,
      HealthCheckPath: "/health",
      HealthCheckIntervalSeconds: 5,
      HealthCheckTimeoutSeconds: 2,
      HealthyThresholdCount: 2,
      UnhealthyThresholdCount: 2,
      Matcher: { HttpCode: "200-204" },
    }),
  );
  const TargetGroupArn = TargetGroups?.[0]?.TargetGroupArn ?? "";
  const Attributes = Object.entries(attributes).map(([Key, Value]) => ({ Key, Value }));
  if (Attributes.length > 0)
    await elb.send(new ModifyTargetGroupAttributesCommand({ TargetGroupArn, Attributes }));
  await rule([path(`/${name}/*`)], { Type: "forward", TargetGroupArn });
  return TargetGroupArn;
}

let priority = 100;
const path = (...Values: string[]): RuleCondition => ({
  Field: "path-pattern",
  PathPatternConfig: { Values },
});

async function rule(Conditions: RuleCondition[], action: Action, Priority = priority++): Promise<void> {
  await elb.send(
    new CreateRuleCommand({ ListenerArn: listenerArn, Priority, Conditions, Actions: [action] }),
  );
}

const ipOf = (task: { attachments?: { details?: { name?: string; value?: string }[] }[] } | undefined) =>
  task?.attachments?.[0]?.details?.find(({ name }) => name === "privateIPv4Address")?.value;

/** Runs a task; `port` overrides the one in its definition. */
async function runTask(name: string, port?: number): Promise<{ arn: string; ip: string }> {
  const environment = [
    { name: "NAME", value: name },
    ...(port ? [{ name: "PORT", value: String(port) }] : []),
  ];
  const { tasks } = await ecs.send(
    new RunTaskCommand({
      cluster: "engines",
      taskDefinition: "server",
      launchType: "FARGATE",
      networkConfiguration: { awsvpcConfiguration: { subnets } },
      overrides: { containerOverrides: [{ name: "app", environment }] },
    }),
  );
  const arn = tasks?.[0]?.taskArn ?? "";
  return eventually(async () => {
    const { tasks: found } = await ecs.send(new DescribeTasksCommand({ cluster: "engines", tasks: [arn] }));
    const ip = ipOf(found?.[0]);
    return found?.[0]?.lastStatus === "RUNNING" && ip ? { arn, ip } : undefined;
  });
}

const register = (TargetGroupArn: string, Id: string, Port?: number) =>
  elb.send(new RegisterTargetsCommand({ TargetGroupArn, Targets: [{ Id, Port }] }));

async function health(TargetGroupArn: string) {
  const { TargetHealthDescriptions } = await elb.send(new DescribeTargetHealthCommand({ TargetGroupArn }));
  return TargetHealthDescriptions?.[0]?.TargetHealth;
}

async function eventually<T>(look: () => Promise<T | undefined>): Promise<T> {
  const end = Date.now() + 20_000;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (Date.now() > end) throw new Error("waited in vain");
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
}

/** Sends a request to the load balancer with its DNS name as Host. */
function visit(url: string, headers: OutgoingHttpHeaders = {}, method = "GET", body = ""): Promise<Answer> {
  const { port } = new URL(aws.endpoint);
  return new Promise((resolve, reject) => {
    const sent = request({ port, path: url, method, headers: { host: dnsName, ...headers } }, (reply) => {
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

/** Waits until the process listens: a task is RUNNING before that. */
const whenUp = (url: string) =>
  eventually(async () => {
    const answer = await visit(url);
    return answer.status === 200 ? answer : undefined;
  });

test("forwards a complete request to the task of its path, and returns the response", async () => {
  const group = await route("whole");
  const { ip } = await runTask("one");
  await register(group, ip);
  await whenUp("/whole/up");
  const { status, headers, text } = await visit(
    "/whole/x?y=%20z",
    { "x-forwarded-for": "192.0.2.1", connection: "x-private", "x-private": "1" },
    "POST",
    "hello",
  );
  expect(status).toBe(200);
  expect(headers["set-cookie"]).toEqual(["a=1", "b=2"]);
  expect(headers["keep-alive"]).not.toBe("timeout=99");
  const seen = JSON.parse(text);
  expect(seen).toMatchObject({ task: "one", method: "POST", url: "/whole/x?y=%20z", body: "hello" });
  expect(seen.headers).toMatchObject({
    host: dnsName,
    "x-forwarded-for": "192.0.2.1, 127.0.0.1",
    "x-forwarded-proto": "http",
    "x-forwarded-port": "80",
  });
  expect(seen.headers).not.toHaveProperty("x-private");
});

test("derives health and reason from the responses of the task's process", async () => {
  const group = await route("health");
  const { ip } = await runTask("one");
  await register(group, ip);
  expect(await health(group)).toMatchObject({ State: "initial" });
  const become = (state: string) =>
    eventually(async () => {
      const found = await health(group);
      return found?.State === state ? found : undefined;
    });
  await become("healthy");
  await rule([path("/ill")], { Type: "forward", TargetGroupArn: group });
  await visit("/ill");
  expect(await become("unhealthy")).toMatchObject({
    Reason: "Target.ResponseCodeMismatch",
    Description: "Health checks failed with these codes: [500]",
  });
  // All targets are unhealthy: the load balancer fails open.
  expect((await visit("/health/x")).status).toBe(200);
});

test("serves only the port that the launch overrides", async () => {
  const group = await route("ports");
  const { ip } = await runTask("one", 9090);
  await register(group, ip, 9090);
  expect((await whenUp("/ports/x")).status).toBe(200);
  const other = await route("other-port");
  await register(other, ip, PORT);
  expect((await visit("/other-port/x")).status).toBe(504);
});

test("forwards a host port of an instance to its container", async () => {
  const started = await ec2({
    Action: "RunInstances",
    ImageId: "ami-12c6146b",
    MinCount: "1",
    MaxCount: "1",
  });
  const instanceId = /<instanceId>([^<]+)/.exec(started)?.[1] ?? "";
  const instanceIdentityDocument = JSON.stringify({ instanceId });
  await ecs.send(new RegisterContainerInstanceCommand({ cluster: "engines", instanceIdentityDocument }));
  await ecs.send(
    new RegisterTaskDefinitionCommand({
      family: "bridged",
      networkMode: "bridge",
      requiresCompatibilities: ["EC2"],
      containerDefinitions: [
        {
          name: "app",
          image: "example/server:1",
          memory: 64,
          portMappings: [{ containerPort: PORT, hostPort: 0 }],
        },
      ],
    }),
  );
  const { tasks } = await ecs.send(
    new RunTaskCommand({ cluster: "engines", taskDefinition: "bridged", launchType: "EC2" }),
  );
  const hostPort = await eventually(async () => {
    const arns = [tasks?.[0]?.taskArn ?? ""];
    const found = await ecs.send(new DescribeTasksCommand({ cluster: "engines", tasks: arns }));
    return found.tasks?.[0]?.containers?.[0]?.networkBindings?.[0]?.hostPort;
  });
  const group = await route("bridged", {}, "instance");
  await register(group, instanceId, hostPort);
  expect((await whenUp("/bridged/x")).status).toBe(200);
});

test("forwards to targets in turn, and not to a stopped one", async () => {
  const group = await route("turns");
  const tasks = [await runTask("one"), await runTask("two")];
  for (const { ip } of tasks) await register(group, ip);
  const name = async () => JSON.parse((await visit("/turns/x")).text || "{}").task;
  await eventually(async () => {
    const names = await Promise.all([name(), name(), name(), name()]).catch(() => []);
    return names.sort().join() === "one,one,two,two" ? names : undefined;
  });
  await ecs.send(new StopTaskCommand({ cluster: "engines", task: tasks[0]?.arn }));
  await eventually(async () => {
    const statuses = [await visit("/turns/x"), await visit("/turns/x")].map(({ status }) => status);
    return statuses.sort().join() === "200,504" ? statuses : undefined;
  });
});

test("forwards a client to the same target with stickiness", async () => {
  const group = await route("sticky", {
    "stickiness.enabled": "true",
    "stickiness.type": "lb_cookie",
    "stickiness.lb_cookie.duration_seconds": "60",
  });
  for (const each of ["one", "two"]) await register(group, (await runTask(each)).ip);
  const { headers, text } = await whenUp("/sticky/x");
  const cookies = headers["set-cookie"] ?? [];
  expect(cookies).toHaveLength(4);
  expect(cookies[2]).toMatch(/^AWSALB=[\w-]+; Expires=.* GMT; Path=\/$/);
  const cookie = cookies.map((each) => each.split(";")[0]).join("; ");
  for (let time = 0; time < 3; time += 1) {
    const again = await visit("/sticky/x", { cookie });
    expect(JSON.parse(again.text).task).toBe(JSON.parse(text).task);
  }
});

test("answers 503 without targets, and 502 when a target breaks off", async () => {
  const group = await route("broken");
  expect((await visit("/broken/x")).status).toBe(503);
  const { ip } = await runTask("one");
  await register(group, ip);
  await whenUp("/broken/x");
  await rule([path("/reset")], { Type: "forward", TargetGroupArn: group });
  expect((await visit("/reset")).status).toBe(502);
});

test("chooses rules by priority, conditions and pattern, and the default action last", async () => {
  const fixed = (text: string): Action => ({
    Type: "fixed-response",
    FixedResponseConfig: { StatusCode: "200", ContentType: "text/plain", MessageBody: text },
  });
  await rule([path("/rules/*")], fixed("any"), 20);
  await rule([path("/rules/?")], fixed("one letter"), 10);
  await rule(
    [path("/rules/*"), { Field: "http-request-method", HttpRequestMethodConfig: { Values: ["PUT"] } }],
    fixed("put"),
    9,
  );
  await rule(
    [
      {
        Field: "http-header",
        HttpHeaderConfig: { HttpHeaderName: "X-Colour", Values: ["BLUE*"] },
      },
    ],
    fixed("blue"),
    8,
  );
  await rule(
    [{ Field: "query-string", QueryStringConfig: { Values: [{ Key: "colour", Value: "red" }] } }],
    fixed("red"),
    7,
  );
  const text = async (...of: Parameters<typeof visit>) => (await visit(...of)).text;
  expect(await text("/rules/ab?c")).toBe("any");
  expect(await text("/rules/a?b")).toBe("one letter");
  expect(await text("/rules/a", {}, "PUT")).toBe("put");
  expect(await text("/elsewhere", { "x-colour": "bluest" })).toBe("blue");
  expect(await text("/elsewhere?colour=Red")).toBe("red");
  expect(await visit("/RULES/a")).toMatchObject({
    status: 404,
    headers: { "content-type": "application/json" },
    text: '{"message":"no <route>"}',
  });
});

test("redirects with parts of the request", async () => {
  await rule([path("/secure/*")], {
    Type: "redirect",
    RedirectConfig: { Protocol: "HTTPS", Port: "443", StatusCode: "HTTP_301" },
  });
  const { status, headers } = await visit("/secure/x?y=1");
  expect(status).toBe(301);
  expect(headers.location).toBe(`https://${dnsName}:443/secure/x?y=1`);
});

test("finds a listener by the port in the Host header only", async () => {
  const { status, text } = await visit("/", { host: `${dnsName}:8443` });
  expect(status).toBe(502);
  expect(text).toContain(`no listener at ${dnsName}:8443`);
});

test("shows groups as unused when the load balancer is deleted, and does not find a deleted group", async () => {
  const { LoadBalancers } = await elb.send(
    new CreateLoadBalancerCommand({ Name: "short-lived", Subnets: subnets }),
  );
  const { LoadBalancerArn } = LoadBalancers?.[0] ?? {};
  const { TargetGroups } = await elb.send(
    new CreateTargetGroupCommand({
      Name: "short-lived",
      Protocol: "HTTP",
      Port: PORT,
      VpcId: vpcId,
      TargetType: "ip",
    }),
  );
  const group = TargetGroups?.[0]?.TargetGroupArn ?? "";
  await register(group, "10.0.0.4");
  expect(await health(group)).toMatchObject({ State: "unused", Reason: "Target.NotInUse" });
  await elb.send(
    new CreateListenerCommand({
      LoadBalancerArn,
      Port: 80,
      Protocol: "HTTP",
      DefaultActions: [{ Type: "forward", TargetGroupArn: group }],
    }),
  );
  expect(await health(group)).toMatchObject({ State: "initial" });
  await elb.send(new DeleteLoadBalancerCommand({ LoadBalancerArn }));
  expect(await health(group)).toMatchObject({ State: "unused", Reason: "Target.NotInUse" });
  await elb.send(new DeleteTargetGroupCommand({ TargetGroupArn: group }));
  await expect(health(group)).rejects.toMatchObject({ name: "TargetGroupNotFoundException" });
});
