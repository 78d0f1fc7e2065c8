import {
  ChangeMessageVisibilityCommand,
  CreateQueueCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  ListDeadLetterSourceQueuesCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SetQueueAttributesCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { createLocalAws } from "../../local/create-local-aws";

async function queue(Attributes: Record<string, string> = {}) {
  const aws = createLocalAws();
  const sqs = new SQSClient({ ...aws.clientConfig, requestHandler: aws.requestHandler(), maxAttempts: 1 });
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: "jobs", Attributes }));
  const send = (MessageBody: string, more = {}) =>
    sqs.send(new SendMessageCommand({ QueueUrl, MessageBody, ...more }));
  const receive = async (more = {}) =>
    (
      await sqs.send(
        new ReceiveMessageCommand({
          QueueUrl,
          MaxNumberOfMessages: 10,
          MessageAttributeNames: ["All"],
          MessageSystemAttributeNames: ["All"],
          ...more,
        }),
      )
    ).Messages ?? [];
  return { ...aws, sqs, QueueUrl, send, receive };
}

// The SDK client checks both MD5 digests of each response, so these tests check them too.
test("delivers a message with its attributes, hides it while it is in flight, and deletes it", async () => {
  const { clock, sqs, QueueUrl, send, receive } = await queue();
  const attributes = {
    who: { DataType: "String", StringValue: "me" },
    raw: { DataType: "Binary", BinaryValue: Buffer.from([1, 2]) },
  };
  const { MD5OfMessageAttributes } = await send("hello", { MessageAttributes: attributes });
  const [message] = await receive();
  expect(message).toMatchObject({
    Body: "hello",
    MD5OfMessageAttributes,
    Attributes: { ApproximateReceiveCount: "1" },
  });
  expect(message?.MessageAttributes?.who).toMatchObject(attributes.who);
  expect(await receive()).toEqual([]);
  await clock.advance(30_000);
  const [again] = await receive();
  expect(again?.Attributes?.ApproximateReceiveCount).toBe("2");
  await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: again?.ReceiptHandle }));
  await clock.advance(30_000);
  expect(await receive()).toEqual([]);
});

test("calculates the digest of attributes from name, type and value, each with its length", async () => {
  const { send } = await queue();
  const sent = await send("x", { MessageAttributes: { a: { DataType: "String", StringValue: "b" } } });
  // md5 of 00000001 'a' 00000006 'String' 01 00000001 'b'
  expect(sent.MD5OfMessageAttributes).toBe("bef8bf215374a0a228d67533b1a488be");
});

test("ends a long poll when a message arrives", async () => {
  const { clock, send, receive } = await queue();
  const waiting = receive({ WaitTimeSeconds: 20 });
  await clock.advance(5000);
  await send("late");
  expect(await waiting).toMatchObject([{ Body: "late" }]);
  expect(clock.now().toISOString()).toBe("2026-01-01T00:00:05.000Z");
});

test("ends a long poll without messages after its time", async () => {
  const { clock, receive } = await queue();
  const waiting = receive({ WaitTimeSeconds: 3 });
  await clock.advance(3000);
  expect(await waiting).toEqual([]);
});

test("delivers a delayed message after its delay", async () => {
  const { clock, send, receive } = await queue({ DelaySeconds: "10" });
  await send("later");
  expect(await receive()).toEqual([]);
  await clock.advance(10_000);
  expect(await receive()).toMatchObject([{ Body: "later" }]);
});

test("makes a message visible at once with visibility timeout 0", async () => {
  const { sqs, QueueUrl, send, receive } = await queue();
  await send("x");
  const [message] = await receive();
  await sqs.send(
    new ChangeMessageVisibilityCommand({
      QueueUrl,
      ReceiptHandle: message?.ReceiptHandle,
      VisibilityTimeout: 0,
    }),
  );
  expect(await receive()).toHaveLength(1);
});

test("moves a message to the DLQ when it was received too often", async () => {
  const { clock, sqs, QueueUrl, send, receive } = await queue();
  const { QueueUrl: dead } = await sqs.send(new CreateQueueCommand({ QueueName: "dead" }));
  const RedrivePolicy =
    '{"deadLetterTargetArn":"arn:aws:sqs:eu-west-1:123456789012:dead","maxReceiveCount":2}';
  await sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { RedrivePolicy } }));
  await send("poison");
  for (let count = 0; count < 3; count += 1) {
    await receive();
    await clock.advance(30_000);
  }
  expect(await receive({ QueueUrl: dead })).toMatchObject([
    { Body: "poison", Attributes: { DeadLetterQueueSourceArn: "arn:aws:sqs:eu-west-1:123456789012:jobs" } },
  ]);
  const sources = await sqs.send(new ListDeadLetterSourceQueuesCommand({ QueueUrl: dead }));
  expect(sources.queueUrls).toEqual([QueueUrl]);
});

