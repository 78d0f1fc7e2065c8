import { AwsError } from "../../local/aws-error";
import { VirtualClock } from "../../local/clock";
import { type HttpResponse, httpRequest, jsonResponse } from "../../local/http";
import { type Accounts, identify } from "../../local/routing";
import type { Actor, ApiCall } from "../../local/service-calls";
import { StepFunctions } from "../../local/states";

const MACHINE = "arn:aws:states:eu-west-1:123456789012:stateMachine:launch";
const ROLE = "arn:aws:iam::123456789012:role/launch";
const FUNCTION_ARN = "arn:aws:lambda:eu-west-1:123456789012:function:start";

interface Made {
  actor: Actor;
  call: ApiCall;
  body: Record<string, unknown>;
}

const returned = (payload: unknown): HttpResponse => ({
  status: 200,
  headers: { "x-amz-executed-version": "$LATEST" },
  body: Buffer.from(JSON.stringify(payload)),
});

const threw = (errorType: string): HttpResponse => ({
  ...returned({ errorType, errorMessage: "no" }),
  headers: { "x-amz-function-error": "Unhandled" },
});

/** One state machine with these states. `answer` answers all calls of AWS. */
function world(
  States: Record<string, object>,
  answer: (made: Made, nth: number) => HttpResponse | Promise<HttpResponse> = () => returned({}),
  more: { type?: string; definition?: object } = {},
) {
  const made: Made[] = [];
  const events: { detailType: string; resources: string[]; detail: Record<string, unknown> }[] = [];
  const definition = JSON.stringify({ StartAt: Object.keys(States)[0], States, ...more.definition });
  const states = new StepFunctions({
    clock: new VirtualClock(new Date(0)),
    calls: {
      make: async (actor, call) => {
        const one = { actor, call, body: JSON.parse(call.body) };
        made.push(one);
        return answer(one, made.length);
      },
    },
    upstream: {
      send: async ({ action }) =>
        jsonResponse(
          action === "DescribeStateMachine"
            ? {
                stateMachineArn: MACHINE,
                name: "launch",
                definition,
                roleArn: ROLE,
                type: more.type ?? "STANDARD",
              }
            : { forwarded: action },
        ),
    },
    publish: (_caller, { detail, ...event }) =>
      events.push({ ...event, detail: detail as Record<string, unknown> }),
  });
  const ask = async (action: string, input: object = {}) => {
    const accounts = { accountOf: () => "123456789012" } as unknown as Accounts;
    const authorization = "AWS4-HMAC-SHA256 Credential=x/20260101/eu-west-1/states/aws4_request, x";
    const headers = { authorization, "x-amz-target": `AWSStepFunctions.${action}` };
    const response = await states.handle(
      identify(httpRequest("POST", "/", headers, JSON.stringify(input)), accounts),
    );
    return JSON.parse(response.body.toString());
  };
  const start = async (input: unknown = {}, name = "one"): Promise<string> => {
    const started = await ask("StartExecution", {
      stateMachineArn: MACHINE,
      name,
      input: JSON.stringify(input),
    });
    return started.executionArn;
  };
  /** Runs the state machine to its end. */
  const run = async (input: unknown = {}) => {
    const executionArn = await start(input);
    for (const end = Date.now() + 4000; Date.now() < end; ) {
      const execution = await ask("DescribeExecution", { executionArn });
      if (execution.status !== "RUNNING")
        return { ...execution, output: execution.output && JSON.parse(execution.output) };
      await new Promise(setImmediate);
    }
    throw new Error("the execution does not end");
  };
  return { ask, events, made, run, start, states };
}

const task = (Resource: string, more: object = {}) => ({ Type: "Task", Resource, End: true, ...more });
const invoke = (more: object = {}) =>
  task("arn:aws:states:::lambda:invoke", {
    Parameters: { FunctionName: FUNCTION_ARN, "Payload.$": "$" },
    ...more,
  });

