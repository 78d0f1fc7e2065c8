import type { HttpResponse } from "../../local/http";
import { interpret, invalidReason } from "../../local/states/interpreter";
import { runTask } from "../../local/states/task";
import { json } from "../../src/core/json";
import { Workflow, type WorkflowProps } from "../../src/workflow";
import { definition } from "../../src/workflow/definition";
import { only, synthesize } from "./synth";

const functionArn = "arn:aws:lambda:eu-west-1:123456789012:function:engines-start-task";

const started = {
  taskArn: "arn:aws:ecs:eu-west-1:123456789012:task/engines/1",
  taskId: "1",
  privateIp: "10.0.1.100",
  port: 8080,
  targetGroupArn: null,
  healthStatus: null,
};

const text = (maxAttempts = 3) =>
  json(
    definition({
      partition: "aws",
      functionArn,
      eventBusArn: "arn:aws:events:eu-west-1:123456789012:event-bus/default",
      eventSource: "engines",
      maxAttempts,
      retryIntervalSeconds: 1,
    }),
  );

interface PublishedEvent {
  readonly DetailType: string;
  readonly Source: string;
  readonly Detail: string;
}

type Answer = (attempt: number) => object | string;

/** Runs the state machine. `answer` returns the result of the function or, as a string, the name of its error. */
async function execute(
  input: unknown,
  answer: Answer,
  options: { maxAttempts?: number; failsToPublish?: boolean } = {},
) {
  const payloads: unknown[] = [];
  const published: PublishedEvent[] = [];
  const make = async ({ service, body }: { service: string; body: string }): Promise<HttpResponse> => {
    if (service === "events") {
      if (options.failsToPublish) throw new Error("the event bus is not available");
      published.push(...(JSON.parse(body) as { Entries: PublishedEvent[] }).Entries);
      return { status: 200, headers: {}, body: Buffer.from('{"FailedEntryCount":0}') };
    }
    payloads.push(JSON.parse(body));
    const given = answer(payloads.length);
    return typeof given === "string"
      ? {
          status: 200,
          headers: { "x-amz-function-error": "Unhandled" },
          body: Buffer.from(JSON.stringify({ errorType: given, errorMessage: "why" })),
        }
      : { status: 200, headers: {}, body: Buffer.from(JSON.stringify({ statusCode: 200, body: given })) };
  };
  const task = { region: "eu-west-1", account: "123456789012", arns: [], make };
  const { ended } = interpret({
    // Without the retries of PutEvents and the waits, which would take minutes.
    definition: text(options.maxAttempts)
      .replaceAll('"MaxAttempts":5', '"MaxAttempts":0')
      .replaceAll('"Seconds":30', '"Seconds":0'),
    input,
    context: { Execution: { Id: "arn:execution", Name: "execution-1", Input: input } },
    task: (resource, given) => runTask(resource, given, task),
    log: () => {},
  });
  return { ...(await ended), payloads, published: published.map(parsed) };
}

const parsed = ({ DetailType, Source, Detail }: PublishedEvent) => ({
  type: DetailType,
  source: Source,
  detail: JSON.parse(Detail) as object,
});

const event = { id: "event-1", detail: { service: "auth" } };

test("the definition is valid", () => {
  expect(invalidReason(text())).toBeUndefined();
});

test("publishes a launched task with the input", async () => {
  const { status, payloads, published } = await execute(event, () => started);
  expect(status).toBe("SUCCEEDED");
  expect(payloads).toEqual([event]);
  expect(published).toEqual([
    { type: "ECS Task Started", source: "engines", detail: { request: event, ...started } },
  ]);
});

test("an input without an id gets the execution's name as its id, the same in every attempt", async () => {
  const input = { detail: { service: "auth" } };
  const { payloads } = await execute(input, (attempt) => (attempt < 2 ? "TaskWaitTimeout" : started));
  expect(payloads).toEqual([
    { id: "execution-1", ...input },
    { id: "execution-1", ...input },
  ]);
});

