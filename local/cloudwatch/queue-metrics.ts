import type { Sqs } from "../sqs";
import type { Queue } from "../sqs/queue";
import { type Datapoints, MINUTE_MS, single } from "./datapoints";

type Report = NonNullable<ReturnType<Queue["report"]>>;

interface QueueMetric {
  unit: string;
  /** undefined: not reported for this minute */
  of(report: Report): number | undefined;
}

const nonZero = (count: number): number | undefined => (count > 0 ? count : undefined);

/**
 * What a queue reports, by the column "reporting behavior" of
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html
 */
const METRICS: Record<string, QueueMetric> = {
  ApproximateAgeOfOldestMessage: {
    unit: "Seconds",
    of: ({ delayed, inFlight, oldestAgeSeconds, visible }) =>
      visible + inFlight + delayed > 0 ? oldestAgeSeconds : undefined,
  },
  ApproximateNumberOfMessagesDelayed: { unit: "Count", of: ({ delayed }) => nonZero(delayed) },
  ApproximateNumberOfMessagesNotVisible: { unit: "Count", of: ({ inFlight }) => nonZero(inFlight) },
  ApproximateNumberOfMessagesVisible: { unit: "Count", of: ({ visible }) => visible },
  NumberOfEmptyReceives: {
    unit: "Count",
    of: ({ emptyReceives, received }) => (emptyReceives + received > 0 ? emptyReceives : undefined),
  },
  NumberOfMessagesDeleted: { unit: "Count", of: ({ deleted }) => deleted },
  NumberOfMessagesReceived: { unit: "Count", of: ({ received }) => received },
  NumberOfMessagesSent: { unit: "Count", of: ({ sent }) => sent },
};

/** Writes the metrics of every active queue for the minute that ends at `at`. */
export function reportQueues(
  sqs: Sqs,
  at: number,
  datapoints: (account: string, region: string) => Datapoints,
): void {
  for (const [{ account, region }, queue] of sqs.allQueues()) {
    const report = queue.report();
    if (!report) continue;
    const dimensions = { QueueName: queue.name };
    const into = datapoints(account, region);
    const put = (name: string, sample: Parameters<Datapoints["put"]>[2], unit: string) =>
      into.put({ namespace: "AWS/SQS", name, dimensions }, at - MINUTE_MS, sample, unit);
    for (const [name, { of, unit }] of Object.entries(METRICS)) {
      const value = of(report);
      if (value !== undefined) put(name, single(value), unit);
    }
    const { sent, sentBytes } = report;
    const mean = sentBytes / sent;
    const size = { count: sent, sum: sentBytes, min: mean, max: mean, values: [mean] };
    if (sent > 0) put("SentMessageSize", size, "Bytes");
  }
}
