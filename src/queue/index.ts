import { CloudwatchMetricAlarm } from "@cdktf/provider-aws/lib/cloudwatch-metric-alarm";
import { SqsQueue } from "@cdktf/provider-aws/lib/sqs-queue";
import { SqsQueuePolicy } from "@cdktf/provider-aws/lib/sqs-queue-policy";
import { SqsQueueRedriveAllowPolicy } from "@cdktf/provider-aws/lib/sqs-queue-redrive-allow-policy";
import { Lazy } from "cdktf";
import type { Construct } from "constructs";
import { checkCommonInputs } from "../core/common-inputs";
import { json } from "../core/json";
import { sortedValues } from "../core/maps";
import { allowSendMessage, policy, tlsOnlyQueue } from "../core/policy";
import { withoutNulls } from "../core/props";
import { type Names, Twin } from "../core/twin";
import { typed } from "../core/typed";
import { check, checkGivenExactlyWhenNotMade, checkMatches, checkRange, isKnown } from "../core/validation";
import { checkSenders, DeadLetterQueue, type QueueSender } from "../dead-letter-queue";

/** Settings of a {@link Queue}. */
export interface QueueProps {
  /**
   * Name of the queue: 1 to 68 letters, digits, hyphens and underscores. SQS allows 80 (API reference: CreateQueue), and
   * the dead-letter queue is named `<name>-dead-letter`.
   */
  readonly name: string;
  /**
   * How long a received message is hidden from other consumers, in seconds: 0 to 43200 (SQS API reference:
   * SetQueueAttributes). It must be longer than the consumer needs for one message; AWS recommends six times the timeout
   * of a Lambda function (Lambda Developer Guide: using Lambda with Amazon SQS).
   * @default 30
   */
  readonly visibilityTimeoutSeconds?: number;
  /**
   * Retention of a message in the queue, in seconds: 60 to 1209600, which is 14 days (SQS API reference:
   * SetQueueAttributes).
   * @default 345600 (4 days)
   */
  readonly messageRetentionSeconds?: number;
  /**
   * How often a message is received before SQS moves it to the dead-letter queue: 1 to 1000 (SQS Developer Guide:
   * configure a dead-letter queue).
   * @default 5
   */
  readonly maxReceiveCount?: number;
  /**
   * Whether to create the dead-letter queue. If false, `existingDeadLetterQueue` must be given.
   * @default true
   */
  readonly createDeadLetterQueue?: boolean;
  /**
   * ARN and URL of the dead-letter queue, when `createDeadLetterQueue` is false. It must not be the dead-letter queue of
   * another queue, because its redrive allow policy names this queue only.
   * @default - none; the dead-letter queue is created
   */
  readonly existingDeadLetterQueue?: { readonly arn: string; readonly url: string };
  /**
   * AWS services that have permission to send messages to the queue, by a key of your choice; {@link Queue.admit} adds
   * to them.
   * @default - none; only principals whose own policy allows it can send
   */
  readonly senders?: Readonly<Record<string, QueueSender>>;
  /**
   * Age of the oldest message, in seconds, from which the alarm is in ALARM. It must be more than 0.
   * @default 3600
   */
  readonly maxAgeSeconds?: number;
  /**
   * ARN of the KMS key that encrypts the messages.
   * @default - the key that SQS manages
   */
  readonly kmsKeyArn?: string;
  /**
   * ARNs that the alarms notify when a message is too old or is in the dead-letter queue, for instance the ARN of an SNS
   * topic.
   * @default - none; the alarms are visible in CloudWatch only
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
 * An SQS queue with a dead-letter queue (DLQ) that allows this queue only as its source: encrypted, TLS only, with alarms
 * on old messages and on messages in the DLQ. Twin of the module `queue`.
 *
 * @example
 * import { policy } from "cdktf-event-driven-ecs/policy";
 * import { Queue } from "cdktf-event-driven-ecs/queue";
 *
 * const jobs = new Queue(this, "jobs", { name: "jobs", visibilityTimeoutSeconds: 180 });
 * const readJobs = policy({
 *   Effect: "Allow",
 *   Action: ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"],
 *   Resource: jobs.queueArn,
 * });
 *
 * @throws ValidationError when a value is one that SQS refuses.
 */
export class Queue extends Twin {
  /** ARN of the queue. */
  readonly queueArn: string;
  /** URL of the queue. */
  readonly queueUrl: string;
  /** Name of the queue. */
  readonly queueName: string;
  /** ARN of the dead-letter queue (DLQ), whether it is created here or given. */
  readonly deadLetterQueueArn: string;
  /** URL of the dead-letter queue (DLQ), whether it is created here or given. */
  readonly deadLetterQueueUrl: string;

  private readonly senders: Record<string, QueueSender>;

  constructor(scope: Construct, id: string, given: QueueProps) {
    super(scope, id);
    const props = typed(this, "queue", withoutNulls(given));
    checkCommonInputs(this, "queue", props);
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

    this.useNames(props.names);
    this.senders = { ...props.senders };
    checkSenders(this, this.senders);
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
        name: this.named("aws_sqs_queue.this") ?? props.name,
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
      ...sortedValues(this.senders).map((sender) => allowSendMessage(sender, queue.arn)),
    ];
    this.twin(
      "aws_sqs_queue_policy.this",
      new SqsQueuePolicy(this, "policy", {
        queueUrl: queue.id,
        // Lazy, because `admit` adds senders until synthesis.
        policy: Lazy.stringValue({ produce: () => policy(...statements()) }),
      }),
    );

    // Without this policy any queue of the account could use this dead-letter queue.
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
        alarmName: this.named("aws_cloudwatch_metric_alarm.age") ?? `${props.name}-age`,
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
    this.refuseUnknownNames();
  }

  /**
   * Allows an AWS service to send messages to the queue.
   *
   * @param key of your choice, unique among the senders of this queue.
   * @param sender the service and the resource that it acts for.
   * @throws ValidationError when there is a sender with this key already.
   */
  admit(key: string, sender: QueueSender): void {
    check(this, !(key in this.senders), `senders has "${key}" already; give one of them another key.`);
    checkSenders(this, { ...this.senders, [key]: sender });
    this.senders[key] = sender;
  }

  private deadLetterQueue({ name, kmsKeyArn, alarmActions, tags }: QueueProps): { arn: string; url: string } {
    const { queueArn, queueUrl } = this.twinModule(
      'module.dead_letter_queue["this"]',
      new DeadLetterQueue(this, "dead-letter-queue", {
        name: `${name}-dead-letter`,
        names: this.namesIn('module.dead_letter_queue["this"]'),
        kmsKeyArn,
        alarmActions,
        tags,
      }),
    );
    return { arn: queueArn, url: queueUrl };
  }
}
