import { AwsError } from "../../local/aws-error";
import { VirtualClock } from "../../local/clock";
import { nextTime } from "../../local/events/next-time";
import { httpRequest, jsonResponse } from "../../local/http";
import { type Accounts, identify } from "../../local/routing";
import { Scheduler } from "../../local/scheduler";
import type { Actor, ApiCall } from "../../local/service-calls";

const START = "2026-03-01T00:00:00Z";
const ROLE = "arn:aws:iam::123456789012:role/schedule";
const FUNCTION_ARN = "arn:aws:lambda:eu-west-1:123456789012:function:start";
const QUEUE_ARN = "arn:aws:sqs:eu-west-1:123456789012:work";
const DEAD_ARN = "arn:aws:sqs:eu-west-1:123456789012:dead";

interface Made {
  at: string;
  actor: Actor;
  call: ApiCall;
  body: Record<string, unknown>;
}

/** A scheduler with a control plane that keeps its input. `answer` answers or fails a call of a target. */
function world(answer: (made: Made, nth: number) => object | undefined = () => ({})) {
  const clock = new VirtualClock(new Date(START));
  const kept = new Map<string, object>();
  const made: Made[] = [];
  const lines: string[] = [];
  let trusted = true;
  const scheduler = new Scheduler({
    clock,
    calls: {
      assumeRole: async () => {
        if (!trusted) throw new AwsError("AccessDenied", "no trust");
        return "";
      },
      make: async (actor, call) => {
        const one = { at: clock.now().toISOString(), actor, call, body: JSON.parse(call.body) };
        made.push(one);
        return jsonResponse(answer(one, made.length));
      },
    },
    upstream: {
      send: async ({ request }) => {
        const name = request.path.split("/")[2] ?? "";
        if (request.method === "GET") return jsonResponse(kept.get(name));
        if (request.method === "DELETE") kept.delete(name);
        else {
          const Arn = `arn:aws:scheduler:eu-west-1:123456789012:schedule/default/${name}`;
          kept.set(name, { Arn, Name: name, GroupName: "default", ...JSON.parse(request.body.toString()) });
        }
        return jsonResponse({});
      },
    },
    log: (line) => lines.push(line),
  });
  const ask = async (method: string, path: string, input?: object) => {
    const accounts = { accountOf: () => "123456789012" } as unknown as Accounts;
    const authorization = "AWS4-HMAC-SHA256 Credential=x/20260101/eu-west-1/scheduler/aws4_request, x";
    const request = httpRequest(method, path, { authorization }, JSON.stringify(input));
    return scheduler.handle(identify(request, accounts));
  };
  const put = (input: object, target: object = {}, method = "POST", name = "nightly") =>
    ask(method, `/schedules/${name}`, {
      State: "ENABLED",
      ScheduleExpressionTimezone: "UTC",
      FlexibleTimeWindow: { Mode: "OFF" },
      Target: { Arn: FUNCTION_ARN, RoleArn: ROLE, Input: "{}", ...target },
      ...input,
    });
  const distrust = () => {
    trusted = false;
  };
  return { ask, clock, distrust, lines, made, put };
}

const HOUR = 3_600_000;
const times = (made: Made[]) => made.map(({ at }) => at.replace(".000Z", "Z"));
const seconds = (text: string) => new Date(text).getTime() / 1000;

test("invokes a function asynchronously with the role of the schedule, and replaces context attributes in the input", async () => {
  const { clock, made, put } = world();
  const names = ["scheduled-time", "schedule-arn", "execution-id", "attempt-number", "other"];
  const Input = JSON.stringify(names.map((name) => `<aws.scheduler.${name}>`));
  await put({ ScheduleExpression: "cron(0 2 * * ? *)" }, { Input });
  await clock.advance(24 * HOUR);
  expect(made).toMatchObject([
    {
      at: "2026-03-01T02:00:00.000Z",
      actor: {
        roleArn: ROLE,
        principal: "scheduler.amazonaws.com",
        sourceArn: "arn:aws:scheduler:eu-west-1:123456789012:schedule-group/default",
      },
      call: { service: "lambda", region: "eu-west-1", headers: { "x-amz-invocation-type": "Event" } },
      body: [
        "2026-03-01T02:00:00Z",
        "arn:aws:scheduler:eu-west-1:123456789012:schedule/default/nightly",
        expect.stringMatching(/^[0-9a-f-]{36}$/),
        "1",
        "<aws.scheduler.other>",
      ],
    },
  ]);
  expect(decodeURIComponent(made[0]?.call.url ?? "")).toBe(
    `/2015-03-31/functions/${FUNCTION_ARN}/invocations`,
  );
});

