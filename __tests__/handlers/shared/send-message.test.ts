import { createHash } from "node:crypto";
import type { HttpRequest } from "@smithy/core/transport";
import { createSendMessage } from "../../../handlers/shared/send-message";
import type { Connection } from "../../../handlers/shared/signed-requests";

const queueUrl = "https://sqs.eu-west-1.amazonaws.com/123456789012/dead-letters";
const body = '{"text":"ünïcode"}';

const md5 = (text: string) => createHash("md5").update(text).digest("hex");
const stored = { status: 200, answer: JSON.stringify({ MessageId: "1", MD5OfMessageBody: md5(body) }) };
const throttled = (status: number, __type: string) => ({
  status,
  answer: JSON.stringify({ __type, message: "Rate exceeded" }),
});

/** SQS that gives each answer in turn. */
const createSqs = (answers: { status: number; answer: string }[], more: Partial<Connection> = {}) => {
  const requests: HttpRequest[] = [];
  const waits: number[] = [];
  const sendMessage = createSendMessage({
    region: "eu-west-1",
    credentials: { accessKeyId: "AKID", secretAccessKey: "secret", sessionToken: "session" },
    requestHandler: {
      handle: async (request) => {
        requests.push(request);
        const { status, answer } = answers.shift()!;
        return { response: { statusCode: status, headers: {}, body: Buffer.from(answer) } };
      },
    },
    sleep: async (ms) => waits.push(ms),
    ...more,
  });
  return { sendMessage, requests, waits };
};

test("sends one signed request in the JSON protocol to the host of the queue", async () => {
  const sqs = createSqs([stored]);
  await sqs.sendMessage(queueUrl, body, 30);
  expect(sqs.requests).toEqual([
    expect.objectContaining({
      method: "POST",
      protocol: "https:",
      hostname: "sqs.eu-west-1.amazonaws.com",
      path: "/",
      body: JSON.stringify({ QueueUrl: queueUrl, MessageBody: body, DelaySeconds: 30 }),
      headers: expect.objectContaining({
        host: "sqs.eu-west-1.amazonaws.com",
        "content-type": "application/x-amz-json-1.0",
        "x-amz-target": "AmazonSQS.SendMessage",
        authorization: expect.stringMatching(
          /Credential=AKID\/\d{8}\/eu-west-1\/sqs\/aws4_request, SignedHeaders=content-length;content-type;host;x-amz-content-sha256;x-amz-date;x-amz-security-token;x-amz-target, /,
        ),
      }),
    }),
  ]);
});

test("leaves the delay to the queue when none is given, and sends a delay of 0", async () => {
  const sqs = createSqs([stored, stored]);
  await sqs.sendMessage(queueUrl, body);
  await sqs.sendMessage(queueUrl, body, 0);
  expect(sqs.requests.map((request) => JSON.parse(request.body).DelaySeconds)).toEqual([undefined, 0]);
});

test("uses the configured endpoint instead of the queue's host", async () => {
  const sqs = createSqs([stored], { endpoint: "http://127.0.0.1:4566" });
  await sqs.sendMessage(queueUrl, body);
  expect(sqs.requests[0]).toMatchObject({
    protocol: "http:",
    hostname: "127.0.0.1",
    port: 4566,
    path: "/",
    headers: { host: "127.0.0.1:4566" },
  });
});

test.each([
  [400, "com.amazonaws.sqs#RequestThrottled"],
  [403, "com.amazonaws.sqs#RequestThrottled"],
  [400, "com.amazon.coral.availability#ThrottlingException"],
  [400, "com.amazonaws.sqs#KmsThrottled"],
])("retries with backoff when SQS answers %d %s", async (status, type) => {
  const sqs = createSqs([throttled(status, type), throttled(status, type), stored]);
  await sqs.sendMessage(queueUrl, body);
  expect(sqs.requests).toHaveLength(3);
  expect(sqs.waits).toEqual([100, 200]);
});

test("throws an error with SQS's error code as its name after three throttled attempts", async () => {
  const answer = throttled(400, "com.amazonaws.sqs#RequestThrottled");
  const sqs = createSqs([answer, answer, answer]);
  await expect(sqs.sendMessage(queueUrl, body)).rejects.toMatchObject({
    name: "RequestThrottled",
    message: `${queueUrl}: SQS answered 400: ${answer.answer}`,
  });
  expect(sqs.requests).toHaveLength(3);
});

test.each([
  [{ __type: "com.amazonaws.sqs#QueueDoesNotExist", message: "Throttling" }, "QueueDoesNotExist"],
  [{ __type: "AccessDeniedException:http://internal.amazon.com/", Message: "no" }, "AccessDeniedException"],
  [{ message: "x".repeat(100_000) }, "SendMessageFailed"],
  ["x".repeat(100_000), "SendMessageFailed"],
])("throws at the first other error, with a bounded text: case %#", async (answer, name) => {
  const text = typeof answer === "string" ? answer : JSON.stringify(answer);
  const sqs = createSqs([{ status: 403, answer: text }]);
  const error = await sqs.sendMessage(queueUrl, body).catch((thrown: Error) => thrown);
  expect(error).toMatchObject({ name, message: `${queueUrl}: SQS answered 403: ${text.slice(0, 500)}` });
  expect(sqs.requests).toHaveLength(1);
});

test.each([
  ["the MD5 of another body", JSON.stringify({ MessageId: "1", MD5OfMessageBody: md5("other") })],
  ["no MD5", "{}"],
  ["no JSON", "<html>"],
])("throws when the response has %s", async (_what, answer) => {
  const sqs = createSqs([{ status: 200, answer }]);
  await expect(sqs.sendMessage(queueUrl, body)).rejects.toMatchObject({
    name: "InvalidChecksumError",
    message: `${queueUrl}: SQS answered 200 without the MD5 of the message: ${answer}`,
  });
});