describe("a Task state", () => {
  test("invokes a function with the role of the state machine and waits for its response", async () => {
    const { made, run } = world(
      { Start: invoke({ ResultSelector: { "task.$": "$.Payload.taskArn" } }) },
      () => returned({ taskArn: "t-1" }),
    );
    expect(await run({ service: "auth" })).toMatchObject({ status: "SUCCEEDED", output: { task: "t-1" } });
    expect(made).toMatchObject([
      {
        actor: { roleArn: ROLE, principal: "states.amazonaws.com", sourceArn: MACHINE },
        call: { service: "lambda", headers: { "x-amz-invocation-type": "RequestResponse" } },
        body: { service: "auth" },
      },
    ]);
    expect(decodeURIComponent(made[0]?.call.url ?? "")).toBe(
      `/2015-03-31/functions/${FUNCTION_ARN}/invocations`,
    );
  });

  test("has the response as its result when its resource is the ARN of a function", async () => {
    const { run } = world({ Start: task(FUNCTION_ARN) }, () => returned({ ok: true }));
    expect(await run()).toMatchObject({ output: { ok: true } });
  });

  test.each<[string, object, string, object]>([
    [
      "sqs:sendMessage",
      { QueueUrl: "u", MessageBody: { a: 1 } },
      "AmazonSQS.SendMessage",
      { QueueUrl: "u", MessageBody: '{"a":1}' },
    ],
    [
      "events:putEvents",
      { Entries: [{ Source: "custom.app", DetailType: "Done", Detail: { a: 1 } }] },
      "AWSEvents.PutEvents",
      {
        Entries: [
          {
            Source: "custom.app",
            DetailType: "Done",
            Detail: '{"a":1}',
            Resources: ["arn:aws:states:eu-west-1:123456789012:execution:launch:one", MACHINE],
          },
        ],
      },
    ],
    [
      "ecs:runTask",
      {
        Cluster: "c",
        Overrides: { ContainerOverrides: [{ Name: "app", Environment: [{ Name: "A", Value: "B" }] }] },
      },
      "AmazonEC2ContainerServiceV20141113.RunTask",
      {
        cluster: "c",
        overrides: { containerOverrides: [{ name: "app", environment: [{ name: "A", value: "B" }] }] },
      },
    ],
    [
      "aws-sdk:ecs:stopTask",
      { Cluster: "c", Task: "t" },
      "AmazonEC2ContainerServiceV20141113.StopTask",
      { cluster: "c", task: "t" },
    ],
    ["aws-sdk:ssm:getParameter", { Name: "n" }, "AmazonSSM.GetParameter", { Name: "n" }],
  ])("of %s makes the call", async (resource, Parameters, action, body) => {
    const { made, run } = world({ Do: task(`arn:aws:states:::${resource}`, { Parameters }) });
    expect(await run()).toMatchObject({ status: "SUCCEEDED" });
    expect(made[0]).toMatchObject({ call: { headers: { "x-amz-target": action } }, body });
  });

  test("returns results with the names of Step Functions", async () => {
    const { run } = world({ Do: task("arn:aws:states:::ecs:runTask") }, () =>
      returned({ tasks: [{ taskArn: "t-1" }], failures: [] }),
    );
    expect(await run()).toMatchObject({ output: { Tasks: [{ TaskArn: "t-1" }], Failures: [] } });
  });

  test("fails with its resource when local AWS does not support it", async () => {
    const { run } = world({ Do: task("arn:aws:states:::ecs:runTask.sync") });
    expect(await run()).toMatchObject({
      status: "FAILED",
      error: "States.Runtime",
      cause: expect.stringMatching(/does not support Task states of arn:aws:states:::ecs:runTask.sync/),
    });
  });
});

