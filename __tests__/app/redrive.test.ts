import { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import type { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import {
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import type { DeadLetterQueue } from "../../cli/dead-letters/find-queues";
import { holdLetters } from "../../cli/dead-letters/held-letters";
import { isReturned, readLetter } from "../../cli/dead-letters/letter";
import { formatRedriven } from "../../cli/redrive/format";
import { findLogged } from "../../cli/redrive/function-log";
import { type RedriveOptions, redrive } from "../../cli/redrive/redrive";
import type { InProcessOptions } from "../../local/create-local-aws";
import { stateChange } from "../handlers/register-targets/world";
import { createWorld, route, startEvent, type World } from "../handlers/start-task/world";

const routes = { auth: route("auth"), report: route("report", { onFailure: { action: "dead_letter" } }) };
const denied = [
  { service: "ecs", action: "RunTask", fault: "error", code: "AccessDeniedException" },
] as const;
const hang = () => new Promise<never>(() => {});

const queueOf = (world: World, more: Partial<DeadLetterQueue> = {}): DeadLetterQueue => ({
  name: "dead-letters",
  url: world.queueUrl,
  function: { name: "start-task", arn: "", logGroup: "/aws/lambda/start-task", launches: true },
  ...more,
});

/** The account of a function, and an operator's command line beside it. */
const createAccount = async (containers: InProcessOptions["containers"] = () => ({})) => {
  const world = await createWorld(routes, { containers });
  const inputs: unknown[] = [];
  let invocations = 0;
  // As Lambda invokes asynchronously: the caller does not wait.
  const send = async ({ input }: InvokeCommand) => {
    const event = JSON.parse(Buffer.from(input.Payload as Buffer).toString());
    inputs.push(event);
    void world.invoke(event, `redrive-${++invocations}`).catch(() => {});
    return {};
  };
  const logs = new CloudWatchLogsClient(world.clientConfig);
  logs.send = (async () => ({
    events: world.lines.map((line) => ({ message: JSON.stringify(line) })),
  })) as never;

  /** @param tamper what this run of the command does otherwise */
  const begin = (
    options: RedriveOptions = {},
    tamper: { invoke?: typeof send; deletion?: () => Promise<never>; queue?: Partial<DeadLetterQueue> } = {},
  ) => {
    const sqs = new SQSClient({ ...world.clientConfig, requestHandler: world.requestHandler() });
    const held = holdLetters(sqs, [queueOf(world, tamper.queue)], () => undefined);
    return redrive(
      {
        lambda: { send: tamper.invoke ?? send } as unknown as LambdaClient,
        ecs: world.ecs,
        logs,
        held: { ...held, remove: tamper.deletion ?? held.remove },
        now: () => world.clock.now().getTime(),
        sleep: (ms) => world.clock.sleep(ms),
      },
      options,
    );
  };
  const sendLetter = (body: unknown, attributes: Record<string, string> = {}) =>
    world.sqs.send(
      new SendMessageCommand({
        QueueUrl: world.queueUrl,
        MessageBody: typeof body === "string" ? body : JSON.stringify(body),
        MessageAttributes: Object.fromEntries(
          Object.entries(attributes).map(([name, StringValue]) => [
            name,
            { DataType: "String", StringValue },
          ]),
        ),
      }),
    );
  return {
    ...world,
    inputs,
    logs,
    begin,
    redrive: (...args: Parameters<typeof begin>) => world.settled(begin(...args)),
    sendLetter,
    /** The letters that anyone can receive now. */
    countVisible: async () => {
      const { Attributes } = await world.sqs.send(
        new GetQueueAttributesCommand({ QueueUrl: world.queueUrl, AttributeNames: ["All"] }),
      );
      return Number(Attributes?.ApproximateNumberOfMessages);
    },
    outcomes: async (...args: Parameters<typeof begin>) =>
      (await world.settled(begin(...args))).letters.map(({ outcome }) => outcome),
  };
};

/** An account whose function has rejected an event, because RunTask was denied. */
const createAccountWithLetter = async (containers?: InProcessOptions["containers"]) => {
  const account = await createAccount(containers);
  account.faults.set([...denied]);
  await account.settled(account.invoke(startEvent("auth")));
  account.faults.set([]);
  expect(await account.countVisible()).toBe(1);
  return account;
};

test("sends a letter again, deletes it, and says that its task runs", async () => {
  const account = await createAccountWithLetter();
  const result = await account.redrive();
  const [task] = account.tasks();
  expect(result).toMatchObject({
    letters: [
      { letter: { code: "AccessDeniedException", service: "auth" }, outcome: { outcome: "started" } },
    ],
    others: {},
  });
  expect(account.launches()).toHaveLength(1);
  expect(formatRedriven("engines", result, {})).toEqual([
    expect.stringMatching(/6f1c7ec4-0001 {2}auth {2}AccessDeniedException {2}started arn:aws:ecs:.*$/),
    "",
    "1 dead letter of engines: 1 started.",
  ]);
  expect(formatRedriven("engines", result, {})[0]).toContain(task!.arn);
  expect(await account.countVisible()).toBe(0);
  expect(formatRedriven("engines", await account.redrive(), {})).toEqual([
    "There is no dead letter of engines.",
  ]);
});

test("sends a letter once when its event is rejected again, and leaves the new letter to others", async () => {
  const account = await createAccount();
  await account.invoke(startEvent("billing"));
  expect(await account.outcomes()).toEqual([
    { outcome: "deadLetter", code: "UnknownService", reason: expect.stringContaining("billing") },
  ]);
  expect(account.inputs).toHaveLength(1);
  expect(await account.countVisible()).toBe(1);
});

test.each([
  ["before it sends", { invoke: hang }, 0],
  ["before it deletes", { deletion: hang }, 1],
])("loses no letter and starts no second task when it is killed %s", async (_, tamper, launched) => {
  const account = await createAccountWithLetter();
  void account.begin({}, tamper);
  await account.clock.advance(20_000);
  expect(account.launches()).toHaveLength(launched);
  expect(await account.countVisible()).toBe(0);

  await account.clock.advance(300_000);
  expect(await account.outcomes()).toEqual([
    expect.objectContaining({ outcome: "started", tasks: [account.tasks()[0]!.arn] }),
  ]);
  expect(account.launches()).toHaveLength(1);
  expect(await account.countVisible()).toBe(0);
});

test("starts one task of an event without an id, also when it is killed before it deletes", async () => {
  const account = await createAccount();
  await account.sendLetter({ detail: { service: "auth" } }, { ERROR_CODE: "NO_PERMISSIONS" });
  void account.begin({}, { deletion: hang });
  await account.clock.advance(320_000);
  expect(await account.outcomes()).toEqual([expect.objectContaining({ outcome: "started" })]);
  expect(account.launches()).toHaveLength(1);
});

test("says which task an event had already", async () => {
  const account = await createAccount(() => ({ durationMs: 100 }));
  await account.settled(account.invoke(startEvent("auth")));
  account.lines.length = 0;
  await account.sendLetter(startEvent("auth"));
  expect(await account.outcomes()).toEqual([{ outcome: "duplicate", tasks: [account.tasks()[0]!.arn] }]);
});

test("makes letters visible that it still receives when it is interrupted", async () => {
  const account = await createAccountWithLetter();
  const held = holdLetters(account.sqs, [queueOf(account)], () => undefined);
  const receiving = held.receive();
  await account.settled(held.release());
  expect(await receiving).toHaveLength(1);
  expect(await account.countVisible()).toBe(1);
});

test("keeps a letter whose event Lambda does not accept", async () => {
  const account = await createAccountWithLetter();
  const invoke = async () => {
    throw Object.assign(new Error("Rate exceeded"), { name: "TooManyRequestsException" });
  };
  expect(await account.outcomes({}, { invoke })).toEqual([
    { outcome: "notSent", reason: expect.stringContaining("throttles") },
  ]);
  expect(await account.countVisible()).toBe(1);
});

test("starts the next attempt of a task that has failed", async () => {
  const account = await createAccount();
  const { requestContext } = { requestContext: { requestId: "request-0" } };
  const responsePayload = { errorType: "TaskFailed", errorMessage: "task failed", attempt: 2 };
  await account.sendLetter({ requestContext, requestPayload: startEvent("report"), responsePayload });
  expect(await account.outcomes()).toEqual([expect.objectContaining({ outcome: "started" })]);
  expect(account.variables()).toEqual([expect.objectContaining({ LAUNCH_ATTEMPT: "3" })]);
});

test("sends letters of one reason only, and leaves the others visible", async () => {
  const account = await createAccountWithLetter();
  for (const [id, errorType] of [
    ["1", "TaskFailed"],
    ["2", "TaskFailedToStart"],
  ]) {
    const responsePayload = { errorType, errorMessage: "exited with 3" };
    await account.sendLetter({
      requestContext: { requestId: id },
      requestPayload: startEvent("report", id),
      responsePayload,
    });
  }
  const result = await account.redrive({ reason: "taskfailed" });
  expect(result.letters.map(({ letter }) => letter.eventId)).toEqual(["1"]);
  expect(result.others).toEqual({ AccessDeniedException: 1, TaskFailedToStart: 1 });
  expect(await account.countVisible()).toBe(2);
  const none = await account.redrive({ reason: "TaskInterrupted" });
  expect(formatRedriven("engines", none, { reason: "TaskInterrupted" })[0]).toMatch(
    /^No dead letter of engines has the reason "TaskInterrupted"; it has others: 1 \w+, 1 \w+\.$/,
  );
});

test("changes nothing in a dry run", async () => {
  const account = await createAccountWithLetter();
  expect(await account.outcomes({ dryRun: true })).toEqual([{ outcome: "wouldBeSent" }]);
  expect(account.inputs).toEqual([]);
  expect(await account.countVisible()).toBe(1);
  const { Messages = [] } = await account.sqs.send(new ReceiveMessageCommand({ QueueUrl: account.queueUrl }));
  expect(Messages).toHaveLength(1);
});

test("leaves what cannot be sent again", async () => {
  const account = await createAccount();
  const responsePayload = { errorType: "TaskWithoutEvent", errorMessage: "task failed" };
  await account.sendLetter({ requestContext: { requestId: "r" }, requestPayload: {}, responsePayload });
  await account.sendLetter({ id: "1" }, { ERROR_CODE: "NO_PERMISSIONS", IS_PAYLOAD_TRUNCATED: "true" });
  expect((await account.outcomes()).map(({ outcome }) => outcome)).toEqual(["left", "left"]);
  expect(account.inputs).toEqual([]);
  expect(await account.countVisible()).toBe(2);
});

test("gives the function the event of a rule as the rule does", async () => {
  const account = await createAccount();
  const queue = { inputTemplate: '{"service":"report","event":<aws.events.event.json>}' };
  const order = { ...startEvent("auth"), detail: { text: "$& $1" } };
  await account.sendLetter(order, { ERROR_CODE: "NO_PERMISSIONS", ERROR_MESSAGE: "denied" });
  await account.sendLetter({ service: "report", event: { ...order, id: "2" } });
  expect((await account.outcomes({}, { queue })).map(({ outcome }) => outcome)).toEqual([
    "started",
    "started",
  ]);
  expect(account.inputs).toEqual([
    { service: "report", event: order },
    { service: "report", event: { ...order, id: "2" } },
  ]);
});

test("waits for a function that has not logged anything yet", async () => {
  const account = await createAccountWithLetter();
  account.logs.send = (async () => {
    throw Object.assign(new Error("no such log group"), { name: "ResourceNotFoundException" });
  }) as never;
  expect(await account.outcomes()).toEqual([{ outcome: "waiting", tasks: [] }]);
});

test("says so when what becomes of the letters cannot be read", async () => {
  const account = await createAccountWithLetter();
  account.logs.send = (async () => {
    throw Object.assign(new Error("User: ada is not authorized to perform: logs:FilterLogEvents"), {
      name: "AccessDeniedException",
    });
  }) as never;
  const result = await account.redrive();
  expect(formatRedriven("engines", result, {}).slice(-2)).toEqual([
    "What becomes of them cannot be read: ada has no permission for logs:FilterLogEvents.",
    "1 dead letter of engines: 1 sent.",
  ]);
  expect(account.launches()).toHaveLength(1);
});

test("follows a task until it runs, and its end until the letter is back", async () => {
  const account = await createAccountWithLetter(() => ({
    failsToStart: "CannotPullContainerError: no image",
  }));
  const running = account.begin();
  await account.clock.advance(10_000);
  const [ended] = account.taskEvents.filter(({ detail }) => detail.lastStatus === "STOPPED").map(stateChange);
  await account.settled(account.invoke(ended));
  expect((await account.settled(running)).letters).toMatchObject([
    { outcome: { outcome: "deadLetter", code: "TaskFailedToStart" } },
  ]);
});

test("tells the policy runs of one event apart", async () => {
  const world = await createWorld(routes);
  const read = (mapping?: string) =>
    readLetter(
      queueOf(world),
      {
        MessageId: mapping ?? "whole",
        Body: JSON.stringify({
          requestContext: { requestId: "r" },
          requestPayload: mapping
            ? { event: { id: "e" }, run: { finding: "f", resource: "bucket", mapping } }
            : { id: "e" },
          responsePayload: { errorType: "PolicyMissing", errorMessage: "policy" },
        }),
      },
      undefined,
    );
  const [one, other, whole] = await Promise.all([read("one"), read("other"), read()]);
  expect(isReturned(one, one)).toBe(true);
  expect(isReturned(one, other)).toBe(false);
  expect(isReturned(one, whole)).toBe(true);

  const ofRun = { eventId: "e", finding: "f", resource: "bucket", message: "task launched" };
  const lines = [
    { ...ofRun, mapping: "one", taskArn: "task-1" },
    { ...ofRun, mapping: "other", taskArn: "task-2" },
    { ...ofRun, eventId: "other", mapping: "one", taskArn: "task-3" },
    { eventId: "e", message: "no mapping takes the finding" },
  ];
  const tasksOf = (letter: typeof one) => findLogged(lines, letter).launches.map(({ taskArn }) => taskArn);
  expect(tasksOf(one)).toEqual(["task-1"]);
  expect(tasksOf(whole)).toEqual(["task-1", "task-2"]);
  // These are of the attempt before.
  expect(findLogged(lines, { ...one, attempt: 2 }).launches).toEqual([]);
  expect(findLogged(lines.slice(-1), whole).nothingToRun).toBe("no mapping takes the finding");
});

test("reads letters that are moved, malformed, or refer to an event", async () => {
  const world = await createWorld(routes);
  const read = (Body: string, Attributes = {}) =>
    readLetter(queueOf(world), { MessageId: "m", Body, Attributes }, undefined);
  expect(await read("no JSON")).toMatchObject({ code: "Unknown", requestId: "m", eventId: "m", attempt: 1 });
  expect(
    await read(JSON.stringify(startEvent("auth")), {
      DeadLetterQueueSourceArn: "arn:aws:sqs:r:a:engines-buffer",
    }),
  ).toMatchObject({ code: "MaxReceiveCount", reason: "was received too often from engines-buffer" });
  const reference = { eventReference: { key: "payloads/x.json" } };
  expect(await read(JSON.stringify(reference))).toMatchObject({
    eventId: undefined,
    input: JSON.stringify({ requestContext: { requestId: "m" }, requestPayload: reference }),
  });
});
