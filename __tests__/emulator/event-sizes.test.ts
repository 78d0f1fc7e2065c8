import { VirtualClock } from "../../local/clock";
import { Delivery } from "../../local/events/delivery";
import type { Event } from "../../local/events/event";
import type { Rule, Target } from "../../local/events/rules";
import { Metrics } from "../../local/metrics";
import { Sqs } from "../../local/sqs";

const arn = (name: string) => `arn:aws:sqs:eu-west-1:123456789012:${name}`;
const everybody = JSON.stringify({
  Statement: [
    { Effect: "Allow", Principal: { Service: "events.amazonaws.com" }, Action: "*", Resource: "*" },
  ],
});
const event = (bytes: number) => ({ id: "1", detail: { text: "x".repeat(bytes) } }) as unknown as Event;

/** A rule whose target is a queue with a maximum of 1,024 bytes, and a DLQ with a higher one. */
async function world(deadLetterBytes: number) {
  const clock = new VirtualClock(new Date(0));
  const sqs = new Sqs(clock, () => "http://127.0.0.1");
  const lines: string[] = [];
  const metrics = new Metrics((line) => lines.push(line));
  const create = (QueueName: string, bytes: number) =>
    sqs.handle({ action: "CreateQueue", account: "123456789012", region: "eu-west-1" } as never, {
      QueueName,
      Attributes: { Policy: everybody, MaximumMessageSize: String(bytes) },
    });
  await create("small", 1024);
  await create("dead", deadLetterBytes);
  const unused = () => Promise.reject(new Error("unexpected call"));
  const delivery = new Delivery({
    calls: { make: unused },
    clock,
    eventLogs: { write: unused },
    invoke: unused,
    log: (line) => lines.push(line),
    metrics,
    sqs,
  });
  const deliver = (bytes: number, target: Partial<Target> = { DeadLetterConfig: { Arn: arn("dead") } }) => {
    const whole: Target = { Id: "t", Arn: arn("small"), ...target };
    const rule: Rule = { Name: "start", Arn: "rule", State: "ENABLED", targets: [whole] };
    return delivery.deliver(rule, whole, event(bytes));
  };
  const dead = async () => (await sqs.queueByArn(arn("dead"))?.receive(10)) ?? [];
  return { dead, deliver, lines, metrics };
}

test("sends an event that is too large for its queue to the DLQ at once", async () => {
  const { dead, deliver, metrics } = await world(262_144);
  await deliver(2000);
  expect(await dead()).toMatchObject([
    {
      body: JSON.stringify(event(2000)),
      attributes: { ERROR_MESSAGE: { StringValue: expect.stringMatching(/shorter than 1024 bytes/) } },
    },
  ]);
  expect(metrics.counted()).toEqual({ FailedInvocations: { start: 1 } });
});

test("loses, counts and logs an event that is too large for the DLQ as well", async () => {
  const { dead, deliver, lines, metrics } = await world(1024);
  await deliver(2000);
  expect(await dead()).toEqual([]);
  expect(metrics.counted()).toMatchObject({ InvocationsFailedToBeSentToDlq: { start: 1 } });
  expect(lines.at(-1)).toMatch(
    /^metric AWS\/Events InvocationsFailedToBeSentToDlq of start is 1: event 1 is lost/,
  );
});

test("logs that the event is lost when there is no DLQ", async () => {
  const { deliver, lines } = await world(1024);
  await deliver(2000, {});
  expect(lines.at(-1)).toBe("events: event 1 is lost: the target has no dead-letter queue.");
});
