import type { Sqs } from "../sqs";
import type { Queue } from "../sqs/queue";
import { type Datapoints, MINUTE_MS, single } from "./datapoints";

type Report = NonNullable<ReturnType<Queue["report"]>>;

// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html
const METRICS: Record<string, { unit: string; of(report: Report): number }> = {
  ApproximateAgeOfOldestMessage: { unit: "Seconds", of: ({ oldestAgeSeconds }) => oldestAgeSeconds },
  ApproximateNumberOfMessagesDelayed: { unit: "Count", of: ({ delayed }) => delayed },
  ApproximateNumberOfMessagesNotVisible: { unit: "Count", of: ({ inFlight }) => inFlight },
  ApproximateNumberOfMessagesVisible: { unit: "Count", of: ({ visible }) => visible },
  NumberOfEmptyReceives: { unit: "Count", of: ({ emptyReceives }) => emptyReceives },
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
    for (const [name, { of, unit }] of Object.entries(METRICS)) put(name, single(of(report)), unit);
    const { sent, sentBytes } = report;
    const mean = sentBytes / sent;
    const size = { count: sent, sum: sentBytes, min: mean, max: mean, values: [mean] };
    if (sent > 0) put("SentMessageSize", size, "Bytes");
  }
}
