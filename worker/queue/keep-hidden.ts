import { ChangeMessageVisibilityCommand, type Message } from "@aws-sdk/client-sqs";
import { toErrorFields } from "../../handlers/shared/log";
import type { QueueWork } from "./work-on-queue";

/** Three chances to extend before the message is visible. */
const extensions = 3;

/** Hides a message from other workers until `end` is called. `lost` aborts when that has failed. */
export const keepHidden = (
  { ReceiptHandle, MessageId: messageId }: Message,
  { sqs, queueUrl: QueueUrl, visibilitySeconds, protection, log }: QueueWork,
): { lost: AbortSignal; end: () => void } => {
  const lost = new AbortController();
  let hiddenUntil = Date.now() + visibilitySeconds * 1000;

  const extend = async (): Promise<void> => {
    const began = Date.now();
    try {
      await sqs.send(
        new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout: visibilitySeconds }),
      );
      hiddenUntil = began + visibilitySeconds * 1000;
      await protection.on();
    } catch (error) {
      log.warn("message not kept hidden", { messageId, ...toErrorFields(error) });
      if (Date.now() >= hiddenUntil) lost.abort();
    }
  };
  const timer = setInterval(() => void extend(), (visibilitySeconds * 1000) / extensions);
  return { lost: lost.signal, end: () => clearInterval(timer) };
};
