import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group";
import { CloudwatchMetricAlarm } from "@cdktf/provider-aws/lib/cloudwatch-metric-alarm";
import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import { LambdaFunction } from "@cdktf/provider-aws/lib/lambda-function";
import { LambdaFunctionEventInvokeConfig } from "@cdktf/provider-aws/lib/lambda-function-event-invoke-config";
import type { Construct } from "constructs";
import { base64Sha256, bundleAsset } from "../core/bundle";
import { checkLogRetention } from "../core/log-retention";
import { sortedEntries } from "../core/maps";
import { type PolicyStatement, policy, trust, useKey, writeLog } from "../core/policy";
import { Twin } from "../core/twin";
import { checkMatches, checkOneOf, checkRange } from "../core/validation";

export interface HandlerProps {
  /** Name of the function and of its role: 1 to 64 letters, digits, hyphens and underscores. */
  readonly name: string;
  /** Absolute path of the bundle, a zip whose `index.js` exports `handler`. */
  readonly filename: string;
  /**
   * Processor the function runs on; `arm64` costs less.
   * @default "arm64"
   */
  readonly architecture?: "arm64" | "x86_64";
  /**
   * Memory in MB: 128 to 10240. Processor time grows with it.
   * @default 512
   */
  readonly memorySize?: number;
  /**
   * Longest run of one invocation, in seconds: 1 to 900.
   * @default 30
   */
  readonly timeout?: number;
  /**
   * Environment variables of the function; 4 KB in all.
   * @default - none
   */
  readonly environment?: Readonly<Record<string, string>>;
  /**
   * What the function may do besides logging, tracing and writing dead letters: JSON policy documents by name.
   * @default - nothing
   */
  readonly policies?: Readonly<Record<string, string>>;
  /**
   * ARN of the SQS queue that gets each event that failed for good, with the reason, as Lambda's on-failure
   * destination.
   */
  readonly deadLetterQueueArn: string;
  /**
   * How often Lambda tries a failed asynchronous event again: 0 to 2, one and two minutes later.
   * @default 2
   */
  readonly maximumRetryAttempts?: number;
  /**
   * How long Lambda holds an asynchronous event that it cannot hand over, in seconds: 60 to 21600.
   * @default 21600
   */
  readonly maximumEventAgeSeconds?: number;
  /**
   * Most invocations at a time, kept for this function; -1 uses the account's common pool.
   * @default -1
   */
  readonly reservedConcurrentExecutions?: number;
  /**
   * How long the function's log is kept, in days: a value that CloudWatch Logs takes.
   * @default 365
   */
  readonly logRetentionDays?: number;
  /**
   * ARN of the KMS key that encrypts the log and the environment variables; the function may use it. Its key policy
   * must let CloudWatch Logs use it.
   * @default - the keys that AWS manages
   */
  readonly kmsKeyArn?: string;
  /**
   * ARNs told when the function fails, is throttled or loses an event, for instance an SNS topic.
   * @default - the alarms show in CloudWatch only
   */
  readonly alarmActions?: readonly string[];
  /** Tags of every resource made here. */
  readonly tags?: Readonly<Record<string, string>>;
}

/**
 * A Lambda function from a ready bundle: its log group made first, a role that can do no more than it is given,
 * failed events kept with their reason, alarms and tracing. It stays out of any VPC, for it calls AWS APIs only.
 * Twin of the module `handler`.
 *
 * @throws ValidationError when a value is one that Lambda refuses.
 */
export class Handler extends Twin {
  readonly functionName: string;
  readonly functionArn: string;
  readonly roleName: string;
  readonly roleArn: string;
  readonly logGroupName: string;

