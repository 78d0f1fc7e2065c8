import type { InProcessOptions } from "../../../local/create-local-aws";
import { createWorld, type ExtraSettings, route, startEvent, type World } from "./world";

const routes = { auth: route("auth-api", { port: 8080, allowOverrides: ["command"] }) };
const seconds = 1_000;

/** A request from API Gateway. */
const request = (body: unknown, headers: Record<string, string> | null = {}, requestId = "r-1") => ({
  resource: "/start",
  path: "/start",
  httpMethod: "POST",
  headers,
  multiValueHeaders: {},
  queryStringParameters: null,
  pathParameters: null,
  stageVariables: null,
  requestContext: { requestId, stage: "live", httpMethod: "POST", identity: {} },
  body: typeof body === "string" || body === null ? body : JSON.stringify(body),
  isBase64Encoded: false,
});

const world = (options: InProcessOptions = {}, waits: ExtraSettings = { TASK_WAIT_TIMEOUT: 60 }) =>
  createWorld(
    routes,
    { taskTimings: { provisioning: 20 * seconds }, containers: () => ({}), ...options },
    waits,
  );

const send = async (aws: World, event: unknown) => {
  const response = (await aws.settled(aws.invoke(event))) as {
    statusCode: number;
    headers: unknown;
    body: string;
  };
  expect(response.headers).toEqual({ "content-type": "application/json" });
  return { statusCode: response.statusCode, body: JSON.parse(response.body) as Record<string, unknown> };
};