test("sends the default event when the target has no input", async () => {
  const { clock, made, put } = world();
  await put({ ScheduleExpression: "at(2026-03-01T01:00:00)" }, { Input: undefined });
  await clock.advance(HOUR);
  expect(made[0]?.body).toMatchObject({
    source: "aws.scheduler",
    time: "2026-03-01T01:00:00Z",
    detail: "{}",
  });
});

test("sends to a queue and runs a task", async () => {
  const { clock, made, put } = world();
  await put(
    { ScheduleExpression: "at(2026-03-01T01:00:00)" },
    { Arn: QUEUE_ARN, Input: "x" },
    "POST",
    "queue",
  );
  const awsvpcConfiguration = { Subnets: ["subnet-1"], SecurityGroups: ["sg-1"], AssignPublicIp: "DISABLED" };
  const EcsParameters = {
    TaskDefinitionArn: "task:1",
    LaunchType: "FARGATE",
    NetworkConfiguration: { awsvpcConfiguration },
    PropagateTags: "TASK_DEFINITION",
  };
  const Arn = "arn:aws:ecs:eu-west-1:123456789012:cluster/engines";
  const Input = '{"containerOverrides":[{"name":"app"}]}';
  await put({ ScheduleExpression: "at(2026-03-01T02:00:00)" }, { Arn, EcsParameters, Input }, "POST", "task");
  await clock.advance(2 * HOUR);
  expect(made.map(({ call, body }) => ({ action: call.headers["x-amz-target"], body }))).toEqual([
    {
      action: "AmazonSQS.SendMessage",
      body: { QueueUrl: expect.stringMatching(/\/123456789012\/work$/), MessageBody: "x" },
    },
    {
      action: "AmazonEC2ContainerServiceV20141113.RunTask",
      body: {
        cluster: Arn,
        taskDefinition: "task:1",
        count: 1,
        launchType: "FARGATE",
        networkConfiguration: {
          awsvpcConfiguration: {
            subnets: ["subnet-1"],
            securityGroups: ["sg-1"],
            assignPublicIp: "DISABLED",
          },
        },
        overrides: { containerOverrides: [{ name: "app" }] },
        propagateTags: "TASK_DEFINITION",
      },
    },
  ]);
});