  constructor(scope: Construct, id: string, props: HandlerProps) {
    super(scope, id);
    checkMatches(
      this,
      "name",
      props.name,
      /^[A-Za-z0-9_-]{1,64}$/,
      "a Lambda function name has 1 to 64 letters, digits, hyphens and underscores.",
    );
    checkOneOf(this, "architecture", props.architecture, ["arm64", "x86_64"]);
    checkRange(this, "memorySize", props.memorySize, 128, 10240, "Lambda");
    checkRange(this, "timeout", props.timeout, 1, 900, "Lambda");
    checkRange(this, "maximumRetryAttempts", props.maximumRetryAttempts, 0, 2, "Lambda");
    checkRange(this, "maximumEventAgeSeconds", props.maximumEventAgeSeconds, 60, 21600, "Lambda");
    checkRange(
      this,
      "reservedConcurrentExecutions",
      props.reservedConcurrentExecutions,
      -1,
      Number.POSITIVE_INFINITY,
      "Lambda",
    );
    checkLogRetention(this, "logRetentionDays", props.logRetentionDays);
    const { name, tags } = props;

    // Made before the function: Lambda would make one that never expires.
    const logGroup = this.twin(
      "aws_cloudwatch_log_group.this",
      new CloudwatchLogGroup(this, "log-group", {
        name: `/aws/lambda/${name}`,
        retentionInDays: props.logRetentionDays ?? 365,
        kmsKeyId: props.kmsKeyArn,
        tags,
      }),
    );

    const role = this.twin(
      "aws_iam_role.this",
      new IamRole(this, "role", {
        name,
        description: `Taken by the Lambda function ${name}.`,
        assumeRolePolicy: trust("lambda.amazonaws.com"),
        tags,
      }),
    );
    const mayDo = (address: string, id: string, name: string, document: string): IamRolePolicy =>
      this.twin(address, new IamRolePolicy(this, id, { name, role: role.name, policy: document }));

    mayDo("aws_iam_role_policy.log", "log-policy", "log", policy(writeLog(logGroup.arn)));
    mayDo("aws_iam_role_policy.trace", "trace-policy", "trace", policy(writeTrace));
    const deadLetterPolicy = mayDo(
      "aws_iam_role_policy.dead_letter",
      "dead-letter-policy",
      "dead-letter",
      policy(
        { Effect: "Allow", Action: "sqs:SendMessage", Resource: props.deadLetterQueueArn },
        // To read its environment, and to write into a queue or a bucket that the same key encrypts.
        ...(props.kmsKeyArn === undefined ? [] : [useKey(props.kmsKeyArn)]),
      ),
    );
    for (const [policyName, document] of sortedEntries(props.policies)) {
      mayDo(`aws_iam_role_policy.given["${policyName}"]`, `given-policy-${policyName}`, policyName, document);
    }

    const fn = this.twin(
      "aws_lambda_function.this",
      new LambdaFunction(this, "function", {
        functionName: name,
        role: role.arn,
        runtime: "nodejs22.x",
        handler: "index.handler",
        architectures: [props.architecture ?? "arm64"],
        filename: bundleAsset(this, props.filename),
        sourceCodeHash: base64Sha256(props.filename),
        memorySize: props.memorySize ?? 512,
        timeout: props.timeout ?? 30,
        reservedConcurrentExecutions: props.reservedConcurrentExecutions ?? -1,
        kmsKeyArn: props.kmsKeyArn,
        environment: { variables: props.environment ?? {} },
        tracingConfig: { mode: "Active" },
        // The handlers write JSON lines themselves; Lambda's own JSON format would wrap them once more.
        loggingConfig: { logFormat: "Text", logGroup: logGroup.name },
        tags,
      }),
    );

    this.twin(
      "aws_lambda_function_event_invoke_config.this",
      new LambdaFunctionEventInvokeConfig(this, "event-invoke-config", {
        functionName: fn.functionName,
        maximumRetryAttempts: props.maximumRetryAttempts ?? 2,
        maximumEventAgeInSeconds: props.maximumEventAgeSeconds ?? 21600,
        destinationConfig: { onFailure: { destination: props.deadLetterQueueArn } },
        // Lambda checks that the role may write to the destination.
        dependsOn: [deadLetterPolicy],
      }),
    );

    const watched = {
      namespace: "AWS/Lambda",
      statistic: "Sum",
      period: 60,
      comparisonOperator: "GreaterThanThreshold",
      threshold: 0,
      dimensions: { FunctionName: fn.functionName },
      treatMissingData: "notBreaching",
      alarmActions: [...(props.alarmActions ?? [])],
      tags,
    };
    this.twin(
      "aws_cloudwatch_metric_alarm.errors",
      new CloudwatchMetricAlarm(this, "errors-alarm", {
        ...watched,
        alarmName: `${name}-errors`,
        alarmDescription: `The function ${name} fails; what it cannot do after retries goes to its dead-letter queue.`,
        metricName: "Errors",
        evaluationPeriods: 1,
      }),
    );
    this.twin(
      "aws_cloudwatch_metric_alarm.throttles",
      new CloudwatchMetricAlarm(this, "throttles-alarm", {
        ...watched,
        alarmName: `${name}-throttles`,
        alarmDescription: `The function ${name} gets more events than its concurrency takes; they wait and may grow too old.`,
        metricName: "Throttles",
        evaluationPeriods: 5,
      }),
    );
    // Nothing else shows such an event, for it lies in no queue.
    this.twin(
      "aws_cloudwatch_metric_alarm.destination_failures",
      new CloudwatchMetricAlarm(this, "destination-failures-alarm", {
        ...watched,
        alarmName: `${name}-destination-failures`,
        alarmDescription: `Lambda could not send a failed event of the function ${name} to its dead-letter queue; the event is lost. Causes are missing permissions and events larger than the queue takes.`,
        metricName: "DestinationDeliveryFailures",
        evaluationPeriods: 1,
      }),
    );
    this.twin(
      "aws_cloudwatch_metric_alarm.events_dropped",
      new CloudwatchMetricAlarm(this, "events-dropped-alarm", {
        ...watched,
        alarmName: `${name}-events-dropped`,
        alarmDescription: `Lambda dropped an event of the function ${name}: it was too old, or its retries were used up. It lies in the dead-letter queue, unless ${name}-destination-failures is in ALARM.`,
        metricName: "AsyncEventsDropped",
        evaluationPeriods: 1,
      }),
    );

    this.functionName = fn.functionName;
    this.functionArn = fn.arn;
    this.roleName = role.name;
    this.roleArn = role.arn;
    this.logGroupName = logGroup.name;
  }
}

/** X-Ray has no resources to name. */
const writeTrace: PolicyStatement = {
  Effect: "Allow",
  Action: ["xray:PutTraceSegments", "xray:PutTelemetryRecords"],
  Resource: "*",
};
