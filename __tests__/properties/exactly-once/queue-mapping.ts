import {
  DeleteMessageCommand,
  type Message,
  ReceiveMessageCommand,
  type SQSClient,
} from "@aws-sdk/client-sqs";
import type { VirtualClock } from "../../../local/clock";

/** Six times the function's timeout, as the block sets it. */
export const visibilitySeconds = 360;
const batchSize = 10;

/** The event source mapping that hands a queue's messages to the function. */
export const createQueueMapping = (
  clock: VirtualClock,
  sqs: SQSClient,
  QueueUrl: string,
  invoke: (batch: unknown) => Promise<unknown>,
) => {
  let pendingCount = 0;

  const recordOf = ({ MessageId, Body, Attributes }: Message) => ({
    messageId: MessageId,
    body: Body,
    attributes: Attributes,
    eventSource: "aws:sqs",
    awsRegion: "eu-west-1",
  });

  const serve = async (messages: Message[]) => {
    const answer = await invoke({ Records: messages.map(recordOf) }).catch(() => undefined);
    const failures = (answer as { batchItemFailures: { itemIdentifier: string }[] } | undefined)
      ?.batchItemFailures;
    const isServed = ({ MessageId }: Message) =>
      failures !== undefined && !failures.some(({ itemIdentifier }) => itemIdentifier === MessageId);
    for (const { ReceiptHandle } of messages.filter(isServed)) {
      await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
    }
  };

  const work = (doing: Promise<unknown>) => {
    pendingCount += 1;
    void doing.finally(() => {
      pendingCount -= 1;
    });
  };

  const poll = async (): Promise<void> => {
    for (;;) {
      const { Messages = [] } = await sqs.send(
        new ReceiveMessageCommand({
          QueueUrl,
          MaxNumberOfMessages: batchSize,
          MessageSystemAttributeNames: ["All"],
        }),
      );
      if (Messages.length === 0) return;
      pollAfter(visibilitySeconds * 1000);
      work(serve(Messages));
    }
  };

  /** Polls the queue after so many milliseconds. */
  const pollAfter = (ms: number) => work(clock.sleep(ms).then(poll));

  return { pollAfter, isIdle: () => pendingCount === 0 };
};
