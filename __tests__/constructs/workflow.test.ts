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

interface Told {
  readonly DetailType: string;
  readonly Source: string;
  readonly Detail: string;
}

type Answer = (attempt: number) => object | string;

/** Runs the state machine; `answer` is what the function returns or, as a text, the name of what it throws. */
async function execute(
  input: unknown,
  answer: Answer,
  options: { maxAttempts?: number; deaf?: boolean } = {},
) {
  const payloads: unknown[] = [];
  const told: Told[] = [];
  const make = async ({ service, body }: { service: string; body: string }): Promise<HttpResponse> => {
    if (service === "events") {
      if (options.deaf) throw new Error("nobody listens");
      told.push(...(JSON.parse(body) as { Entries: Told[] }).Entries);
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
    // Telling is tried again for a minute; here once is enough.
    definition: text(options.maxAttempts).replaceAll('"MaxAttempts":5', '"MaxAttempts":0'),
    input,
    context: { Execution: { Id: "arn:execution", Name: "execution-1", Input: input } },
    task: (resource, given) => runTask(resource, given, task),
    log: () => {},
  });
  return { ...(await ended), payloads, told: told.map(parsed) };
}

const parsed = ({ DetailType, Source, Detail }: Told) => ({
  type: DetailType,
  source: Source,
  detail: JSON.parse(Detail) as object,
});

const event = { id: "event-1", detail: { service: "auth" } };

test("the definition is one that Step Functions takes", () => {
  expect(invalidReason(text())).toBeUndefined();
});

test("a task that is launched is told of, with what was asked", async () => {
  const { status, payloads, told } = await execute(event, () => started);
  expect(status).toBe("SUCCEEDED");
  expect(payloads).toEqual([event]);
  expect(told).toEqual([
    { type: "ECS Task Started", source: "engines", detail: { request: event, ...started } },
  ]);
});

test("an input without an id gets the execution's, so that a second try finds the task of the first", async () => {
  const input = { detail: { service: "auth" } };
  const { payloads } = await execute(input, (attempt) => (attempt < 2 ? "TaskWaitTimeout" : started));
  expect(payloads).toEqual([
    { id: "execution-1", ...input },
    { id: "execution-1", ...input },
  ]);
});

test("no room is tried again, as often as asked", async () => {
  const { status, payloads } = await execute(event, (attempt) =>
    attempt < 3 ? "CapacityUnavailable" : started,
  );
  expect([status, payloads.length]).toEqual(["SUCCEEDED", 3]);
  const given = await execute(event, () => "CapacityUnavailable", { maxAttempts: 1 });
  expect([given.status, given.payloads.length]).toEqual(["FAILED", 1]);
});

test("what no try can cure is told once and fails the execution by its name", async () => {
  const { status, error, cause, payloads, told } = await execute(event, () => "UnknownService");
  expect({ status, error, tries: payloads.length }).toEqual({
    status: "FAILED",
    error: "UnknownService",
    tries: 1,
  });
  expect(told).toEqual([
    {
      type: "ECS Task Failed",
      source: "engines",
      detail: { request: event, error: "UnknownService", cause },
    },
  ]);
  expect(cause).toContain("why");
});

test("where nobody can be told, the execution fails by the error of the launch all the same", async () => {
  const { status, error } = await execute(event, () => "UnknownService", { deaf: true });
  expect({ status, error }).toEqual({ status: "FAILED", error: "UnknownService" });
});

const workflow = (props: Partial<WorkflowProps> = {}) =>
  synthesize((stack) => new Workflow(stack, "flow", { name: "engines", functionArn, ...props }));

test("the state machine may call this function and tell this bus, and no other", () => {
  const eventBusArn = "arn:aws:events:eu-west-1:123456789012:event-bus/engines";
  const { policy } = only(workflow({ eventBusArn }), "aws_iam_role_policy", { name: "workflow" });
  const { Statement } = JSON.parse(String(policy)) as { Statement: { Action: unknown; Resource: unknown }[] };
  expect(Statement.filter(({ Resource }) => Resource !== "*")).toEqual([
    { Effect: "Allow", Action: "lambda:InvokeFunction", Resource: functionArn },
    { Effect: "Allow", Action: "events:PutEvents", Resource: eventBusArn },
  ]);
});

test("a rule starts the state machine by a role that can do nothing else", () => {
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
  [{ maxAttempts: 0 }, "maxAttempts is 0; it takes 1 to 100."],
  [{ retryIntervalSeconds: 301 }, "retryIntervalSeconds is 301; it takes 1 to 300."],
  [{ logRetentionDays: 8 }, "logRetentionDays is 8; CloudWatch Logs takes"],
  [{ events: { "a b": { source: ["a"] } } }, 'events names "a b"; an event\'s name has 1 to 35 letters'],
])("refuses %j with the value found, the values allowed and the construct's path", (props, message) => {
  expect(() => workflow(props)).toThrow(message);
  expect(() => workflow(props)).toThrow("(at test/flow)");
});
