import { SendMessageCommand, type SQSClient } from "@aws-sdk/client-sqs";
import { inChunks } from "../shared/chunks";

/** Tasks that one reminder names: one DescribeTasks takes as many, and with their ARNs it stays below 30 KB. */
export const maxTasks = 100;

/**
 * Lambda ends a chain in which a function invokes itself over a queue after 16 invocations
 * (https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html). What is not done by then is left to a sweep.
 */
export const maxHops = 12;

/** SQS delays a message by no more (API reference of SendMessage). */
const maxDelaySeconds = 900;
/** For the load balancer to have noticed that the delay is over. */
const marginSeconds = 5;
const firstRenewalSeconds = 30;

/**
 * How long a reminder waits: until the target must have drained, in as many messages as that takes; if it has not,
 * longer each time.
 * @param hop 1 for the first reminder
 */
export const delayOf = (drainSeconds: number, hop: number): number => {
  const drained = drainSeconds + marginSeconds;
  const before = (hop - 1) * maxDelaySeconds;
  if (before < drained) return Math.min(drained - before, maxDelaySeconds);
  const renewals = hop - Math.ceil(drained / maxDelaySeconds);
  return Math.min(firstRenewalSeconds * 2 ** (renewals - 1), maxDelaySeconds);
};

export type Queue = { sqs: SQSClient; recheckQueueUrl: string };

/** Hands a message to this function itself, later. */
export const sendLater = async (
  { sqs, recheckQueueUrl }: Queue,
  message: object,
  delaySeconds = 0,
): Promise<void> => {
  await sqs.send(
    new SendMessageCommand({
      QueueUrl: recheckQueueUrl,
      MessageBody: JSON.stringify(message),
      DelaySeconds: delaySeconds,
    }),
  );
};

/** Reminds this function to stop the tasks when their targets have drained. @param hop 1 for the first reminder */
export const remind = async (
  queue: Queue,
  service: string,
  drainSeconds: number,
  taskArns: readonly string[],
  hop: number,
): Promise<void> => {
  for (const tasks of inChunks(taskArns, maxTasks)) {
    await sendLater(queue, { recheck: service, tasks, hop }, delayOf(drainSeconds, hop));
  }
};
