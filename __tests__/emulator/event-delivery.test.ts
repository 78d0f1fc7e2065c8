import { AwsError } from "../../local/aws-error";
import { VirtualClock } from "../../local/clock";
import { Delivery } from "../../local/events/delivery";
import type { Event } from "../../local/events/event";
import type { Rule, Target } from "../../local/events/rules";
import { jsonResponse } from "../../local/http";
import { Metrics } from "../../local/metrics";
import type { Call } from "../../local/routing";
import type { Actor, ApiCall } from "../../local/service-calls";
import { Sqs } from "../../local/sqs";

const RULE_ARN = "arn:aws:events:eu-west-1:123456789012:rule/start";
const FUNCTION_ARN = "arn:aws:lambda:eu-west-1:123456789012:function:start";
const DEAD_ARN = "arn:aws:sqs:eu-west-1:123456789012:dead";
const event = { version: "0", id: "1", detail: { service: "auth" } } as unknown as Event;
const policy = (sourceArn: string) =>
  JSON.stringify({
    Statement: [
      {
        Effect: "Deny",
        Principal: "*",
        Action: "sqs:*",
        Resource: "*",
        Condition: { Bool: { "aws:SecureTransport": "false" } },
      },
      {
        Effect: "Allow",
        Principal: { Service: "events.amazonaws.com" },
        Action: "sqs:SendMessage",
        Resource: DEAD_ARN,
        Condition: { ArnEquals: { "aws:SourceArn": sourceArn } },
      },
    ],
  });

async function delivery(invoke: () => Promise<void>, queuePolicy = policy(RULE_ARN)) {
  const made: { actor: Actor; call: ApiCall }[] = [];
  const make = async (actor: Actor, call: ApiCall) => {
    made.push({ actor, call });
    await invoke();
    return jsonResponse({});
  };
  const clock = new VirtualClock(new Date(0));
  const sqs = new Sqs(clock, () => "http://127.0.0.1");
  const call = { action: "CreateQueue", account: "123456789012", region: "eu-west-1" } as Call;
  await sqs.handle(call, { QueueName: "dead", Attributes: queuePolicy ? { Policy: queuePolicy } : {} });
  const lines: string[] = [];
  const metrics = new Metrics((line) => lines.push(line));
  const run = (target: Partial<Target>) => {
    const whole = { Id: "t", Arn: FUNCTION_ARN, DeadLetterConfig: { Arn: DEAD_ARN }, ...target };
    const rule: Rule = { Name: "start", Arn: RULE_ARN, State: "ENABLED", targets: [whole] };
    const eventLogs = { write: () => Promise.reject(new Error("unexpected")) };
    const around = {
      calls: { make },
      clock,
      eventLogs,
      sqs,
      invoke,
      metrics,
      log: (line: string) => lines.push(line),
    };
    return new Delivery(around).deliver(rule, whole, event);
  };
  const dead = async () => (await sqs.queueByArn(DEAD_ARN)?.receive(10)) ?? [];
  return { clock, lines, made, metrics, run, dead, sqs };
}

const text = (StringValue: string) => ({ DataType: "String", StringValue });

test("retries a failed delivery until it succeeds", async () => {
  let calls = 0;
  const { clock, run, dead } = await delivery(async () => {
    calls += 1;
    if (calls < 3) throw new AwsError("ThrottlingException", "Rate exceeded");
  });
  const done = run({});
  await clock.advance(3000);
  await done;
  expect(calls).toBe(3);
  expect(await dead()).toEqual([]);
});

test("sends the event with the reason to the DLQ after the last retry", async () => {
  const { clock, run, dead } = await delivery(() =>
    Promise.reject(new AwsError("ThrottlingException", "Rate exceeded")),
  );
  const done = run({ RetryPolicy: { MaximumRetryAttempts: 2 } });
  await clock.advance(10_000);
  await done;
  const [message] = await dead();
  expect(JSON.parse(message?.body ?? "")).toEqual(event);
  expect(message?.attributes).toEqual({
    RULE_ARN: text(RULE_ARN),
    TARGET_ARN: text(FUNCTION_ARN),
    ERROR_CODE: text("SDK_CLIENT_ERROR"),
    ERROR_MESSAGE: text("Rate exceeded"),
    RETRY_ATTEMPTS: { DataType: "Number", StringValue: "2" },
    EXHAUSTED_RETRY_CONDITION: text("MaximumRetryAttempts"),
  });
});

