import { GetQueueAttributesCommand } from "@aws-sdk/client-sqs";
import { describeError } from "../describe-error";
import { formatCount } from "../options";
import { findDeadLetterQueues, type QueueClients } from "./find-queues";

/** How many letters anyone can receive, by queue, without empty queues; or why they cannot be counted. */
export type LetterCounts = { queues: Record<string, number> } | { unknown: string };

/** Who may read the status of services need not have permissions for queues. */
export async function countLetters(clients: QueueClients, name: string): Promise<LetterCounts> {
  try {
    const counts = await Promise.all(
      (await findDeadLetterQueues(clients, name)).map(async (queue) => {
        const { Attributes } = await clients.sqs.send(
          new GetQueueAttributesCommand({
            QueueUrl: queue.url,
            AttributeNames: ["ApproximateNumberOfMessages"],
          }),
        );
        return [queue.name, Number(Attributes?.ApproximateNumberOfMessages ?? 0)] as const;
      }),
    );
    return { queues: Object.fromEntries(counts.filter(([, count]) => count > 0)) };
  } catch (error) {
    return { unknown: describeError(error) };
  }
}

export function formatCounts(counts: LetterCounts): string {
  if ("unknown" in counts) return `Dead letters cannot be counted: ${counts.unknown}`;
  const queues = Object.entries(counts.queues);
  if (queues.length === 0) return "No dead letters.";
  const total = queues.reduce((sum, [, count]) => sum + count, 0);
  return `${formatCount(total, "dead letter")} in ${queues.map(([queue]) => queue).join(", ")}; \`redrive --dry-run\` shows and \`redrive\` sends them again.`;
}
