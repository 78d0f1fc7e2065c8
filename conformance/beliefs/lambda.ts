import assert from "node:assert/strict";
import { CreateEventSourceMappingCommand, InvokeCommand } from "@aws-sdk/client-lambda";
import type { Account } from "../account";
import type { Belief } from "../belief";
import { refused } from "../expect";
import { accepts, receives } from "../wrong-answers";

const invoke = (
  { clients, resources }: Account,
  InvocationType: "Event" | "RequestResponse",
  event: object,
) =>
  clients.lambda.send(
    new InvokeCommand({ FunctionName: resources.function, InvocationType, Payload: JSON.stringify(event) }),
  );

const padded = (bytes: number) => ({ pad: "x".repeat(bytes) });

/** The record of an event whose function throws, once its retries are used up. */
const failedRecord = async (account: Account) => {
  const id = account.unique();
  const began = account.now().getTime();
  await invoke(account, "Event", { fail: true, id });
  const seconds = 400;
  const [message] = await account.messages(account.resources.queues.failed, ({ body }) => body.includes(id), {
    seconds,
    every: 10,
  });
  assert.ok(message, `There is no record in the destination within ${seconds} seconds.`);
  return {
    id,
    record: JSON.parse(message.body) as Record<string, unknown>,
    waitedMs: account.now().getTime() - began,
  };
};

