import { randomUUID } from "node:crypto";
import { AwsError } from "../aws-error";
import type { Clock } from "../clock";
import { type MessageAttributes, messageSize } from "./message";
import { parseRedrivePolicy, type QueueAttributes, withChanges } from "./queue-attributes";
import { QueueUsage, type Usage } from "./queue-usage";

export interface QueuedMessage {
  id: string;
  body: string;
  attributes: MessageAttributes;
  senderId: string;
  sentAt: number;
  /** can be received from this time on */
  visibleAt: number;
  firstReceivedAt?: number;
  receiveCount: number;
  receiptHandle?: string;
  /** ARN of the queue that moved the message to this DLQ */
  sourceQueueArn?: string;
  /** X-Ray trace header of the sender */
  traceHeader?: string;
}

export interface OutgoingMessage {
  body: string;
  attributes?: MessageAttributes;
  delaySeconds?: number;
  senderId?: string;
  traceHeader?: string;
}

export interface MessageCounts {
  visible: number;
  inFlight: number;
  delayed: number;
}

// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html
const MAX_DELAY_S = 900;

/** A standard queue with visibility timeouts, delays and a redrive policy. */
export class Queue {
  readonly tags: Record<string, string> = {};
  readonly createdAt: number;
  modifiedAt: number;
  private messages: QueuedMessage[] = [];
  private readonly waiting = new Set<() => void>();
  private readonly usage: QueueUsage;

  constructor(
    readonly name: string,
    readonly arn: string,
    private current: QueueAttributes,
    private readonly clock: Clock,
    private readonly deadLetterQueue: (arn: string) => Queue | undefined,
  ) {
    this.createdAt = this.modifiedAt = clock.now().getTime();
    this.usage = new QueueUsage(clock);
  }

  get attributes(): QueueAttributes {
    return this.current;
  }

  setAttributes(changes: QueueAttributes): void {
    this.use();
    this.current = withChanges(this.current, changes);
    this.modifiedAt = this.now();
  }

  send(outgoing: OutgoingMessage): QueuedMessage {
    const { body, attributes = {}, delaySeconds, senderId = "AIDALOCAL", traceHeader } = outgoing;
    if (this.attributes.FifoQueue === "true") {
      throw new AwsError(
        "UnsupportedOperation",
        "Local AWS stores FIFO queues but does not support their messages.",
      );
    }
    if (body === "")
      throw new AwsError("MissingParameter", "The request must contain the parameter MessageBody.");
    const limit = this.seconds("MaximumMessageSize");
    if (messageSize(body, attributes) > limit) {
      throw new AwsError(
        "InvalidParameterValue",
        `One or more parameters are invalid. Reason: Message must be shorter than ${limit} bytes.`,
      );
    }
    if (delaySeconds !== undefined && !isDelay(delaySeconds)) {
      throw new AwsError(
        "InvalidParameterValue",
        `Value ${delaySeconds} for parameter DelaySeconds is invalid. Reason: DelaySeconds must be >= 0 and <= ${MAX_DELAY_S}.`,
      );
    }
    const now = this.now();
    const message: QueuedMessage = {
      id: randomUUID(),
      body,
      attributes,
      senderId,
      sentAt: now,
      visibleAt: now + (delaySeconds ?? this.seconds("DelaySeconds")) * 1000,
      receiveCount: 0,
      traceHeader,
    };
    this.add(message);
    this.usage.count({ sent: 1, sentBytes: messageSize(body, attributes) });
    return message;
  }

  /** Waits up to `waitSeconds` (default: that of the queue) for at least one message. */
  async receive(max: number, visibilitySeconds?: number, waitSeconds?: number): Promise<QueuedMessage[]> {
    const deadline = this.now() + (waitSeconds ?? this.seconds("ReceiveMessageWaitTimeSeconds")) * 1000;
    for (;;) {
      const received = this.take(max, (visibilitySeconds ?? this.seconds("VisibilityTimeout")) * 1000);
      if (received.length > 0 || this.now() >= deadline) {
        this.usage.count({ received: received.length, emptyReceives: received.length === 0 ? 1 : 0 });
        return received;
      }
      await this.changed(deadline);
    }
  }

  delete(receiptHandle: string): void {
    this.use();
    const held = this.held(receiptHandle);
    if (!held) return;
    this.messages = this.messages.filter((message) => message !== held);
    this.usage.count({ deleted: 1 });
  }

