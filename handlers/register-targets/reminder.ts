import { splitIntoChunks } from "../shared/chunks";
import type { SendMessage } from "../shared/send-message";

/** Tasks that one reminder names: as many as one DescribeTasks takes. */
export const maxTasks = 100;

/**
 * Lambda stops a function that invokes itself over a queue after 16 invocations
 * (https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html). A sweep does what is left by then.
 */
export const maxHops = 12;

/** The longest delay of SQS (API reference of SendMessage). */
const maxDelaySeconds = 900;
/** Time for the load balancer to notice that the deregistration delay is over. */
const marginSeconds = 5;
const firstRenewalSeconds = 30;

/**
 * How long a reminder is delayed: until the target should have drained, which takes several messages when it is longer
 * than SQS can delay one. If the target still drains then, the delay doubles each time.
 * @param hop 1 for the first reminder
 */
export const computeDelay = (drainSeconds: number, hop: number): number => {
  const drainedAfter = drainSeconds + marginSeconds;
  const passedSeconds = (hop - 1) * maxDelaySeconds;
  if (passedSeconds < drainedAfter) return Math.min(drainedAfter - passedSeconds, maxDelaySeconds);
  const renewals = hop - Math.ceil(drainedAfter / maxDelaySeconds);
  return Math.min(firstRenewalSeconds * 2 ** (renewals - 1), maxDelaySeconds);
};

/** The queue from which this function receives its messages. */
export type RecheckQueue = { sendMessage: SendMessage; recheckQueueUrl: string };

/** Sends a message that this function receives after the delay. */
export const sendToRecheckQueue = async (
  { sendMessage, recheckQueueUrl }: RecheckQueue,
  message: object,
  delaySeconds = 0,
): Promise<void> => {
  await sendMessage(recheckQueueUrl, JSON.stringify(message), delaySeconds);
};

/** Sends a message that reminds this function to stop the tasks. @param hop 1 for the first reminder */
export const sendReminder = async (
  queue: RecheckQueue,
  service: string,
  drainSeconds: number,
  taskArns: readonly string[],
  hop: number,
): Promise<void> => {
  for (const tasks of splitIntoChunks(taskArns, maxTasks)) {
    await sendToRecheckQueue(queue, { recheck: service, tasks, hop }, computeDelay(drainSeconds, hop));
  }
};