export const lambda: readonly Belief[] = [
  {
    id: "lambda-async-retries",
    sentence:
      "Lambda invokes a function again one minute and three minutes after the first error of an asynchronous event, then sends the event to the on-failure destination.",
    source: "Lambda Developer Guide, `invocation-async-error-handling.html`",
    certainty: "documented",
    code: {
      "modules/handler/main.tf": "on_failure",
      "src/handler/index.ts": "onFailure",
      "local/lambda/async-invocations.ts": "WAIT_AFTER_ERROR_MS",
    },
    tests: "`lambda-async.test.ts`",
    seconds: 240,
    check: async (account) => {
      const { record, waitedMs } = await failedRecord(account);
      const { approximateInvokeCount, condition } = record.requestContext as Record<string, unknown>;
      assert.equal(condition, "RetriesExhausted");
      assert.equal(approximateInvokeCount, 3);
      // A virtual clock passes faster than the function starts, so this says something on AWS only.
      assert.ok(waitedMs > 170_000, `The record came after ${waitedMs / 1000} seconds.`);
    },
    wrong: {
      ReceiveMessage: receives((body) =>
        body.replace('"approximateInvokeCount":3', '"approximateInvokeCount":1'),
      ),
    },
  },
  {
    id: "lambda-failure-record",
    sentence:
      "The record in the on-failure destination has the event in `requestPayload`, `requestContext.requestId`, and `responsePayload` with `errorMessage` and `errorType`.",
    source: "Lambda Developer Guide, `invocation-async-retain-records.html`",
    certainty: "documented",
    code: {
      "handlers/shared/envelope.ts": "responsePayload",
      "handlers/shared/dead-letter-queue.ts": "requestContext",
    },
    tests: "`lambda-async.test.ts`",
    seconds: 240,
    check: async (account) => {
      const { id, record } = await failedRecord(account);
      assert.equal(record.version, "1.0");
      assert.deepEqual(record.requestPayload, { fail: true, id });
      assert.ok((record.requestContext as { requestId?: string }).requestId);
      assert.equal((record.responseContext as { functionError?: string }).functionError, "Unhandled");
      const { errorMessage, errorType } = record.responsePayload as Record<string, string>;
      assert.deepEqual([errorMessage, errorType], ["failed on purpose", "Error"]);
    },
    wrong: { ReceiveMessage: receives((body) => body.replace('"errorMessage"', '"message"')) },
  },
  {
    id: "lambda-async-size",
    sentence: "An asynchronous event has at most 1 MB: 413 `RequestTooLargeException`.",
    source: "AWS Compute Blog, 29 January 2026; Lambda Developer Guide, `gettingstarted-limits.html`",
    certainty: "documented",
    code: {
      "handlers/shared/invoke-async.ts": '"x-amz-invocation-type": "Event"',
      "local/lambda/index.ts": "RequestTooLarge",
    },
    tests: "`lambda-sizes.test.ts`",
    seconds: 3,
    check: async (account) => {
      await invoke(account, "Event", padded(900_000));
      await refused(invoke(account, "Event", padded(1_100_000)), "RequestTooLargeException");
    },
    wrong: { Invoke: accepts() },
  },
  {
    id: "lambda-sync-size",
    sentence: "A synchronous event has at most 6 MB: 413 `RequestTooLargeException`.",
    source: "Lambda Developer Guide, `gettingstarted-limits.html`",
    certainty: "documented",
    code: { "local/lambda/index.ts": "RequestTooLarge" },
    tests: "`lambda-sizes.test.ts`",
    seconds: 5,
    check: (account) =>
      refused(invoke(account, "RequestResponse", padded(6_400_000)), "RequestTooLargeException").then(
        () => {},
      ),
    wrong: { Invoke: accepts() },
  },
  {
    id: "lambda-mapping-concurrency",
    sentence: "The maximum concurrency of an event source mapping of a queue is 2 to 1000.",
    source: "API model of the Lambda client, ScalingConfig",
    certainty: "documented",
    code: {
      "modules/registrar/main.tf": "maximum_concurrency = 2",
      "modules/launcher/main.tf": "maximum_concurrency = 20",
      "handlers/register-targets/rate-limits.ts": "At most two environments",
    },
    tests: "`event-source-mappings.test.ts`",
    seconds: 1,
    check: async ({ clients, resources }) => {
      const mapping = {
        FunctionName: resources.function,
        EventSourceArn: resources.queueArns.plain,
        Enabled: false,
      };
      const create = (MaximumConcurrency: number) =>
        clients.lambda.send(
          new CreateEventSourceMappingCommand({ ...mapping, ScalingConfig: { MaximumConcurrency } }),
        );
      const error: Error = await create(1).then(
        () => assert.fail("A maximum concurrency of 1 was taken."),
        (reason: Error) => reason,
      );
      if (!/^(ValidationException|InvalidParameterValueException)$/.test(error.name)) throw error;
    },
    wrong: { CreateEventSourceMapping: accepts({ UUID: "1" }) },
  },
  {
    id: "lambda-mapping-visibility",
    sentence:
      "A queue whose visibility timeout is shorter than the timeout of the function is refused as its event source.",
    source: "Lambda Developer Guide, `services-sqs-configure.html`; the error reported",
    certainty: "documented",
    code: {
      "modules/launcher/main.tf": "visibility_timeout",
      "modules/registrar/main.tf": "visibility_timeout",
    },
    tests: "`event-source-mappings.test.ts`",
    seconds: 1,
    check: async ({ clients, resources }) => {
      const mapping = {
        FunctionName: resources.function,
        EventSourceArn: resources.queueArns.brief,
        Enabled: false,
      };
      const call = clients.lambda.send(new CreateEventSourceMappingCommand(mapping));
      await refused(call, "InvalidParameterValueException", /visibility timeout/i);
    },
    wrong: { CreateEventSourceMapping: accepts({ UUID: "1" }) },
  },
  {
    id: "lambda-recursion",
    sentence:
      "Lambda stops a chain of one function over its own queue, or over itself, after about 16 invocations; the trace header of X-Ray links them.",
    source: "Lambda Developer Guide, `invocation-recursion.html`",
    certainty: "documented; exactly 16 is assumed",
    code: {
      "handlers/register-targets/reminder.ts": "maxHops = 12",
      "handlers/shared/signed-requests.ts": "recursive loops",
    },
    tests: "`lambda-recursion.test.ts`; `__tests__/local/function-loops.test.ts`",
    notProvoked: "AWS sends the owner of the account a warning for it",
  },
  {
    id: "lambda-destination-failures",
    sentence:
      "A record that the destination does not accept is counted in `DestinationDeliveryFailures`, an event without retries left in `AsyncEventsDropped`.",
    source: "Lambda Developer Guide, `monitoring-metrics-types.html`",
    certainty: "documented",
    code: { "modules/handler/main.tf": "DestinationDeliveryFailures" },
    tests: "`lambda-async.test.ts`",
    notProvoked: "metrics come minutes later, and local AWS has no metrics of functions in CloudWatch",
  },
  {
    id: "lambda-runtime-end",
    sentence:
      "`nodejs22.x` gets no more updates from 30 April 2027 on; `nodejs24.x` is supported until 30 April 2028.",
    source: "Lambda Developer Guide, `lambda-runtimes.html`",
    certainty: "documented",
    code: { "modules/handler/variables.tf": "nodejs22.x" },
    notProvoked: "it is a date",
  },
];