describe("errors", () => {
  const report = { Type: "Pass", End: true };

  test("keep the type of a function's error, for Catch", async () => {
    const Catch = [
      { ErrorEquals: ["TaskWaitTimeout"], Next: "Other" },
      { ErrorEquals: ["UnknownService"], Next: "Report", ResultPath: "$.error" },
    ];
    const { run } = world({ Start: invoke({ Catch }), Report: report, Other: report }, () =>
      threw("UnknownService"),
    );
    expect(await run({ service: "x" })).toMatchObject({
      status: "SUCCEEDED",
      output: {
        service: "x",
        error: { Error: "UnknownService", Cause: '{"errorType":"UnknownService","errorMessage":"no"}' },
      },
    });
  });

  test("are retried as the state defines, and no others", async () => {
    const Retry = [
      { ErrorEquals: ["CapacityUnavailable"], IntervalSeconds: 0.01, MaxAttempts: 2, MaxDelaySeconds: 2 },
    ];
    const { made, run } = world({ Start: invoke({ Retry }) }, (_made, nth) =>
      nth === 1 ? threw("CapacityUnavailable") : threw("UnknownService"),
    );
    expect(await run()).toMatchObject({ status: "FAILED", error: "UnknownService" });
    expect(made).toHaveLength(2);
  });

  test.each([
    ["TooManyRequestsException", "Lambda.TooManyRequestsException"],
    ["AccessDeniedException", "Lambda.AWSLambdaException"],
  ])("of the service itself: %s is %s", async (code, error) => {
    const { run } = world({ Start: invoke() }, () => {
      throw new AwsError(code, "no");
    });
    expect(await run()).toMatchObject({ status: "FAILED", error, cause: "no" });
  });

  test("fail the state when an event is rejected", async () => {
    const { run } = world(
      { Put: task("arn:aws:states:::events:putEvents", { Parameters: { Entries: [] } }) },
      () => returned({ FailedEntryCount: 1, Entries: [] }),
    );
    expect(await run()).toMatchObject({ status: "FAILED", error: "EventBridge.FailedEntry" });
  });

  test("end the execution with error and cause of a Fail state", async () => {
    const { run } = world({ No: { Type: "Fail", Error: "Nope", Cause: "because" } });
    expect(await run()).toMatchObject({ status: "FAILED", error: "Nope", cause: "because" });
  });
});