test("retries missing capacity up to maxAttempts", async () => {
  const { status, payloads } = await execute(event, (attempt) =>
    attempt < 3 ? "CapacityUnavailable" : started,
  );
  expect([status, payloads.length]).toEqual(["SUCCEEDED", 3]);
  const given = await execute(event, () => "CapacityUnavailable", { maxAttempts: 1 });
  expect([given.status, given.payloads.length]).toEqual(["FAILED", 1]);
});

test("waits for a task that waits for a container instance, and no attempt is used up", async () => {
  const waiting = { taskArn: started.taskArn, taskId: started.taskId, lastStatus: "PROVISIONING" };
  const { status, payloads, published } = await execute(
    event,
    (attempt) => (attempt < 3 ? waiting : started),
    { maxAttempts: 1 },
  );
  expect(status).toBe("SUCCEEDED");
  expect(payloads).toEqual([event, event, event]);
  expect(published).toMatchObject([{ type: "ECS Task Started", detail: { request: event } }]);
});

test("publishes a permanent error once and fails the execution with its name", async () => {
  const { status, error, cause, payloads, published } = await execute(event, () => "UnknownService");
  expect({ status, error, attempts: payloads.length }).toEqual({
    status: "FAILED",
    error: "UnknownService",
    attempts: 1,
  });
  expect(published).toEqual([
    {
      type: "ECS Task Failed",
      source: "engines",
      detail: { request: event, error: "UnknownService", cause },
    },
  ]);
  expect(cause).toContain("why");
});

test("fails with the error of the launch when that cannot be published", async () => {
  const { status, error } = await execute(event, () => "UnknownService", { failsToPublish: true });
  expect({ status, error }).toEqual({ status: "FAILED", error: "UnknownService" });
});

const workflow = (props: Partial<WorkflowProps> = {}) =>
  synthesize((stack) => new Workflow(stack, "flow", { name: "engines", functionArn, ...props }));

test("the state machine has permission for this function and this event bus only", () => {
  const eventBusArn = "arn:aws:events:eu-west-1:123456789012:event-bus/engines";
  const { policy } = only(workflow({ eventBusArn }), "aws_iam_role_policy", { name: "workflow" });
  const { Statement } = JSON.parse(String(policy)) as { Statement: { Action: unknown; Resource: unknown }[] };
  expect(Statement.filter(({ Resource }) => Resource !== "*")).toEqual([
    { Effect: "Allow", Action: "lambda:InvokeFunction", Resource: functionArn },
    { Effect: "Allow", Action: "events:PutEvents", Resource: eventBusArn },
  ]);
});

test("a rule starts the state machine with a role that has no other permission", () => {
  const resources = workflow({ events: { start: { source: ["custom.app"] } } });
  expect(only(resources, "aws_cloudwatch_event_target")).toMatchObject({
    arn: expect.stringContaining("aws_sfn_state_machine"),
    role_arn: expect.stringContaining("event-role"),
  });
  const { policy } = only(resources, "aws_iam_role_policy", { name: "start" });
  expect(String(policy)).toMatch(/"Action":"states:StartExecution","Effect":"Allow","Resource":"[^*]+"/);
});

test.each<[Partial<WorkflowProps>, string]>([
  [{ name: "a b" }, 'name is "a b"; a workflow\'s name has 1 to 28 letters'],
  [{ maxAttempts: 0 }, "maxAttempts is 0; it takes whole numbers from 1 to 100."],
  [{ retryIntervalSeconds: 301 }, "retryIntervalSeconds is 301; it takes whole numbers from 1 to 300."],
  [{ logRetentionDays: 8 }, "logRetentionDays is 8; CloudWatch Logs takes"],
  [{ events: { nightly: { scheduleExpression: "rate(1 day)" } } }, "events.nightly has scheduleExpression"],
  [{ events: { finding: { preset: "guardduty" } } }, 'events.finding has preset "guardduty" and no service.'],
  [{ events: { upload: { source: ["aws.s3"] } } }, 'events.upload has source "aws.s3" and no service.'],
  [{ events: { "a b": { source: ["a"] } } }, 'events names "a b"; an event\'s name has 1 to 35 letters'],
])("refuses %j with the value found, the values allowed and the construct's path", (props, message) => {
  expect(() => workflow(props)).toThrow(message);
  expect(() => workflow(props)).toThrow("(at test/flow)");
});
