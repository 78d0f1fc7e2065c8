import { AwsError } from "../aws-error";
import type { Clock } from "../clock";
import { Regional } from "../regional";
import type { Call, Caller } from "../routing";
import { type MessageAttributes, md5, md5OfAttributes, messageSize } from "./message";
import type { OutgoingMessage, Queue, QueuedMessage } from "./queue";
import { MAX_MESSAGE_BYTES, type QueueAttributes } from "./queue-attributes";
import { Queues } from "./queues";

export type { OutgoingMessage, Queue, QueuedMessage } from "./queue";

interface SqsInput {
  QueueUrl?: string;
  QueueName?: string;
  QueueNamePrefix?: string;
  Attributes?: QueueAttributes;
  AttributeNames?: string[];
  Entries?: BatchEntry[];
  MessageSystemAttributeNames?: string[];
  MessageAttributeNames?: string[];
  MaxNumberOfMessages?: number;
  WaitTimeSeconds?: number;
  TagKeys?: string[];
  Tags?: Record<string, string>;
  tags?: Record<string, string>;
}

interface BatchEntry extends MessageInput {
  Id?: string;
}

interface MessageInput {
  MessageBody?: string;
  MessageAttributes?: MessageAttributes;
  /** `AWSTraceHeader` only */
  MessageSystemAttributes?: MessageAttributes;
  DelaySeconds?: number;
  ReceiptHandle?: string;
  VisibilityTimeout?: number;
}

type Action = (input: SqsInput & MessageInput, call: Call) => unknown;

/** Amazon SQS: all actions of standard queues, and the attributes of FIFO queues. */
export class Sqs {
  private readonly regions: Regional<Queues>;

  /** @param endpoint prefix of queue URLs */
  constructor(
    clock: Clock,
    private readonly endpoint: () => string,
  ) {
    this.regions = new Regional((caller) => new Queues(caller, clock, (arn) => this.queueByArn(arn)));
  }

  async handle(call: Call, input: unknown): Promise<unknown> {
    const action = this.actions[call.action];
    if (!action) throw new AwsError("UnsupportedOperation", `Local AWS does not support sqs:${call.action}.`);
    return action(input as SqsInput, call);
  }

  queueByArn(arn: string): Queue | undefined {
    const [, , service, region = "", account = "", name = ""] = arn.split(":");
    return service === "sqs" ? this.regions.of({ account, region }).find(name) : undefined;
  }

  queueByUrl(url: string, caller: Caller): Queue {
    const [account = caller.account, name = ""] = url.replace(/\/$/, "").split("/").slice(-2);
    return this.regions.of({ ...caller, account }).get(name);
  }

  /** Every queue, with its account and region. */
  allQueues(): [Caller, Queue][] {
    return this.regions
      .all()
      .flatMap(([caller, queues]) => queues.all().map((queue): [Caller, Queue] => [caller, queue]));
  }

  private urlOf(queue: Queue): string {
    const [account, name] = queue.arn.split(":").slice(-2);
    return `${this.endpoint()}/${account}/${name}`;
  }