describe("an execution", () => {
  const hang = () => new Promise<HttpResponse>(() => {});

  test("sends events to the default bus when it starts and when it ends", async () => {
    const { events, run } = world({ Only: { Type: "Pass", End: true } });
    const { executionArn } = await run({ a: 1 });
    expect(events).toMatchObject([
      {
        source: "aws.states",
        detailType: "Step Functions Execution Status Change",
        resources: [executionArn],
        detail: {
          status: "RUNNING",
          stateMachineArn: MACHINE,
          name: "one",
          input: '{"a":1}',
          stopDate: null,
        },
      },
      { detail: { status: "SUCCEEDED", output: '{"a":1}', stopDate: 0 } },
    ]);
  });

  test("has the context object", async () => {
    const Parameters = {
      "id.$": "$$.Execution.Id",
      "name.$": "$$.Execution.Name",
      "machine.$": "$$.StateMachine.Name",
    };
    const { run } = world({ Only: { Type: "Pass", Parameters, End: true } });
    const { executionArn, output } = await run();
    expect(output).toEqual({ id: executionArn, name: "one", machine: "launch" });
  });

  test("has a history", async () => {
    const { ask, run } = world({ Start: invoke() }, () => threw("UnknownService"));
    const { executionArn } = await run();
    const { events } = await ask("GetExecutionHistory", { executionArn });
    expect(events).toMatchObject([
      { id: 1, previousEventId: 0, type: "ExecutionStarted", executionStartedEventDetails: { input: "{}" } },
      { id: 2, previousEventId: 1, type: "TaskStateEntered", stateEnteredEventDetails: { name: "Start" } },
      { id: 3, type: "TaskFailed", taskFailedEventDetails: { error: "UnknownService" } },
      { id: 4, type: "ExecutionFailed", executionFailedEventDetails: { error: "UnknownService" } },
    ]);
    const reversed = await ask("GetExecutionHistory", { executionArn, reverseOrder: true });
    expect(reversed.events[0].id).toBe(4);
  });

  test("can be stopped, with a reason", async () => {
    const { ask, events, start } = world({ Start: invoke() }, hang);
    const executionArn = await start();
    await ask("StopExecution", { executionArn, error: "Enough", cause: "by hand" });
    await new Promise(setImmediate);
    expect(await ask("DescribeExecution", { executionArn })).toMatchObject({
      status: "ABORTED",
      error: "Enough",
      cause: "by hand",
    });
    expect(events.at(-1)).toMatchObject({ detail: { status: "ABORTED" } });
  });

  test("ends without an event when local AWS stops", async () => {
    const { events, start, states } = world({ Start: invoke() }, hang);
    await start();
    states.stop();
    await new Promise(setImmediate);
    expect(events).toHaveLength(1);
  });

  test("starts once for each name: the same input returns it, another input is rejected", async () => {
    const { ask, events, start } = world({ Start: invoke() }, hang);
    const executionArn = await start({ a: 1 });
    expect(await start({ a: 1 })).toBe(executionArn);
    expect(events).toHaveLength(1);
    await expect(start({ a: 2 })).rejects.toMatchObject({ code: "ExecutionAlreadyExists" });
    await ask("StopExecution", { executionArn });
    await new Promise(setImmediate);
    await expect(start({ a: 1 })).rejects.toMatchObject({ code: "ExecutionAlreadyExists" });
  });

  test("is listed with its status", async () => {
    const { ask, run } = world({ Only: { Type: "Pass", End: true } });
    const { executionArn } = await run();
    const list = (statusFilter?: string) => ask("ListExecutions", { stateMachineArn: MACHINE, statusFilter });
    expect(await list()).toMatchObject({ executions: [{ executionArn, status: "SUCCEEDED" }] });
    expect(await list("FAILED")).toEqual({ executions: [] });
  });

  test("accepts JSON only", async () => {
    const { ask } = world({ Only: { Type: "Pass", End: true } });
    await expect(ask("StartExecution", { stateMachineArn: MACHINE, input: "{" })).rejects.toMatchObject({
      code: "InvalidExecutionInput",
    });
  });

  test("times out after the machine's TimeoutSeconds", async () => {
    const { run } = world({ Start: invoke() }, hang, { definition: { TimeoutSeconds: 0.01 } });
    expect(await run()).toMatchObject({ status: "TIMED_OUT", error: "States.Timeout" });
  });
});

describe("express", () => {
  test("returns the result of StartSyncExecution, and sends no events", async () => {
    const { ask, events } = world({ Start: invoke() }, () => returned({ ok: true }), { type: "EXPRESS" });
    const answer = await ask("StartSyncExecution", { stateMachineArn: MACHINE, input: "{}" });
    expect(answer).toMatchObject({ status: "SUCCEEDED", output: expect.stringContaining('"ok":true') });
    expect(events).toEqual([]);
  });

  test("only", async () => {
    const { ask } = world({ Only: { Type: "Pass", End: true } });
    await expect(ask("StartSyncExecution", { stateMachineArn: MACHINE })).rejects.toMatchObject({
      code: "StateMachineTypeNotSupported",
    });
  });
});

describe("the control plane", () => {
  const valid = { StartAt: "A", States: { A: invoke() } };

  test.each([
    ["a definition", valid, "OK", []],
    [
      "one that leads nowhere",
      { ...valid, StartAt: "B" },
      "FAIL",
      [expect.objectContaining({ severity: "ERROR" })],
    ],
  ])("validates %s", async (_what, definition, result, diagnostics) => {
    const { ask } = world({});
    const answer = await ask("ValidateStateMachineDefinition", { definition: JSON.stringify(definition) });
    expect(answer).toEqual({ result, diagnostics, truncated: false });
  });

  test("answers calls that moto lacks, and forwards the rest", async () => {
    const { ask } = world({});
    expect(await ask("ListStateMachineVersions")).toEqual({ stateMachineVersions: [] });
    expect(await ask("CreateStateMachine")).toEqual({ forwarded: "CreateStateMachine" });
  });
});
