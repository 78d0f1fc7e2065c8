import { CloudwatchMetricAlarm } from "@cdktf/provider-aws/lib/cloudwatch-metric-alarm";
import { SqsQueue } from "@cdktf/provider-aws/lib/sqs-queue";
import { SqsQueuePolicy } from "@cdktf/provider-aws/lib/sqs-queue-policy";
import { SqsQueueRedriveAllowPolicy } from "@cdktf/provider-aws/lib/sqs-queue-redrive-allow-policy";
import { Lazy } from "cdktf";
import type { Construct } from "constructs";
import { json } from "../core/json";
import { sortedValues } from "../core/maps";
import { maySend, policy, tlsOnlyQueue } from "../core/policy";
import { Twin } from "../core/twin";
import { check, checkGivenExactlyWhenNotMade, checkMatches, checkRange, isKnown } from "../core/validation";
import { DeadLetterQueue, type QueueSender } from "../dead-letter-queue";

export interface QueueProps {
  /**
   * Name of the queue: 1 to 68 letters, digits, hyphens and underscores (SQS allows 80, and `-dead-letter` is
   * added for the dead-letter queue).
   */
  readonly name: string;
  /**
   * How long a received message stays hidden, in seconds: 0 to 43200. Choose more than the consumer needs for
   * one message.
   * @default 30
   */
  readonly visibilityTimeoutSeconds?: number;
  /**
   * How long a message waits to be handled, in seconds: 60 to 1209600 (14 days).
   * @default 345600 (4 days)
   */
  readonly messageRetentionSeconds?: number;
  /**
   * How often a message is received before it becomes a dead letter: 1 to 1000.
   * @default 5
   */
  readonly maxReceiveCount?: number;
  /**
   * Whether a dead-letter queue is made or one is given (`existingDeadLetterQueue`).
   * @default true
   */
  readonly createDeadLetterQueue?: boolean;
  /**
   * The dead-letter queue, when `createDeadLetterQueue` is false. No other queue may use it: it takes dead letters from
   * this one alone.
   */
  readonly existingDeadLetterQueue?: { readonly arn: string; readonly url: string };
  /**
   * AWS services that may put messages here, by a key of your choice; {@link Queue.admit} adds to them.
   * @default - only identities whose own policy allows it
   */
  readonly senders?: Readonly<Record<string, QueueSender>>;
  /**
   * Age of the oldest message, in seconds, from which the alarm rings.
   * @default 3600
   */
  readonly maxAgeSeconds?: number;
  /**
   * ARN of the KMS key that encrypts the messages.
   * @default - the key that SQS manages
   */
  readonly kmsKeyArn?: string;
  /**
   * ARNs told when a message grows too old or dies, for instance an SNS topic.
   * @default - the alarms show in CloudWatch only
   */
  readonly alarmActions?: readonly string[];
  /** Tags of every resource made here. */
  readonly tags?: Readonly<Record<string, string>>;
}

/**
 * An SQS queue with its dead-letter queue: encrypted, TLS only, redrive allowed from this queue alone, alarms on
 * old messages and dead letters. Twin of the module `queue`.
 *
 * @throws ValidationError when a value is one that SQS refuses.
 */
export class Queue extends Twin {
  readonly queueArn: string;
  readonly queueUrl: string;
  readonly queueName: string;
  readonly deadLetterQueueArn: string;
  readonly deadLetterQueueUrl: string;

  private readonly senders: Record<string, QueueSender>;

