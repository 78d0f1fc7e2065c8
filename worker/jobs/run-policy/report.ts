import { SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { toErrorFields } from "../../../handlers/shared/log";
import type { JobContext } from "../../job";
import type { RunPolicySettings } from "./environment";
import { emitMetrics, type PolicyRunResult } from "./result";

/** Writes the metrics and the result to the log, and sends the result to `NOTIFICATION_QUEUE_URL`. */
export const report = async (
  result: PolicyRunResult,
  { environment, log, write }: JobContext<RunPolicySettings>,
): Promise<void> => {
  emitMetrics(result, Date.now(), write);
  const { NOTIFICATION_QUEUE_URL: QueueUrl, QUEUED_RUN: run } = environment;
  log.info("policy run ended", { ...result, ...(run !== undefined && { run }) });
  if (QueueUrl === undefined) return;
  try {
    await new SQSClient().send(new SendMessageCommand({ QueueUrl, MessageBody: JSON.stringify(result) }));
  } catch (error) {
    log.error("notification not sent", { QueueUrl, ...toErrorFields(error) });
  }
};