test("returns attributes as they were set, and changes only those given", async () => {
  const { sqs, QueueUrl } = await queue();
  const Policy = '{ "Version":"2012-10-17",  "Statement":[] }';
  const RedriveAllowPolicy = '{"redrivePermission":"denyAll"}';
  await sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { Policy, RedriveAllowPolicy } }));
  await sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { VisibilityTimeout: "60" } }));
  const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["All"] }));
  expect(Attributes).toMatchObject({
    Policy,
    RedriveAllowPolicy,
    VisibilityTimeout: "60",
    DelaySeconds: "0",
  });
});

test("removes messages after their retention period", async () => {
  const { clock, send, receive } = await queue({ MessageRetentionPeriod: "60" });
  await send("old");
  await clock.advance(60_000);
  expect(await receive()).toEqual([]);
});

test("accepts a body of 1 MiB, and rejects one byte more", async () => {
  const { send, receive } = await queue();
  await send("x".repeat(1_048_576));
  await expect(send("x".repeat(1_048_577))).rejects.toThrow(/Message must be shorter than 1048576 bytes/);
  expect(await receive()).toHaveLength(1);
});

test("returns the failed entries of a batch", async () => {
  const { sqs, QueueUrl } = await queue();
  const Entries = [
    { Id: "good", MessageBody: "x" },
    { Id: "bad", MessageBody: "" },
  ];
  const answer = await sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries }));
  expect(answer.Successful).toMatchObject([{ Id: "good" }]);
  expect(answer.Failed).toMatchObject([{ Id: "bad", Code: "MissingParameter", SenderFault: true }]);
});

test("reports an unknown queue by the error name of SDKs", async () => {
  const { sqs } = await queue();
  await expect(sqs.send(new GetQueueUrlCommand({ QueueName: "nobody" }))).rejects.toMatchObject({
    name: "QueueDoesNotExist",
  });
});

test.each([
  [{ VisibilityTimeout: "43201" }, /43201; allowed: 0 to 43200/],
  [{ Colour: "red" }, /Unknown Attribute Colour/],
  [{ RedrivePolicy: '{"maxReceiveCount":5}' }, /deadLetterTargetArn/],
])("attributes %j are refused", async (attributes, message) => {
  await expect(queue(attributes as unknown as Record<string, string>)).rejects.toThrow(message);
});

describe("sizes and delays", () => {
  const attributes = { who: { DataType: "String", StringValue: "me" } };
  // "who" + "String" + "me"
  const attributeBytes = 11;

  test("reject a message whose body and attributes exceed the maximum of the queue", async () => {
    const { send } = await queue({ MaximumMessageSize: "262144" });
    await send("x".repeat(262_144));
    await send("x".repeat(262_144 - attributeBytes), { MessageAttributes: attributes });
    await expect(
      send("x".repeat(262_144 - attributeBytes + 1), { MessageAttributes: attributes }),
    ).rejects.toMatchObject({
      name: "InvalidParameterValue",
      message: "One or more parameters are invalid. Reason: Message must be shorter than 262144 bytes.",
    });
  });

  test("reject a maximum of more than 1 MiB", async () => {
    await queue({ MaximumMessageSize: "1048576" });
    await expect(queue({ MaximumMessageSize: "1048577" })).rejects.toMatchObject({
      name: "InvalidAttributeValue",
    });
  });

  test("reject a batch of more than 1 MiB in all", async () => {
    const { sqs, QueueUrl } = await queue();
    const batch = (...sizes: number[]) =>
      sqs.send(
        new SendMessageBatchCommand({
          QueueUrl,
          Entries: sizes.map((size, n) => ({ Id: String(n), MessageBody: "x".repeat(size) })),
        }),
      );
    expect((await batch(1_000_000, 48_576)).Successful).toHaveLength(2);
    await expect(batch(1_000_000, 48_577)).rejects.toMatchObject({ name: "BatchRequestTooLong" });
  });

  test("delay a message by 0 to 900 seconds", async () => {
    const { clock, receive, send } = await queue();
    await send("late", { DelaySeconds: 900 });
    await clock.advance(899_999);
    expect(await receive()).toEqual([]);
    await clock.advance(1);
    expect(await receive()).toHaveLength(1);
    for (const DelaySeconds of [-1, 901]) {
      await expect(send("never", { DelaySeconds })).rejects.toMatchObject({ name: "InvalidParameterValue" });
    }
  });
});

test("keeps the trace header of the sender", async () => {
  const { clientConfig, QueueUrl, receive, requestHandler } = await queue();
  const trace = "Root=1-00000000-000000000000000000000000;Lineage=0a0a0a0a:3";
  const inFunction = new SQSClient({
    ...clientConfig,
    requestHandler: requestHandler({ trace: () => trace }),
  });
  await inFunction.send(new SendMessageCommand({ QueueUrl, MessageBody: "x" }));
  expect((await receive())[0]?.Attributes).toMatchObject({ AWSTraceHeader: trace });
});