  constructor(scope: Construct, id: string, props: QueueProps) {
    super(scope, id);
    checkMatches(
      this,
      "name",
      props.name,
      /^[A-Za-z0-9_-]{1,68}$/,
      'a queue name here has 1 to 68 letters, digits, hyphens and underscores (SQS allows 80, and "-dead-letter" is added).',
    );
    checkRange(this, "visibilityTimeoutSeconds", props.visibilityTimeoutSeconds, 0, 43200, "SQS");
    checkRange(this, "messageRetentionSeconds", props.messageRetentionSeconds, 60, 1209600, "SQS");
    checkRange(this, "maxReceiveCount", props.maxReceiveCount, 1, 1000, "SQS");
    if (isKnown(props.maxAgeSeconds)) {
      check(
        this,
        props.maxAgeSeconds! > 0,
        `maxAgeSeconds is ${props.maxAgeSeconds}; it must be more than 0.`,
      );
    }
    const { kmsKeyArn, alarmActions, tags } = props;

    this.senders = { ...props.senders };
    checkGivenExactlyWhenNotMade(
      this,
      "DeadLetterQueue",
      props.createDeadLetterQueue ?? true,
      props.existingDeadLetterQueue,
    );
    const deadLetterQueue = props.existingDeadLetterQueue ?? this.deadLetterQueue(props);

    const queue = this.twin(
      "aws_sqs_queue.this",
      new SqsQueue(this, "queue", {
        name: props.name,
        visibilityTimeoutSeconds: props.visibilityTimeoutSeconds ?? 30,
        messageRetentionSeconds: props.messageRetentionSeconds ?? 345600,
        receiveWaitTimeSeconds: 20,
        sqsManagedSseEnabled: kmsKeyArn === undefined ? true : undefined,
        kmsMasterKeyId: kmsKeyArn,
        kmsDataKeyReusePeriodSeconds: 300,
        redrivePolicy: json({
          deadLetterTargetArn: deadLetterQueue.arn,
          maxReceiveCount: props.maxReceiveCount ?? 5,
        }),
        tags,
      }),
    );

    const statements = () => [
      tlsOnlyQueue(queue.arn),
      ...sortedValues(this.senders).map((sender) => maySend(sender, queue.arn)),
    ];
    this.twin(
      "aws_sqs_queue_policy.this",
      new SqsQueuePolicy(this, "policy", {
        queueUrl: queue.id,
        // Not before all senders are known.
        policy: Lazy.stringValue({ produce: () => policy(...statements()) }),
      }),
    );

    // Without it any queue of the account could redrive into this one.
    this.twin(
      "aws_sqs_queue_redrive_allow_policy.dead_letter",
      new SqsQueueRedriveAllowPolicy(this, "redrive-allow-policy", {
        queueUrl: deadLetterQueue.url,
        redriveAllowPolicy: json({ redrivePermission: "byQueue", sourceQueueArns: [queue.arn] }),
      }),
    );

    this.twin(
      "aws_cloudwatch_metric_alarm.age",
      new CloudwatchMetricAlarm(this, "age-alarm", {
        alarmName: `${props.name}-age`,
        alarmDescription: `The oldest message of ${props.name} has waited too long: its consumer does not keep up.`,
        namespace: "AWS/SQS",
        metricName: "ApproximateAgeOfOldestMessage",
        dimensions: { QueueName: queue.name },
        statistic: "Maximum",
        period: 60,
        evaluationPeriods: 5,
        comparisonOperator: "GreaterThanOrEqualToThreshold",
        threshold: props.maxAgeSeconds ?? 3600,
        treatMissingData: "notBreaching",
        alarmActions: [...(alarmActions ?? [])],
        tags,
      }),
    );

    this.queueArn = queue.arn;
    this.queueUrl = queue.url;
    this.queueName = queue.name;
    this.deadLetterQueueArn = deadLetterQueue.arn;
    this.deadLetterQueueUrl = deadLetterQueue.url;
  }

  /** Lets an AWS service put messages here; `key` is of your choice, unique in this queue. */
  admit(key: string, sender: QueueSender): void {
    check(this, !(key in this.senders), `senders has "${key}" already; give one of them another key.`);
    this.senders[key] = sender;
  }

  private deadLetterQueue({ name, kmsKeyArn, alarmActions, tags }: QueueProps): { arn: string; url: string } {
    const { queueArn, queueUrl } = this.twinModule(
      'module.dead_letter_queue["this"]',
      new DeadLetterQueue(this, "dead-letter-queue", {
        name: `${name}-dead-letter`,
        kmsKeyArn,
        alarmActions,
        tags,
      }),
    );
    return { arn: queueArn, url: queueUrl };
  }
}
