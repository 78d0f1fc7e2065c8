import { createHash } from "node:crypto";
import * as v from "valibot";
import { createScanMessage } from "../../container-contract/scan-message";
import { type Database, markSent } from "../../scan-database";
import type { AwsJsonCall } from "../shared/aws-json-call";
import { splitIntoChunks } from "../shared/chunks";

const answer = v.object({
  Successful: v.optional(v.array(v.object({ Id: v.string(), MD5OfMessageBody: v.string() })), []),
  Failed: v.optional(v.array(v.object({ Code: v.string() })), []),
});

export type SentObjects = {
  /** Messages that SQS has stored. */
  sent: number;
  /** Error codes of those that it has refused. The objects stay unsent in the database. */
  refused: string[];
};

/** Limits of SQS: messages in a batch; and how many batches are under way at once. */
const batchSize = 10;
const parallelBatches = 10;

const md5 = (text: string): string => createHash("md5").update(text).digest("hex");

/**
 * Sends a message for each object and marks the objects whose message SQS has stored. A crash in between sends a message
 * twice, which is harmless.
 * @throws TransientError when SQS or the database cannot be used
 */
export const createSendObjects = (sqs: AwsJsonCall, queueUrl: string, database: Database) => {
  const sendBatch = async (ids: readonly number[]): Promise<{ stored: number[]; refused: string[] }> => {
    const Entries = ids.map((id, index) => ({ Id: String(index), MessageBody: createScanMessage(id) }));
    const { Successful, Failed } = v.parse(
      answer,
      await sqs("SendMessageBatch", { QueueUrl: queueUrl, Entries }),
    );
    const stored = Successful.filter(({ Id, MD5OfMessageBody }) => {
      const body = Entries[Number(Id)]?.MessageBody;
      return body !== undefined && md5(body) === MD5OfMessageBody;
    });
    return {
      stored: stored.map(({ Id }) => ids[Number(Id)]!),
      refused: Failed.map(({ Code }) => Code),
    };
  };

  return async (objectIds: readonly number[]): Promise<SentObjects> => {
    const stored: number[] = [];
    const refused: string[] = [];
    const failures: unknown[] = [];
    for (const group of splitIntoChunks(splitIntoChunks(objectIds, batchSize), parallelBatches)) {
      for (const batch of await Promise.allSettled(group.map(sendBatch))) {
        if (batch.status === "rejected") {
          failures.push(batch.reason);
          continue;
        }
        stored.push(...batch.value.stored);
        refused.push(...batch.value.refused);
      }
      if (failures.length > 0) break;
    }
    await markSent(database, stored);
    if (failures.length > 0) throw failures[0];
    return { sent: stored.length, refused };
  };
};

export type SendObjects = ReturnType<typeof createSendObjects>;