test("answers with the address of the task", async () => {
  const aws = await world();
  const { statusCode, body } = await send(aws, request({ service: "auth", command: ["serve"] }));
  const [task] = aws.tasks();
  expect(statusCode).toBe(200);
  expect(body).toEqual({
    taskArn: task?.arn,
    taskId: task?.id,
    privateIp: task?.launch.network?.privateIp,
    port: 8080,
    targetGroupArn: null,
    healthStatus: null,
  });
  expect(aws.launches()).toMatchObject([
    {
      startedBy: expect.stringMatching(/^r-1\//),
      overrides: { containerOverrides: [{ command: ["serve"] }] },
    },
  ]);
  expect(JSON.parse(aws.variables()[0]?.EVENT_PAYLOAD ?? "")).toEqual({
    id: "r-1",
    source: "api",
    "detail-type": "Start ECS Task",
    detail: { service: "auth", command: ["serve"] },
  });
});

test("answers 202 when the function does not wait", async () => {
  const aws = await world({}, {});
  const { statusCode, body } = await send(aws, request({ service: "auth" }));
  expect(statusCode).toBe(202);
  expect(body).toEqual({ service: "auth", taskArn: aws.tasks()[0]?.arn, duplicate: false });
});

test.each(["Idempotency-Key", "idempotency-key"])("starts one task for the same %s", async (name) => {
  const aws = await world();
  const first = await send(aws, request({ service: "auth" }, { [name]: "order-1" }, "r-1"));
  const second = await send(aws, request({ service: "auth" }, { [name]: "order-1" }, "r-2"));
  expect(second).toEqual(first);
  expect(aws.launches()).toMatchObject([{ startedBy: expect.stringMatching(/^api-[0-9a-f]{64}\//) }]);
});

describe("an Idempotency-Key", () => {
  const keyed = (body: unknown, requestId: string, identity: Record<string, string> = {}) => {
    const asked = request(body, { "Idempotency-Key": "order-1" }, requestId);
    return { ...asked, requestContext: { ...asked.requestContext, identity } };
  };
  const arn = (user: string) => ({ userArn: `arn:aws:iam::123456789012:user/${user}` });

  test("answers 409 and starts nothing when it was used with another body", async () => {
    const aws = await world({}, {});
    await send(aws, keyed({ service: "auth", command: ["A"] }, "r-1"));
    const { statusCode, body } = await send(aws, keyed({ service: "auth", command: ["B"] }, "r-2"));
    expect({ statusCode, body }).toEqual({
      statusCode: 409,
      body: {
        message: expect.stringMatching(
          /^Idempotency-Key: this key was used before with another body; send each new request with a new key$/,
        ),
      },
    });
    expect(aws.tasks()).toHaveLength(1);
    // After the deduplication window it may be used again.
    await aws.clock.advance(25 * 3600 * seconds);
    expect(await send(aws, keyed({ service: "auth", command: ["B"] }, "r-3"))).toMatchObject({
      statusCode: 202,
    });
  });

  test("belongs to its caller", async () => {
    const aws = await world({}, {});
    const answers = await Promise.all(
      ["ann", "bob", "ann"].map((user, n) => send(aws, keyed({ service: "auth" }, `r-${n}`, arn(user)))),
    );
    expect(aws.tasks()).toHaveLength(2);
    expect(answers[2]?.body.taskArn).toBe(answers[0]?.body.taskArn);
    expect(answers[1]?.body.taskArn).not.toBe(answers[0]?.body.taskArn);
  });

  test("is never the id of an event on a bus", async () => {
    const aws = await world({}, {});
    await send(aws, keyed({ service: "auth" }, "r-1"));
    expect(await aws.invoke(startEvent("auth", "order-1"))).toMatchObject({ duplicate: false });
    expect(aws.tasks()).toHaveLength(2);
  });

  test("can be used again when the launch of the first request failed", async () => {
    const aws = await world({}, {});
    aws.faults.set([
      { service: "ecs", action: "RunTask", fault: "error", code: "ServerException", status: 500 },
    ]);
    expect(await send(aws, keyed({ service: "auth" }, "r-1"))).toMatchObject({ statusCode: 503 });
    aws.faults.set([]);
    expect(await send(aws, keyed({ service: "auth" }, "r-2"))).toMatchObject({ statusCode: 202 });
  });

  test("is rejected when it is too long", async () => {
    const aws = await world({}, {});
    const asked = request({ service: "auth" }, { "Idempotency-Key": "k".repeat(256) });
    expect(await send(aws, asked)).toMatchObject({ statusCode: 400 });
  });
});

test("logs and counts the failure when the body is not JSON", async () => {
  const aws = await world({}, {});
  await send(aws, request("start auth"));
  expect(aws.lines).toContainEqual(expect.objectContaining({ level: "ERROR", errorType: "MalformedEvent" }));
  expect(aws.metrics()).toContainEqual(expect.objectContaining({ Failures: 1, Reason: "MalformedEvent" }));
});

test("starts two tasks for two requests without a key", async () => {
  const aws = await world({}, {});
  await send(aws, request({ service: "auth" }, null, "r-1"));
  await send(aws, request({ service: "auth" }, null, "r-2"));
  expect(aws.tasks()).toHaveLength(2);
});

test("decodes a body in base64", async () => {
  const aws = await world({}, {});
  const body = Buffer.from(JSON.stringify({ service: "auth" })).toString("base64");
  expect(await send(aws, { ...request(body), isBase64Encoded: true })).toMatchObject({ statusCode: 202 });
});

describe("answers with a status and a message, and sends nothing to the DLQ, when there is an error:", () => {
  const expectStatus = async (aws: World, event: unknown, status: number, message: RegExp) => {
    const { statusCode, body } = await send(aws, event);
    expect({ statusCode, body }).toEqual({
      statusCode: status,
      body: { message: expect.stringMatching(message) },
    });
    expect(await aws.takeDlqMessages()).toEqual([]);
  };
  const good = request({ service: "auth" });

  test.each<[string, unknown, number, RegExp]>([
    ["no body", request(null), 400, /^body: expected JSON such as {"service":"auth"}, found nothing$/],
    ["no JSON", request("start auth"), 400, /^body: expected JSON.*found "start auth"$/],
    ["no object", request("7"), 400, /^detail: expected an object, found 7$/],
    ["a malformed body", request({ service: 7 }), 400, /^detail\.service: expected a string, found 7$/],
    ["an override", request({ service: "auth", cpu: "512" }), 400, /^detail\.cpu: "512" is not allowed/],
    ["an unknown service", request({ service: "nobody" }), 404, /known services: auth$/],
  ])("%s", async (_what, event, status, message) => {
    await expectStatus(await world(), event, status, message);
  });

  test("no capacity: 503", async () => {
    const aws = await world();
    aws.faults.set([{ service: "ecs", action: "RunTask", fault: "failures", reason: "no capacity" }]);
    await expectStatus(aws, good, 503, /no capacity/);
  });

  test("throttled: 503", async () => {
    const aws = await world();
    aws.faults.set([{ service: "ecs", action: "RunTask", fault: "throttle" }]);
    await expectStatus(aws, good, 503, /Rate exceeded/);
  });

  test("a task that fails to start: 503", async () => {
    const aws = await world({ containers: () => ({ failsToStart: "CannotPullContainerError: not found" }) });
    await expectStatus(aws, good, 503, /CannotPullContainerError/);
  });

  test("a task that takes too long: 504", async () => {
    const aws = await world({ taskTimings: { provisioning: 200 * seconds } });
    await expectStatus(aws, good, 504, /PROVISIONING after 60 s/);
  });

  test("what the deployment got wrong: 500", async () => {
    const aws = await world();
    aws.faults.set([{ service: "ecs", action: "RunTask", fault: "error", code: "AccessDeniedException" }]);
    await expectStatus(aws, good, 500, /AccessDenied/);
  });

  test("a key whose task has come and gone: 409", async () => {
    const aws = await createWorld(
      { auth: route("auth-api", { port: 8080, targetGroup: "arn:group", targetType: "ip" }) },
      { containers: () => ({ durationMs: 100 }) },
      { TASK_WAIT_TIMEOUT: 60 },
    );
    await expectStatus(aws, good, 409, /has run and stopped/);
  });
});
