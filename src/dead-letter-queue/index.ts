import { CloudwatchMetricAlarm } from "@cdktf/provider-aws/lib/cloudwatch-metric-alarm";
import { SqsQueue } from "@cdktf/provider-aws/lib/sqs-queue";
import { SqsQueuePolicy } from "@cdktf/provider-aws/lib/sqs-queue-policy";
import type { Construct } from "constructs";
import { sortedValues } from "../core/maps";
import { maySend, policy, tlsOnlyQueue } from "../core/policy";
import { Twin } from "../core/twin";
import { checkMatches, checkRange } from "../core/validation";

/** An AWS service that may put messages into a queue on behalf of one resource. */
export interface QueueSender {
  /** Service principal, for instance `events.amazonaws.com`. */
  readonly service: string;
  /** ARN of the resource it acts for, for instance an EventBridge rule. */
  readonly sourceArn: string;
}

export interface DeadLetterQueueProps {
  /** Name of the queue: 1 to 80 letters, digits, hyphens and underscores. */
  readonly name: string;
  /**
   * AWS services that may put messages here, by a key of your choice.
   * @default - only identities whose own policy allows it
   */
  readonly senders?: Readonly<Record<string, QueueSender>>;
  /**
   * How long a dead letter is kept, in seconds: 60 to 1209600 (14 days, the longest that SQS keeps a message).
   * @default 1209600
   */
  readonly messageRetentionSeconds?: number;
  /**
   * ARN of the KMS key that encrypts the messages.
   * @default - the key that SQS manages
   */
  readonly kmsKeyArn?: string;
  /**
   * ARNs told when a message lies here, for instance an SNS topic.
   * @default - the alarm shows in CloudWatch only
   */
  readonly alarmActions?: readonly string[];
  /** Tags of every resource made here. */
  readonly tags?: Readonly<Record<string, string>>;
}

/**
 * A queue for what was accepted and could not be done, with an alarm that rings while a message lies in it.
 *
 * @throws ValidationError when the name or the retention is one that SQS refuses.
 */
export class DeadLetterQueue extends Twin {
  readonly queueArn: string;
  readonly queueUrl: string;
  readonly queueName: string;

  constructor(scope: Construct, id: string, props: DeadLetterQueueProps) {
    super(scope, id);
    checkMatches(
      this,
      "name",
      props.name,
      /^[A-Za-z0-9_-]{1,80}$/,
      "an SQS queue name has 1 to 80 letters, digits, hyphens and underscores.",
    );
    checkRange(this, "messageRetentionSeconds", props.messageRetentionSeconds, 60, 1209600, "SQS");

    const queue = this.twin(
      "aws_sqs_queue.this",
      new SqsQueue(this, "queue", {
        name: props.name,
        messageRetentionSeconds: props.messageRetentionSeconds ?? 1209600,
        sqsManagedSseEnabled: props.kmsKeyArn === undefined ? true : undefined,
        kmsMasterKeyId: props.kmsKeyArn,
        kmsDataKeyReusePeriodSeconds: 300,
        tags: props.tags,
      }),
    );

    this.twin(
      "aws_sqs_queue_policy.this",
      new SqsQueuePolicy(this, "policy", {
        queueUrl: queue.id,
        policy: policy(
          tlsOnlyQueue(queue.arn),
          ...sortedValues(props.senders).map((sender) => maySend(sender, queue.arn)),
        ),
      }),
    );

    this.twin(
      "aws_cloudwatch_metric_alarm.messages",
      new CloudwatchMetricAlarm(this, "alarm", {
        alarmName: `${props.name}-not-empty`,
        alarmDescription: `A message lies in the dead-letter queue ${props.name}: something was accepted and could not be done.`,
        namespace: "AWS/SQS",
        metricName: "ApproximateNumberOfMessagesVisible",
        dimensions: { QueueName: queue.name },
        statistic: "Maximum",
        period: 60,
        evaluationPeriods: 1,
        comparisonOperator: "GreaterThanThreshold",
        threshold: 0,
        treatMissingData: "notBreaching",
        alarmActions: [...(props.alarmActions ?? [])],
        tags: props.tags,
      }),
    );

    this.queueArn = queue.arn;
    this.queueUrl = queue.url;
    this.queueName = queue.name;
  }
}
