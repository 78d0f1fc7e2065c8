import assert from "node:assert/strict";
import {
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SetQueueAttributesCommand,
} from "@aws-sdk/client-sqs";
import type { Account } from "../account";
import type { Belief } from "../belief";
import { refused } from "../expect";
import { accepts } from "../wrong-answers";

const send = ({ clients, resources }: Account, more: object = {}) =>
  clients.sqs.send(
    new SendMessageCommand({ QueueUrl: resources.queues.plain, MessageBody: "check", ...more }),
  );

const setSize = ({ clients, resources }: Account, bytes: number) =>
  clients.sqs.send(
    new SetQueueAttributesCommand({
      QueueUrl: resources.queues["dead-letters"],
      Attributes: { MaximumMessageSize: String(bytes) },
    }),
  );

export const sqs: readonly Belief[] = [
  {
    id: "sqs-message-size",
    sentence: "A queue refuses a message above its `MaximumMessageSize`: `InvalidParameterValue`.",
    source: "SQS API Reference, `API_SetQueueAttributes.html`",
    certainty: "documented; the error reported",
    code: {
      "handlers/shared/event-reference.ts": "maxMessageBytes = 262_144",
      "modules/queue/main.tf": "aws_sqs_queue",
    },
    tests: "`sqs.test.ts`: sizes and delays",
    seconds: 2,
    check: async (account) => {
      await send(account, { MessageBody: "x".repeat(262_144) });
      await refused(send(account, { MessageBody: "x".repeat(262_145) }), "InvalidParameterValue");
    },
    wrong: { SendMessage: accepts() },
  },
  {
    id: "sqs-mebibyte",
    sentence: "`MaximumMessageSize` is at most 1,048,576.",
    source: "SQS API Reference, `API_SetQueueAttributes.html`; AWS Compute Blog, 29 January 2026",
    certainty: "documented",
    code: {
      "handlers/shared/event-reference.ts": "version 5 of the Terraform provider",
      "local/sqs/queue-attributes.ts": "MaximumMessageSize",
    },
    tests: "`sqs.test.ts`: sizes and delays",
    seconds: 1,
    check: async (account) => {
      await setSize(account, 1_048_576);
      await refused(setSize(account, 1_048_577), "InvalidAttributeValue");
    },
    wrong: { SetQueueAttributes: accepts() },
  },
  {
    id: "sqs-batch-size",
    sentence: "All messages of a batch together have at most 1,048,576 bytes: `BatchRequestTooLong`.",
    source: "Error text in public tests on AWS",
    certainty: "reported",
    code: {
      "handlers/list-objects/send-objects.ts": "SendMessageBatch",
      "local/sqs/index.ts": "checkBatchSize",
    },
    tests: "`sqs.test.ts`: reject a batch",
    seconds: 5,
    check: async ({ clients, resources }) => {
      const entry = (Id: string) => ({ Id, MessageBody: "x".repeat(262_144) });
      const Entries = ["a", "b", "c", "d", "e"].map(entry);
      const input = { QueueUrl: resources.queues.plain, Entries };
      await refused(clients.sqs.send(new SendMessageBatchCommand(input)), "BatchRequestTooLong");
    },
    wrong: { SendMessageBatch: accepts() },
  },
  {
    id: "sqs-delay",
    sentence: "`DelaySeconds` of a message is 0 to 900.",
    source: "SQS API Reference, `API_SendMessage.html`",
    certainty: "documented",
    code: {
      "handlers/register-targets/reminder.ts": "maxDelaySeconds = 900",
      "handlers/launch/follow-up.ts": "maxDelaySeconds = 900",
    },
    tests: "`sqs.test.ts`: delay a message",
    seconds: 1,
    check: async (account) => {
      await send(account, { DelaySeconds: 900 });
      await refused(send(account, { DelaySeconds: 901 }), "InvalidParameterValue");
    },
    wrong: { SendMessage: accepts() },
  },
  {
    id: "sqs-fifo",
    sentence:
      "A FIFO queue delivers one message for each deduplication ID within five minutes, and no message of a group while an earlier one is in flight.",
    source:
      "SQS Developer Guide, `using-messagededuplicationid-property.html`, `using-messagegroupid-property.html`",
    certainty: "documented",
    code: { "local/sqs/queue.ts": "does not support their messages" },
    seconds: 5,
    onlyOnAws: "local AWS stores FIFO queues only, and no block creates one",
    check: async ({ clients: { sqs }, resources }) => {
      const QueueUrl = resources.queues.fifo;
      for (const id of ["1", "1", "2"]) {
        const input = { QueueUrl, MessageBody: id, MessageGroupId: "g", MessageDeduplicationId: id };
        await sqs.send(new SendMessageCommand(input));
      }
      const receive = async () => {
        const input = { QueueUrl, MaxNumberOfMessages: 1, WaitTimeSeconds: 2 };
        return (await sqs.send(new ReceiveMessageCommand(input))).Messages ?? [];
      };
      assert.deepEqual(
        (await receive()).map(({ Body }) => Body),
        ["1"],
      );
      assert.deepEqual(await receive(), []);
    },
  },
];
