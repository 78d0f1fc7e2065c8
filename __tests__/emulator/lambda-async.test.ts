import { VirtualClock } from "../../local/clock";
import { AsyncInvocations, Throttled } from "../../local/lambda/async-invocations";
import type { AsyncPolicy, DeployedFunction, Outcome } from "../../local/lambda/types";
import { Metrics } from "../../local/metrics";
import type { MessageAttributes } from "../../local/sqs/message";

const ARN = "arn:aws:lambda:eu-west-1:123456789012:function:start";
const ok: Outcome = { payload: '{"ok":true}', failed: false, logTail: "" };
const error: Outcome = { payload: '{"errorType":"Error","errorMessage":"no"}', failed: true, logTail: "" };
const invocation = { requestId: "r-1", event: '{"detail":{}}', invokedArn: ARN };

async function run(
  outcomes: (Outcome | "throttle")[],
  policy: Partial<AsyncPolicy> = {},
  dlqArn?: string,
  refused: string[] = [],
) {
  const clock = new VirtualClock(new Date(0));
  const attempts: { at: number; requestId: string }[] = [];
  const delivered: { arn: string; body: unknown; attributes?: MessageAttributes }[] = [];
  const lines: string[] = [];
  const metrics = new Metrics((line) => lines.push(line));
  const queue = new AsyncInvocations({
    clock,
    find: async () => ({
      deployed: { dlqArn, name: "start" } as DeployedFunction,
      policy: { maximumRetryAttempts: 2, maximumEventAgeSeconds: 21_600, onFailure: "on-failure", ...policy },
    }),
    attempt: async (_deployed, { requestId }) => {
      attempts.push({ at: clock.now().getTime() / 1000, requestId });
      const outcome = outcomes[Math.min(attempts.length, outcomes.length) - 1] as Outcome | "throttle";
      if (outcome === "throttle") throw new Throttled();
      return outcome;
    },
    metrics,
    deliver: async (_deployed, arn, { body, attributes }) => {
      if (refused.includes(arn)) throw new Error("Message must be shorter than 1024 bytes.");
      delivered.push({ arn, body: JSON.parse(body), attributes });
    },
  });
  const done = queue.run(invocation);
  await clock.advance(24 * 3_600_000);
  await done;
  return { attempts, delivered, lines, metrics: metrics.counted() };
}

const times = (attempts: { at: number }[]) => attempts.map(({ at }) => at);

test("retries after one and two minutes with one request id, then sends the record to the destination", async () => {
  const { attempts, delivered } = await run([error]);
  expect(times(attempts)).toEqual([0, 60, 180]);
  expect(new Set(attempts.map(({ requestId }) => requestId))).toEqual(new Set(["r-1"]));
  expect(delivered).toEqual([
    {
      arn: "on-failure",
      attributes: undefined,
      body: {
        version: "1.0",
        timestamp: "1970-01-01T00:03:00.000Z",
        requestContext: {
          requestId: "r-1",
          functionArn: `${ARN}:$LATEST`,
          condition: "RetriesExhausted",
          approximateInvokeCount: 3,
        },
        requestPayload: { detail: {} },
        responseContext: { statusCode: 200, executedVersion: "$LATEST", functionError: "Unhandled" },
        responsePayload: { errorType: "Error", errorMessage: "no" },
      },
    },
  ]);
});

test("sends a success to the on-success destination only", async () => {
  const { attempts, delivered } = await run([error, ok], { onSuccess: "on-success" });
  expect(times(attempts)).toEqual([0, 60]);
  expect(delivered).toMatchObject([
    { arn: "on-success", body: { requestContext: { condition: "Success" } } },
  ]);
});

test("retries as often as deployed", async () => {
  expect(times((await run([error], { maximumRetryAttempts: 0 })).attempts)).toEqual([0]);
});

test("does not retry an event that would be too old", async () => {
  const { attempts, delivered } = await run([error], { maximumEventAgeSeconds: 90 });
  expect(times(attempts)).toEqual([0, 60]);
  expect(delivered).toMatchObject([
    { body: { requestContext: { condition: "EventAgeExceeded", approximateInvokeCount: 2 } } },
  ]);
});

test("waits out throttles with backoff, and does not count them as retries", async () => {
  const { attempts, delivered } = await run(["throttle", "throttle", "throttle", error, error, error]);
  expect(times(attempts)).toEqual([0, 1, 3, 7, 67, 187]);
  expect(delivered).toMatchObject([{ body: { requestContext: { approximateInvokeCount: 3 } } }]);
});

test("reports no response when the function is always throttled", async () => {
  const { delivered } = await run(["throttle"]);
  expect(delivered).toHaveLength(1);
  expect(delivered[0]?.body).toMatchObject({ requestContext: { condition: "EventAgeExceeded" } });
  expect(delivered[0]?.body).not.toHaveProperty("responsePayload");
});

test("sends the event itself with attributes to the DLQ", async () => {
  const { delivered } = await run([error], { onFailure: undefined }, "dead");
  expect(delivered).toEqual([
    {
      arn: "dead",
      body: { detail: {} },
      attributes: {
        RequestID: { DataType: "String", StringValue: "r-1" },
        ErrorCode: { DataType: "Number", StringValue: "200" },
        ErrorMessage: { DataType: "String", StringValue: "no" },
      },
    },
  ]);
});

test("counts an event without retries left, whether it is kept or not", async () => {
  expect((await run([error])).metrics).toEqual({ AsyncEventsDropped: { start: 1 } });
  expect((await run([error], { onFailure: undefined })).metrics).toEqual({
    AsyncEventsDropped: { start: 1 },
  });
  expect((await run([ok])).metrics).toEqual({});
});

test("counts when destination and DLQ do not accept the event", async () => {
  const { delivered, lines, metrics } = await run([error], {}, "dead", ["on-failure", "dead"]);
  expect(delivered).toEqual([]);
  expect(metrics).toEqual({
    DestinationDeliveryFailures: { start: 1 },
    DeadLetterErrors: { start: 1 },
    AsyncEventsDropped: { start: 1 },
  });
  expect(lines[0]).toBe(
    "metric AWS/Lambda DestinationDeliveryFailures of start is 1: no message of start is delivered to on-failure: Message must be shorter than 1024 bytes.",
  );
});