  changeVisibility(receiptHandle: string, seconds: number): void {
    this.use();
    const held = this.held(receiptHandle);
    if (!held || held.visibleAt <= this.now()) {
      throw new AwsError(
        "MessageNotInflight",
        "The specified message isn't in flight or it is not available for visibility timeout change.",
      );
    }
    held.visibleAt = this.now() + seconds * 1000;
    this.wake();
  }

  purge(): void {
    this.use();
    this.messages = [];
  }

  counts(): MessageCounts {
    this.use();
    return this.messageCounts();
  }

  /** What the queue reports to CloudWatch since the last report; undefined if it is inactive. */
  report(): (MessageCounts & Usage & { oldestAgeSeconds: number }) | undefined {
    const counts = this.messageCounts();
    const usage = this.usage.take(this.messages.length > 0);
    const oldest = Math.min(this.now(), ...this.messages.map(({ sentAt }) => sentAt));
    return usage && { ...counts, ...usage, oldestAgeSeconds: Math.floor((this.now() - oldest) / 1000) };
  }

  private messageCounts(): MessageCounts {
    this.dropExpired();
    const now = this.now();
    const hidden = this.messages.filter((message) => message.visibleAt > now);
    const inFlight = hidden.filter((message) => message.receiptHandle).length;
    return { visible: this.messages.length - hidden.length, inFlight, delayed: hidden.length - inFlight };
  }

  private use(): void {
    this.usage.use(this.messages.length > 0);
  }

  private add(message: QueuedMessage): void {
    this.use();
    this.messages.push(message);
    this.wake();
  }

  private take(max: number, visibilityMs: number): QueuedMessage[] {
    this.use();
    this.dropExpired();
    const now = this.now();
    const received: QueuedMessage[] = [];
    for (const message of [...this.messages]) {
      if (received.length === max) break;
      if (message.visibleAt > now || this.moveToDlq(message)) continue;
      message.receiveCount += 1;
      message.firstReceivedAt ??= now;
      message.visibleAt = now + visibilityMs;
      message.receiptHandle = Buffer.from(`${message.id}:${randomUUID()}`).toString("base64");
      received.push(message);
    }
    return received;
  }

  /** Moves a message that was received too often to the DLQ, if there is one. Returns whether it did. */
  private moveToDlq(message: QueuedMessage): boolean {
    if (!this.attributes.RedrivePolicy) return false;
    const { deadLetterTargetArn, maxReceiveCount } = parseRedrivePolicy(this.attributes.RedrivePolicy);
    const target = this.deadLetterQueue(deadLetterTargetArn);
    if (!target || message.receiveCount < maxReceiveCount) return false;
    this.messages = this.messages.filter((kept) => kept !== message);
    target.add({ ...message, receiptHandle: undefined, sourceQueueArn: this.arn });
    return true;
  }

  private dropExpired(): void {
    const oldest = this.now() - this.seconds("MessageRetentionPeriod") * 1000;
    this.messages = this.messages.filter((message) => message.sentAt > oldest);
  }

  private held(receiptHandle: string): QueuedMessage | undefined {
    const id = Buffer.from(receiptHandle, "base64").toString().split(":")[0] ?? "";
    if (!/^[0-9a-f-]{36}$/.test(id)) {
      throw new AwsError(
        "ReceiptHandleIsInvalid",
        `The input receipt handle "${receiptHandle}" is not valid.`,
        404,
      );
    }
    return this.messages.find((message) => message.id === id);
  }

  /** Resolves when a message may have become visible, at the latest at `deadline`. */
  changed(deadline: number): Promise<void> {
    const next = Math.min(deadline, ...this.messages.map((message) => message.visibleAt));
    return new Promise((resolve) => {
      const done = () => {
        cancel();
        this.waiting.delete(done);
        resolve();
      };
      const cancel = this.clock.setTimer(next - this.now(), done);
      this.waiting.add(done);
    });
  }

  private wake(): void {
    for (const done of [...this.waiting]) done();
  }

  private seconds(attribute: string): number {
    return Number(this.attributes[attribute]);
  }

  private now(): number {
    return this.clock.now().getTime();
  }
}

function isDelay(seconds: number): boolean {
  return Number.isInteger(seconds) && seconds >= 0 && seconds <= MAX_DELAY_S;
}
