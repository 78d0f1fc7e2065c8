import { setTimeout as sleep } from "node:timers/promises";
import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  type Message,
  ReceiveMessageCommand,
  type SQSClient,
} from "@aws-sdk/client-sqs";
import { type Log, toErrorFields } from "../../handlers/shared/log";
import { keepHidden } from "./keep-hidden";
import type { TaskProtection } from "./task-protection";

/** What becomes of a message: it is deleted, or received again after so many seconds (0 to 43,200). */
export type Handled = "done" | { againAfterSeconds: number };

export type QueueWork = {
  sqs: SQSClient;
  queueUrl: string;
  /** For how long a received message is hidden. The worker extends it while it works. */
  visibilitySeconds: number;
  /** For how long a call waits for a message, 0 to 20. */
  waitSeconds: number;
  /** Pause without protection after a call without a message, in which ECS can stop the task. */
  idleMs: number;
  protection: TaskProtection;
  /**
   * Whether what the work needs, such as a database, can be used now. Nothing is received until it can: each receive counts
   * towards the dead-letter queue. Default: it always can.
   */
  isReady?: () => Promise<boolean>;
  log: Log;
  /** Aborts when the worker has to stop. */
  signal: AbortSignal;
  /**
   * Works on a message. An error leaves the message to be received again.
   * @param lost aborts when the message may be received by another worker
   */
  handle(message: Message, lost: AbortSignal): Promise<Handled>;
};

/** Works on the messages of a queue, one after the other, until `signal` aborts. */
export const workOnQueue = async (work: QueueWork): Promise<void> => {
  const { sqs, queueUrl, visibilitySeconds, waitSeconds, idleMs, protection, log, signal, handle } = work;
  const { isReady = async () => true } = work;

  const pause = () => sleep(idleMs, undefined, { signal }).catch(() => {});

  const receive = async (): Promise<Message | undefined> => {
    try {
      const { Messages: [message] = [] } = await sqs.send(
        new ReceiveMessageCommand({
          QueueUrl: queueUrl,
          MaxNumberOfMessages: 1,
          WaitTimeSeconds: waitSeconds,
          VisibilityTimeout: visibilitySeconds,
        }),
        { abortSignal: signal },
      );
      return message;
    } catch (error) {
      if (!signal.aborted) log.error("no message received", toErrorFields(error));
      return undefined;
    }
  };

  const finish = async ({ ReceiptHandle }: Message, handled: Handled): Promise<void> => {
    const of = { QueueUrl: queueUrl, ReceiptHandle };
    if (handled === "done") await sqs.send(new DeleteMessageCommand(of));
    else
      await sqs.send(
        new ChangeMessageVisibilityCommand({ ...of, VisibilityTimeout: handled.againAfterSeconds }),
      );
  };

  const workOn = async (message: Message): Promise<void> => {
    const hidden = keepHidden(message, work);
    try {
      await finish(message, await handle(message, hidden.lost));
    } catch (error) {
      log.error("message is received again", { messageId: message.MessageId, ...toErrorFields(error) });
    } finally {
      hidden.end();
    }
  };

  while (!signal.aborted) {
    // Before it receives: ECS may stop a task at any time that is not protected.
    const message = (await isReady()) && (await protection.on()) ? await receive() : undefined;
    if (message) await workOn(message);
    else {
      await protection.off();
      await pause();
    }
  }
};