describe("times", () => {
  test.each<[string, object, string[]]>([
    [
      "a rate begins at once",
      { ScheduleExpression: "rate(12 hours)" },
      ["2026-03-01T00:00:00Z", "2026-03-01T12:00:00Z", "2026-03-02T00:00:00Z"],
    ],
    [
      "a rate begins at its StartDate and ends with its EndDate",
      {
        ScheduleExpression: "rate(6 hours)",
        StartDate: seconds("2026-03-01T05:00:00Z"),
        EndDate: seconds("2026-03-01T17:00:00Z"),
      },
      ["2026-03-01T05:00:00Z", "2026-03-01T11:00:00Z", "2026-03-01T17:00:00Z"],
    ],
    [
      "a rate whose StartDate has passed keeps its rhythm",
      { ScheduleExpression: "rate(1 day)", StartDate: seconds("2026-02-27T05:00:00Z") },
      ["2026-03-01T05:00:00Z"],
    ],
    [
      "a cron expression keeps within StartDate and EndDate",
      {
        ScheduleExpression: "cron(0 * * * ? *)",
        StartDate: seconds("2026-03-01T03:00:00Z"),
        EndDate: seconds("2026-03-01T04:30:00Z"),
      },
      ["2026-03-01T03:00:00Z", "2026-03-01T04:00:00Z"],
    ],
    [
      "a single time that has passed in its time zone",
      { ScheduleExpression: "at(2026-03-01T08:59:59)", ScheduleExpressionTimezone: "Asia/Tokyo" },
      [],
    ],
    [
      "a single time is in its time zone",
      { ScheduleExpression: "at(2026-03-01T09:30:00)", ScheduleExpressionTimezone: "Asia/Tokyo" },
      ["2026-03-01T00:30:00Z"],
    ],
    ["a disabled one never fires", { ScheduleExpression: "rate(1 hour)", State: "DISABLED" }, []],
  ])("%s", async (_what, input, expected) => {
    const { clock, made, put } = world();
    await put(input);
    await clock.advance(24 * HOUR);
    expect(times(made)).toEqual(expected);
  });

  test.each<[string, string, string, string, string[]]>([
    // 2026-03-29 02:00 → 03:00 and 2026-10-25 03:00 → 02:00
    [
      "skips a time that spring leaps over",
      "cron(30 2 * * ? *)",
      "Europe/Berlin",
      "2026-03-27T12:00:00Z",
      ["2026-03-28T01:30:00.000Z", "2026-03-30T00:30:00.000Z"],
    ],
    [
      "fires once where autumn repeats a time",
      "cron(30 2 * * ? *)",
      "Europe/Berlin",
      "2026-10-24T12:00:00Z",
      ["2026-10-25T00:30:00.000Z", "2026-10-26T01:30:00.000Z"],
    ],
    [
      "does not repeat an hour",
      "cron(0 * * * ? *)",
      "Europe/Berlin",
      "2026-10-25T00:00:00Z",
      ["2026-10-25T02:00:00.000Z", "2026-10-25T03:00:00.000Z"],
    ],
    [
      "knows zones with half hours and days of another date",
      "cron(15 0 1 * ? *)",
      "Australia/Lord_Howe",
      "2026-06-15T00:00:00Z",
      ["2026-06-30T13:45:00.000Z", "2026-07-31T13:45:00.000Z"],
    ],
    [
      "keeps its hour of the day on both sides of a change",
      "cron(0 9 ? * MON *)",
      "America/New_York",
      "2026-03-02T15:00:00Z",
      ["2026-03-09T13:00:00.000Z", "2026-03-16T13:00:00.000Z"],
    ],
  ])("cron %s", (_what, expression, zone, from, expected) => {
    const found: string[] = [];
    for (let at: Date | undefined = new Date(from); found.length < expected.length; ) {
      at = nextTime(expression, at, zone);
      if (!at) break;
      found.push(at.toISOString());
    }
    expect(found).toEqual(expected);
  });
});

describe("the control plane", () => {
  test("keeps the times when the target changes, restarts them when the expression changes, ends them on deletion", async () => {
    const { ask, clock, made, put } = world();
    await put({ ScheduleExpression: "rate(2 hours)" });
    await clock.advance(HOUR);
    await put({ ScheduleExpression: "rate(2 hours)" }, { Input: '"new"' }, "PUT");
    await clock.advance(HOUR);
    expect(made.map(({ body }) => body)).toEqual([{}, "new"]);
    await put({ ScheduleExpression: "rate(5 hours)" }, {}, "PUT");
    await clock.advance(HOUR);
    expect(times(made).at(-1)).toBe("2026-03-01T02:00:00Z");
    expect(made).toHaveLength(3);
    await ask("DELETE", "/schedules/nightly?groupName=default");
    await clock.advance(48 * HOUR);
    expect(made).toHaveLength(3);
  });

  test("deletes the schedules of a deleted group", async () => {
    const { ask, clock, made, put } = world();
    await put({ ScheduleExpression: "cron(0 * * * ? *)" });
    await ask("DELETE", "/schedule-groups/default");
    await clock.advance(48 * HOUR);
    expect(made).toEqual([]);
  });

  test.each<[object, RegExp]>([
    [{ ScheduleExpression: "every(5 minutes)" }, /Invalid Schedule Expression every\(5 minutes\)/],
    [
      { ScheduleExpression: "rate(1 hour)", ScheduleExpressionTimezone: "Mars/Base" },
      /Mars\/Base is not the name/,
    ],
  ])("%j is refused", async (input, message) => {
    await expect(world().put(input)).rejects.toThrow(message);
  });

  test("rejects a role that does not trust the scheduler", async () => {
    const { distrust, put } = world();
    distrust();
    await expect(put({ ScheduleExpression: "rate(1 hour)" })).rejects.toMatchObject({
      code: "ValidationException",
      message: expect.stringMatching(/must allow AWS EventBridge Scheduler to assume/),
    });
  });
});

