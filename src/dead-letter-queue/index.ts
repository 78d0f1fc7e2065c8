import { CloudwatchMetricAlarm } from "@cdktf/provider-aws/lib/cloudwatch-metric-alarm";
import { SqsQueue } from "@cdktf/provider-aws/lib/sqs-queue";
import { SqsQueuePolicy } from "@cdktf/provider-aws/lib/sqs-queue-policy";
import type { Construct } from "constructs";
import { checkCommonInputs } from "../core/common-inputs";
import { sortedValues } from "../core/maps";
import { allowSendMessage, policy, tlsOnlyQueue } from "../core/policy";
import { withoutNulls } from "../core/props";
import { type Names, Twin } from "../core/twin";
import { typed } from "../core/typed";
import { check, checkMatches, checkRange } from "../core/validation";

/** An AWS service that has permission to send messages to a queue on behalf of one resource. */
export interface QueueSender {
  /** Service principal, for instance `events.amazonaws.com`. */
  readonly service: string;
  /** ARN of the resource that the service acts for, for instance an EventBridge rule. */
  readonly sourceArn: string;
}

/** Settings of a {@link DeadLetterQueue}. */
export interface DeadLetterQueueProps {
  /** Name of the queue: 1 to 80 letters, digits, hyphens and underscores (SQS API reference: CreateQueue). */
  readonly name: string;
  /**
   * AWS services that have permission to send messages to the queue, by a key of your choice.
   * @default - none; only principals whose own policy allows it can send
   */
  readonly senders?: Readonly<Record<string, QueueSender>>;
  /**
   * Retention of a message in the queue, in seconds: 60 to 1209600, which is 14 days (SQS API reference:
   * SetQueueAttributes).
   * @default 1209600
   */
  readonly messageRetentionSeconds?: number;
  /**
   * ARN of the KMS key that encrypts the messages.
   * @default - the key that SQS manages
   */
  readonly kmsKeyArn?: string;
  /**
   * ARNs that the alarm notifies when a message is in the queue, for instance the ARN of an SNS topic.
   * @default - none; the alarm is visible in CloudWatch only
   */
  readonly alarmActions?: readonly string[];
  /**
   * Names of existing resources that this construct adopts, by twin address, such as `aws_sqs_queue.this`: each
   * replaces the name that the construct would give, so that Terraform does not replace the resource.
   * @default - the names that the construct gives
   */
  readonly names?: Names;
  /** Tags of every resource of this construct. */
  readonly tags?: Readonly<Record<string, string>>;
}

/**
 * An SQS dead-letter queue (DLQ) for events and messages that could not be processed, with an alarm that is in ALARM
 * while a message is in the queue. Twin of the module `dead-letter-queue`.
 *
 * @example
 * import { DeadLetterQueue } from "cdktf-event-driven-ecs/dead-letter-queue";
 * import { Handler } from "cdktf-event-driven-ecs/handler";
 *
 * const lost = new DeadLetterQueue(this, "lost", {
 *   name: "resize-lost",
 *   alarmActions: ["arn:aws:sns:eu-west-1:123456789012:oncall"],
 * });
 * new Handler(this, "resize", { name: "resize", filename: "/app/resize.zip", deadLetterQueueArn: lost.queueArn });
 *
 * @throws ValidationError when the name or the retention is one that SQS refuses.
 */
export class DeadLetterQueue extends Twin {
  /** ARN of the dead-letter queue. */
  readonly queueArn: string;
  /** URL of the dead-letter queue. */
  readonly queueUrl: string;
  /** Name of the dead-letter queue. */
  readonly queueName: string;

  constructor(scope: Construct, id: string, given: DeadLetterQueueProps) {
    super(scope, id);
    const props = typed(this, "dead-letter-queue", withoutNulls(given));
    checkCommonInputs(this, "dead-letter-queue", props);
    checkMatches(
      this,
      "name",
      props.name,
      /^[A-Za-z0-9_-]{1,80}$/,
      "an SQS queue name has 1 to 80 letters, digits, hyphens and underscores.",
    );
    checkSenders(this, props.senders);
    checkRange(this, "messageRetentionSeconds", props.messageRetentionSeconds, 60, 1209600, "SQS");

    this.useNames(props.names);
    const queue = this.twin(
      "aws_sqs_queue.this",
      new SqsQueue(this, "queue", {
        name: this.named("aws_sqs_queue.this") ?? props.name,
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
          ...sortedValues(props.senders).map((sender) => allowSendMessage(sender, queue.arn)),
        ),
      }),
    );

    this.twin(
      "aws_cloudwatch_metric_alarm.messages",
      new CloudwatchMetricAlarm(this, "alarm", {
        alarmName: this.named("aws_cloudwatch_metric_alarm.messages") ?? `${props.name}-not-empty`,
        alarmDescription: `A message is in the dead-letter queue ${props.name}: an event or a message could not be processed.`,
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
    this.refuseUnknownNames();
  }
}

/** @throws ValidationError when the policy of a queue would have more statements than SQS takes. */
export function checkSenders(
  scope: Construct,
  senders: Readonly<Record<string, QueueSender>> | undefined,
): void {
  const count = Object.keys(senders ?? {}).length;
  check(
    scope,
    count <= 19,
    `senders has ${count} senders; the policy of a queue has at most 20 statements, and one requires TLS. Let senders share an ARN with *.`,
  );
}
