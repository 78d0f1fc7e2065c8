import * as v from "valibot";
import type { AwsJsonCall } from "../shared/aws-json-call";

const names = [
  "ApproximateNumberOfMessages",
  "ApproximateNumberOfMessagesNotVisible",
  "ApproximateNumberOfMessagesDelayed",
] as const;

const answer = v.object({ Attributes: v.record(v.string(), v.string()) });

/** Messages in the queue, in flight ones too, as SQS counts them: approximately. */
export const createCountMessages = (sqs: AwsJsonCall, queueUrl: string) => async (): Promise<number> => {
  const { Attributes } = v.parse(
    answer,
    await sqs("GetQueueAttributes", { QueueUrl: queueUrl, AttributeNames: names }),
  );
  return names.reduce((sum, name) => sum + Number(Attributes[name] ?? 0), 0);
};

export type CountMessages = ReturnType<typeof createCountMessages>;
