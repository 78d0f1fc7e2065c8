import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageCommand,
  type Message,
  ReceiveMessageCommand,
  type SQSClient,
} from "@aws-sdk/client-sqs";
import type { Bucket } from "../../handlers/shared/bucket";
import { splitIntoChunks } from "../../handlers/shared/chunks";
import type { DeadLetterQueue } from "./find-queues";
import { type Letter, readLetter } from "./letter";

/** After a program that is killed, its letters are visible again in this time. */
const holdSeconds = 300;
/** Largest number of messages of a request (API reference of ReceiveMessage). */
const batchSize = 10;
/** A receive that waits asks all servers of the queue: without a message, none is visible. */
const waitSeconds = 1;

/** The letters that this program has received, and so hides from others. */
export type HeldLetters = {
  /** Receives all letters that are visible, apart from those that are known already. */
  receive(): Promise<Letter[]>;
  /** Deletes a letter whose event was accepted. */
  remove(letter: Letter): Promise<void>;
  /** Receives nothing more, and makes all letters visible again that are not removed. */
  release(): Promise<void>;
};

export const holdLetters = (
  sqs: SQSClient,
  queues: readonly DeadLetterQueue[],
  bucketOf: (queue: DeadLetterQueue) => Bucket | undefined,
): HeldLetters => {
  /** By message id. Undefined: it is deleted. */
  const held = new Map<string, Letter | undefined>();
  let isReleased = false;
  let receiving: Promise<Letter[]> = Promise.resolve([]);

  const receiveFrom = async (queue: DeadLetterQueue): Promise<Letter[]> => {
    const found: Letter[] = [];
    const add = async (message: Message): Promise<void> => {
      const { MessageId = "", ReceiptHandle = "" } = message;
      const known = held.get(MessageId);
      if (known) known.receiptHandle = ReceiptHandle;
      if (held.has(MessageId)) return;
      const letter = await readLetter(queue, message, bucketOf(queue));
      held.set(MessageId, letter);
      found.push(letter);
    };
    while (!isReleased) {
      const { Messages = [] } = await sqs.send(
        new ReceiveMessageCommand({
          QueueUrl: queue.url,
          MaxNumberOfMessages: batchSize,
          VisibilityTimeout: holdSeconds,
          WaitTimeSeconds: waitSeconds,
          MessageSystemAttributeNames: ["SentTimestamp", "DeadLetterQueueSourceArn"],
          MessageAttributeNames: ["All"],
        }),
      );
      if (Messages.length === 0) break;
      await Promise.all(Messages.map(add));
    }
    return found;
  };

  return {
    async receive() {
      receiving = Promise.all(queues.map(receiveFrom)).then((found) => found.flat());
      return receiving;
    },

    async remove({ queue, messageId, receiptHandle }) {
      await sqs.send(new DeleteMessageCommand({ QueueUrl: queue.url, ReceiptHandle: receiptHandle }));
      held.set(messageId, undefined);
    },

    async release() {
      isReleased = true;
      // A receive that still waits would take again what is released here.
      await receiving.catch(() => {});
      const left = [...held.values()].filter((letter) => letter !== undefined);
      for (const { url: QueueUrl } of queues)
        for (const letters of splitIntoChunks(
          left.filter(({ queue }) => queue.url === QueueUrl),
          batchSize,
        )) {
          const Entries = letters.map(({ receiptHandle: ReceiptHandle }, index) => ({
            Id: String(index),
            ReceiptHandle,
            VisibilityTimeout: 0,
          }));
          // Without this they are visible again a little later.
          await sqs.send(new ChangeMessageVisibilityBatchCommand({ QueueUrl, Entries })).catch(() => {});
        }
    },
  };
};
