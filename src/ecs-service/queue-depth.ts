import { Token } from "cdktf";
import { expression } from "../core/expression";
import { isToken } from "../core/validation";
import type { QueueDepth, Scaling } from "./scaling";
import type { Step, StepMetric, StepPolicy } from "./steps";

/** Application Auto Scaling takes 20 steps in a policy (User Guide: quotas). */
const MAX_STEPS = 20;

/**
 * The messages of a queue as a table: from 1 to `messagesPerTask` a task, up to twice as many two tasks, and so on.
 *
 * @param service name of the ECS service
 */
export function queueDepthPolicies(
  service: string,
  scaling: Scaling,
  { queueName, messagesPerTask, emptyMinutes = 5 }: QueueDepth,
): Record<string, StepPolicy> {
  // Busy tasks hold the messages in flight: without them, a service of busy tasks and no waiting message would have depth
  // 0. SQS reports messages in flight only while there are some, so FILL adds the 0. The visible messages are not filled:
  // in an alarm FILL would also replace the newest value, which comes late.
  const depth = {
    adjustment: "ExactCapacity",
    statistic: "Maximum",
    threshold: 1,
    expression: "visible + FILL(in_flight, 0)",
    label: "Messages visible and in flight",
    metrics: {
      visible: ofQueue(queueName, "ApproximateNumberOfMessagesVisible"),
      in_flight: ofQueue(queueName, "ApproximateNumberOfMessagesNotVisible"),
    },
  } as const;
  return {
    "queue-out": {
      ...depth,
      description: `The queue ${queueName} has messages. Scaling starts tasks of the ECS service ${service}, nobody needs to act.`,
      operator: "GreaterThanOrEqualToThreshold",
      periods: 1,
      missing: "notBreaching",
      cooldown: scaling.scaleOutCooldownSeconds ?? 60,
      steps: table(scaling.max, messagesPerTask),
    },
    "queue-in": {
      ...depth,
      description: `The queue ${queueName} is empty and no message is in flight. Scaling stops tasks of the ECS service ${service}, nobody needs to act.`,
      operator: "LessThanThreshold",
      periods: emptyMinutes,
      // A queue that has been empty for six hours reports no metrics.
      missing: "breaching",
      cooldown: scaling.scaleInCooldownSeconds ?? 300,
      steps: [{ count: scaling.min, to: "0" }],
    },
  };
}

const ofQueue = (queueName: string, name: string): StepMetric => ({
  namespace: "AWS/SQS",
  name,
  dimensions: { QueueName: queueName },
  statistic: "Maximum",
});

/** The first step is one task, the last one `max`. */
function table(max: number, messagesPerTask: number): Step[] {
  const steps = Math.min(max, MAX_STEPS);
  const counts = Array.from({ length: steps }, (_, step) =>
    Math.ceil(1 + (step * (max - 1)) / Math.max(steps - 1, 1)),
  );
  const messages = (count: number): string =>
    isToken(messagesPerTask)
      ? Token.asString(expression`${count} * ${messagesPerTask}`)
      : String(count * messagesPerTask);
  // Bounds are relative to the threshold of the alarm, which is 1.
  return counts.map((count, index) => ({
    count,
    from: index === 0 ? "0" : messages(counts[index - 1]!),
    to: index === counts.length - 1 ? undefined : messages(count),
  }));
}