  private readonly actions: Record<string, Action> = {
    CreateQueue: ({ QueueName = "", Attributes, tags }, caller) => ({
      QueueUrl: this.urlOf(this.regions.of(caller).create(QueueName, Attributes, tags)),
    }),

    DeleteQueue: ({ QueueUrl = "" }, caller) => {
      this.regions.of(caller).delete(this.queueByUrl(QueueUrl, caller).name);
    },

    GetQueueUrl: ({ QueueName = "" }, caller) => ({
      QueueUrl: this.urlOf(this.regions.of(caller).get(QueueName)),
    }),

    ListQueues: ({ QueueNamePrefix = "" }, caller) => {
      const found = this.regions.of(caller).all();
      return {
        QueueUrls: found.filter(({ name }) => name.startsWith(QueueNamePrefix)).map((q) => this.urlOf(q)),
      };
    },

    GetQueueAttributes: ({ QueueUrl = "", AttributeNames = [] }, caller) => ({
      Attributes: picked(allAttributes(this.queueByUrl(QueueUrl, caller)), AttributeNames),
    }),

    SetQueueAttributes: ({ QueueUrl = "", Attributes = {} }, caller) => {
      this.queueByUrl(QueueUrl, caller).setAttributes(Attributes);
    },

    SendMessage: (input, call) =>
      sent(this.queueByUrl(input.QueueUrl ?? "", call).send(outgoing(input, call))),

    SendMessageBatch: ({ QueueUrl = "", Entries }, call) => {
      const queue = this.queueByUrl(QueueUrl, call);
      checkBatchSize(Entries);
      return batch(Entries, (entry) => sent(queue.send(outgoing(entry, call))));
    },

    ReceiveMessage: async (input, caller) => {
      const { QueueUrl = "", MaxNumberOfMessages = 1, VisibilityTimeout, WaitTimeSeconds } = input;
      if (!(MaxNumberOfMessages >= 1 && MaxNumberOfMessages <= 10)) {
        throw new AwsError(
          "InvalidParameterValue",
          `Value ${MaxNumberOfMessages} for parameter MaxNumberOfMessages is invalid. Reason: Must be between 1 and 10, if provided.`,
        );
      }
      const queue = this.queueByUrl(QueueUrl, caller);
      const messages = await queue.receive(MaxNumberOfMessages, VisibilityTimeout, WaitTimeSeconds);
      const systemNames = [...(input.MessageSystemAttributeNames ?? []), ...(input.AttributeNames ?? [])];
      return messages.length === 0
        ? {}
        : {
            Messages: messages.map((message) =>
              received(message, systemNames, input.MessageAttributeNames ?? []),
            ),
          };
    },

    DeleteMessage: ({ QueueUrl = "", ReceiptHandle = "" }, caller) => {
      this.queueByUrl(QueueUrl, caller).delete(ReceiptHandle);
    },

    DeleteMessageBatch: ({ QueueUrl = "", Entries }, caller) => {
      const queue = this.queueByUrl(QueueUrl, caller);
      return batch(Entries, ({ ReceiptHandle = "" }) => {
        queue.delete(ReceiptHandle);
        return {};
      });
    },

    ChangeMessageVisibility: ({ QueueUrl = "", ReceiptHandle = "", VisibilityTimeout = 0 }, caller) => {
      this.queueByUrl(QueueUrl, caller).changeVisibility(ReceiptHandle, VisibilityTimeout);
    },

    ChangeMessageVisibilityBatch: ({ QueueUrl = "", Entries }, caller) => {
      const queue = this.queueByUrl(QueueUrl, caller);
      return batch(Entries, ({ ReceiptHandle = "", VisibilityTimeout = 0 }) => {
        queue.changeVisibility(ReceiptHandle, VisibilityTimeout);
        return {};
      });
    },

    PurgeQueue: ({ QueueUrl = "" }, caller) => {
      this.queueByUrl(QueueUrl, caller).purge();
    },

    TagQueue: ({ QueueUrl = "", Tags = {} }, caller) => {
      Object.assign(this.queueByUrl(QueueUrl, caller).tags, Tags);
    },

    UntagQueue: ({ QueueUrl = "", TagKeys = [] }, caller) => {
      const { tags } = this.queueByUrl(QueueUrl, caller);
      for (const key of TagKeys) delete tags[key];
    },

    ListQueueTags: ({ QueueUrl = "" }, caller) => ({ Tags: this.queueByUrl(QueueUrl, caller).tags }),

    ListDeadLetterSourceQueues: ({ QueueUrl = "" }, caller) => {
      const { arn } = this.queueByUrl(QueueUrl, caller);
      const sources = this.regions.of(caller).all();
      return {
        queueUrls: sources
          .filter(({ attributes }) => attributes.RedrivePolicy?.includes(`"${arn}"`))
          .map((queue) => this.urlOf(queue)),
      };
    },
  };
}

// An SDK in a Lambda function sends the trace header of its chain of requests.
function outgoing(input: MessageInput, { request }: Call): OutgoingMessage {
  const { DelaySeconds, MessageAttributes, MessageBody = "", MessageSystemAttributes = {} } = input;
  const traceHeader =
    MessageSystemAttributes.AWSTraceHeader?.StringValue ?? request?.headers["x-amzn-trace-id"];
  return { body: MessageBody, attributes: MessageAttributes, delaySeconds: DelaySeconds, traceHeader };
}

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessageBatch.html */
function checkBatchSize(entries: BatchEntry[] = []): void {
  const size = entries.reduce(
    (sum, { MessageAttributes = {}, MessageBody = "" }) => sum + messageSize(MessageBody, MessageAttributes),
    0,
  );
  if (size > MAX_MESSAGE_BYTES) {
    throw new AwsError(
      "BatchRequestTooLong",
      `Batch requests cannot be longer than ${MAX_MESSAGE_BYTES} bytes. You have sent ${size} bytes.`,
    );
  }
}