describe("a failed invocation", () => {
  const once = { ScheduleExpression: "at(2026-03-01T01:00:00)" };
  const dead = { DeadLetterConfig: { Arn: DEAD_ARN }, Input: '"<aws.scheduler.attempt-number>"' };
  const toDead = ({ call }: Made) => call.body.includes("/dead");
  const fail = (code: string) => (made: Made) => {
    if (!toDead(made)) throw new AwsError(code, "no");
    return {};
  };

  test("is retried with the number of the attempt", async () => {
    const { clock, made, put } = world((_made, nth) => {
      if (nth < 3) throw new AwsError("ThrottlingException", "Rate exceeded");
      return {};
    });
    await put(once, dead);
    await clock.advance(2 * HOUR);
    expect(made.map(({ body }) => body)).toEqual(["1", "2", "3"]);
  });

  test("is sent with the error to the DLQ when its retries are exhausted", async () => {
    const { clock, made, put } = world(fail("ThrottlingException"));
    await put(once, { ...dead, RetryPolicy: { MaximumRetryAttempts: 1 } });
    await clock.advance(2 * HOUR);
    expect(made).toHaveLength(3);
    const attributes = made[2]?.body.MessageAttributes as Record<string, { StringValue: string }>;
    expect(made[2]?.body.MessageBody).toBe('"2"');
    expect(
      Object.fromEntries(Object.entries(attributes).map(([name, { StringValue }]) => [name, StringValue])),
    ).toEqual({
      SCHEDULE_ARN: "arn:aws:scheduler:eu-west-1:123456789012:schedule/default/nightly",
      TARGET_ARN: FUNCTION_ARN,
      EXECUTION_ID: expect.any(String),
      SCHEDULED_TIME: "2026-03-01T01:00:00Z",
      ERROR_CODE: "ThrottlingException",
      ERROR_MESSAGE: "no",
      RETRY_ATTEMPTS: "1",
      IS_PAYLOAD_TRUNCATED: "false",
      EXHAUSTED_RETRY_CONDITION: "MaximumRetryAttempts",
    });
  });

  test("is not retried when a permission is missing", async () => {
    const { clock, made, put } = world(fail("AccessDeniedException"));
    await put(once, dead);
    await clock.advance(48 * HOUR);
    expect(made.map(toDead)).toEqual([false, true]);
  });

  test("is also a RunTask with failures and status 200", async () => {
    const Arn = "arn:aws:ecs:eu-west-1:123456789012:cluster/engines";
    const { clock, made, put } = world((one) =>
      toDead(one) ? {} : { tasks: [], failures: [{ reason: "Capacity is unavailable at this time" }] },
    );
    const RetryPolicy = { MaximumRetryAttempts: 0 };
    await put(once, { ...dead, Arn, Input: "{}", RetryPolicy });
    await clock.advance(2 * HOUR);
    expect(made[1]?.body.MessageAttributes).toMatchObject({
      ERROR_MESSAGE: { StringValue: "Capacity is unavailable at this time" },
    });
  });

  test("is logged when there is no DLQ", async () => {
    const { clock, lines, put } = world(fail("AccessDeniedException"));
    await put(once);
    await clock.advance(2 * HOUR);
    expect(lines).toEqual([
      `scheduler: arn:aws:scheduler:eu-west-1:123456789012:schedule/default/nightly did not reach ${FUNCTION_ARN}: no The invocation at 2026-03-01T01:00:00Z is lost: the schedule has no dead-letter queue.`,
    ]);
  });
});
