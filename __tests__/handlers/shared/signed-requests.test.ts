import { createHash } from "node:crypto";
import { SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import type { HttpRequest } from "@smithy/core/transport";
import { createInvokeAsync } from "../../../handlers/shared/invoke-async";
import { createSendMessage } from "../../../handlers/shared/send-message";
import type { Connection } from "../../../handlers/shared/signed-requests";

const queueUrl = "https://sqs.eu-west-1.amazonaws.com/123456789012/work";
const MD5OfMessageBody = createHash("md5").update("{}").digest("hex");

const send: Record<string, (connection: Connection) => Promise<unknown>> = {
  SendMessage: (connection) => createSendMessage(connection)(queueUrl, "{}"),
  Invoke: (connection) => createInvokeAsync(connection)("start-task", "{}"),
  "SendMessage of the SDK": (connection) =>
    new SQSClient(connection as never).send(
      new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: "{}" }),
    ),
};
const calls = Object.keys(send);

/** The trace header and the signature of a call that a function with these variables makes. */
const callWith = async (call: string, variables: Record<string, string>) => {
  const before = { ...process.env };
  const requests: HttpRequest[] = [];
  try {
    Object.assign(process.env, variables);
    await send[call]!({
      region: "eu-west-1",
      credentials: { accessKeyId: "AKID", secretAccessKey: "secret" },
      requestHandler: {
        handle: async (request) => {
          requests.push(request);
          const body = Buffer.from(JSON.stringify({ MD5OfMessageBody }));
          return { response: { statusCode: 200, headers: {}, body } };
        },
      },
    });
  } finally {
    process.env = before;
  }
  expect(requests).toHaveLength(1);
  const headers = Object.entries(requests[0]!.headers).map(([name, value]) => [name.toLowerCase(), value]);
  const { "x-amzn-trace-id": trace, authorization } = Object.fromEntries(headers);
  return { trace, authorization };
};

const trace = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=0;Lineage=a87bd80c:1";

describe.each(calls)("%s", (call) => {
  test("forwards the trace header of the invocation, unsigned, so that Lambda detects loops", async () => {
    const sent = await callWith(call, { AWS_LAMBDA_FUNCTION_NAME: "start-task", _X_AMZN_TRACE_ID: trace });
    expect(sent.trace).toBe(trace);
    expect(sent.authorization).not.toContain("trace-id");
  });

  test.each([
    [{}],
    [{ _X_AMZN_TRACE_ID: trace }],
    [{ AWS_LAMBDA_FUNCTION_NAME: "start-task" }],
    [{ AWS_LAMBDA_FUNCTION_NAME: "start-task", _X_AMZN_TRACE_ID: "" }],
  ])("sends no trace header with the variables %j", async (variables) => {
    expect((await callWith(call, variables)).trace).toBeUndefined();
  });
});