function sent({ id, body, attributes }: QueuedMessage) {
  return { MessageId: id, MD5OfMessageBody: md5(body), ...attributesDigest(attributes) };
}

function attributesDigest(attributes: MessageAttributes): { MD5OfMessageAttributes?: string } {
  return Object.keys(attributes).length > 0 ? { MD5OfMessageAttributes: md5OfAttributes(attributes) } : {};
}

function received(message: QueuedMessage, systemNames: string[], names: string[]) {
  const attributes = pickedByPrefix(message.attributes, names);
  const system = picked(
    {
      SenderId: message.senderId,
      SentTimestamp: String(message.sentAt),
      ApproximateReceiveCount: String(message.receiveCount),
      ApproximateFirstReceiveTimestamp: String(message.firstReceivedAt),
      ...(message.sourceQueueArn ? { DeadLetterQueueSourceArn: message.sourceQueueArn } : {}),
      ...(message.traceHeader ? { AWSTraceHeader: message.traceHeader } : {}),
    },
    systemNames,
  );
  return {
    MessageId: message.id,
    ReceiptHandle: message.receiptHandle,
    Body: message.body,
    MD5OfBody: md5(message.body),
    ...(Object.keys(system).length > 0 ? { Attributes: system } : {}),
    ...(Object.keys(attributes).length > 0 ? { MessageAttributes: attributes } : {}),
    ...attributesDigest(attributes),
  };
}

function allAttributes(queue: Queue): QueueAttributes {
  const { visible, inFlight, delayed } = queue.counts();
  return {
    ...queue.attributes,
    QueueArn: queue.arn,
    ApproximateNumberOfMessages: String(visible),
    ApproximateNumberOfMessagesNotVisible: String(inFlight),
    ApproximateNumberOfMessagesDelayed: String(delayed),
    CreatedTimestamp: String(Math.floor(queue.createdAt / 1000)),
    LastModifiedTimestamp: String(Math.floor(queue.modifiedAt / 1000)),
  };
}

function picked<T>(all: Record<string, T>, names: string[]): Record<string, T> {
  if (names.includes("All")) return all;
  return Object.fromEntries(Object.entries(all).filter(([name]) => names.includes(name)));
}

/** Message attributes are requested by name, by `All`, or by a prefix that ends in `.*`. */
function pickedByPrefix(all: MessageAttributes, names: string[]): MessageAttributes {
  if (names.includes(".*")) return all;
  const prefixes = names.filter((name) => name.endsWith(".*")).map((name) => name.slice(0, -1));
  const byPrefix = Object.keys(all).filter((name) => prefixes.some((prefix) => name.startsWith(prefix)));
  return picked(all, [...names, ...byPrefix]);
}

function batch(entries: BatchEntry[] | undefined, each: (entry: BatchEntry) => object) {
  if (!entries?.length) {
    throw new AwsError(
      "EmptyBatchRequest",
      "There should be at least one SendMessageBatchRequestEntry in the request.",
    );
  }
  if (entries.length > 10) {
    throw new AwsError(
      "TooManyEntriesInBatchRequest",
      `Maximum number of entries per request are 10. You have sent ${entries.length}.`,
    );
  }
  if (new Set(entries.map(({ Id }) => Id)).size < entries.length) {
    throw new AwsError(
      "BatchEntryIdsNotDistinct",
      "Two or more batch entries in the request have the same Id.",
    );
  }
  const Successful: object[] = [];
  const Failed: object[] = [];
  for (const entry of entries) {
    try {
      Successful.push({ Id: entry.Id, ...each(entry) });
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      Failed.push({ Id: entry.Id, Code: error.code, Message: error.message, SenderFault: true });
    }
  }
  return { Successful, Failed };
}