test("sends the event to the DLQ when it is too old, before its retries are exhausted", async () => {
  const { clock, run, dead } = await delivery(() =>
    Promise.reject(new AwsError("ThrottlingException", "Rate exceeded")),
  );
  const done = run({ RetryPolicy: { MaximumEventAgeInSeconds: 60 } });
  await clock.advance(60_000);
  await done;
  expect((await dead())[0]?.attributes.EXHAUSTED_RETRY_CONDITION).toEqual(text("MaximumEventAgeInSeconds"));
});

test.each([
  ["AccessDeniedException", "NO_PERMISSIONS"],
  ["ResourceNotFoundException", "NO_RESOURCE"],
])("%s is not tried again", async (code, written) => {
  let calls = 0;
  const { run, dead } = await delivery(async () => {
    calls += 1;
    throw new AwsError(code, "no");
  });
  await run({});
  expect(calls).toBe(1);
  const [message] = await dead();
  expect(message?.attributes).toMatchObject({
    ERROR_CODE: text(written),
    RETRY_ATTEMPTS: { StringValue: "0" },
  });
  expect(message?.attributes).not.toHaveProperty("EXHAUSTED_RETRY_CONDITION");
});

test.each([
  ["has no policy", ""],
  ["allows another rule only", policy("arn:aws:events:eu-west-1:123456789012:rule/other")],
])("logs that the event is lost when the DLQ %s", async (_name, queuePolicy) => {
  const refused = () => Promise.reject(new AwsError("AccessDeniedException", "no"));
  const { run, dead, lines } = await delivery(refused, queuePolicy);
  await run({});
  expect(await dead()).toEqual([]);
  expect(lines.at(-1)).toMatch(
    /event 1 is lost: The policy of .*:dead does not allow .*rule\/start to send to it/,
  );
});

test("delivers to a queue with its own input", async () => {
  const { run, dead } = await delivery(() => Promise.reject(new Error("not asked")));
  await run({ Arn: DEAD_ARN, InputPath: "$.detail.service" });
  expect(await dead()).toMatchObject([{ body: '"auth"', attributes: {} }]);
});

const MACHINE = "arn:aws:states:eu-west-1:123456789012:stateMachine:launch";

test("starts a state machine with the role of the target", async () => {
  const { made, run } = await delivery(async () => {});
  await run({ Arn: MACHINE, RoleArn: "role", InputPath: "$.detail" });
  expect(made).toEqual([
    {
      actor: { roleArn: "role", principal: "events.amazonaws.com", sourceArn: RULE_ARN },
      call: expect.objectContaining({
        service: "states",
        region: "eu-west-1",
        headers: expect.objectContaining({ "x-amz-target": "AWSStepFunctions.StartExecution" }),
        body: JSON.stringify({ stateMachineArn: MACHINE, input: '{"service":"auth"}' }),
      }),
    },
  ]);
});

test.each([
  ["a role that does not trust EventBridge", "AccessDenied", "NO_PERMISSIONS"],
  ["a state machine that is not there", "StateMachineDoesNotExist", "NO_RESOURCE"],
])("%s is not tried again", async (_what, code, written) => {
  const { dead, made, run } = await delivery(() => Promise.reject(new AwsError(code, "no")));
  await run({ Arn: MACHINE, RoleArn: "role" });
  expect(made).toHaveLength(1);
  expect((await dead())[0]?.attributes.ERROR_CODE).toEqual(text(written));
});

test("logs a target of an unsupported kind", async () => {
  const { run, lines } = await delivery(() => Promise.reject(new Error("not asked")));
  await run({ Arn: "arn:aws:sns:eu-west-1:123456789012:topic" });
  expect(lines).toEqual([
    "events: rule start: local AWS does not deliver to sns (arn:aws:sns:eu-west-1:123456789012:topic)",
  ]);
});
