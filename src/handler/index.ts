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
import { checkKeys, typed } from "../core/typed";
import { checkLiteral, checkMatches, checkOneOf, checkRange } from "../core/validation";

/** Settings of a {@link Handler}. */
export interface HandlerProps {
  /**
   * Name of the function and of its execution role: 1 to 64 letters, digits, hyphens and underscores (Lambda API
   * reference: CreateFunction).
   */
  readonly name: string;
  /** Absolute path of the bundle: a zip file whose `index.js` exports `handler`. */
  readonly filename: string;
  /**
   * Processor architecture of the function: `arm64`, which is cheaper, or `x86_64`.
   * @default "arm64"
   */
  readonly architecture?: "arm64" | "x86_64";
  /**
   * Memory in MB: 128 to 10240 (Lambda API reference: CreateFunction). CPU is allocated in proportion.
   * @default 512
   */
  readonly memorySize?: number;
  /**
   * Timeout of one invocation, in seconds: 1 to 900 (Lambda Developer Guide: Lambda quotas).
   * @default 30
   */
  readonly timeout?: number;
  /**
   * Environment variables of the function, 4 KB in total (Lambda Developer Guide: Lambda quotas).
   * @default - none
   */
  readonly environment?: Readonly<Record<string, string>>;
  /**
   * Permissions of the function besides logging, tracing and sending to the dead-letter queue: JSON policy documents by
   * policy name.
   * @default - none
   */
  readonly policies?: Readonly<Record<string, string>>;
  /**
   * ARN of the SQS dead-letter queue (DLQ). As the on-failure destination, Lambda sends each asynchronous event to it
   * that still fails after all retries, with the error.
   */
  readonly deadLetterQueueArn: string;
  /**
   * How often Lambda retries a failed asynchronous event: 0 to 2 (Lambda API reference: PutFunctionEventInvokeConfig).
   * The first retry follows after one minute, the second after two more.
   * @default 2
   */
  readonly maximumRetryAttempts?: number;
  /**
   * How long Lambda keeps an asynchronous event that it cannot deliver to the function, in seconds: 60 to 21600 (Lambda
   * API reference: PutFunctionEventInvokeConfig).
   * @default 21600
   */
  readonly maximumEventAgeSeconds?: number;
  /**
   * Reserved concurrency: the maximum of concurrent invocations, reserved for this function (Lambda API reference:
   * PutFunctionConcurrency). -1: none is reserved.
   * @default -1
   */
  readonly reservedConcurrentExecutions?: number;
  /**
   * Retention of the function's log, in days: a value that CloudWatch Logs takes (API reference: PutRetentionPolicy).
   * @default 365
   */
  readonly logRetentionDays?: number;
  /**
   * ARN of the KMS key that encrypts the log and the environment variables. The execution role has permission to use the
   * key, and the key policy must allow CloudWatch Logs to use it.
   * @default - the keys that AWS manages
   */
  readonly kmsKeyArn?: string;
  /**
   * ARNs that the alarms notify when the function fails, is throttled or loses an event, for instance the ARN of an SNS
   * topic.
   * @default - none; the alarms are visible in CloudWatch only
   */
  readonly alarmActions?: readonly string[];
  /** Tags of every resource of this construct. */
  readonly tags?: Readonly<Record<string, string>>;
}

/**
 * A Lambda function from a ready bundle, with its log group, an execution role of least privilege, an on-failure
 * destination, alarms and tracing. It is not in a VPC, because it calls AWS APIs only. Twin of the module `handler`.
 *
 * @example
 * import { DeadLetterQueue } from "cdktf-event-driven-ecs/dead-letter-queue";
 * import { Handler } from "cdktf-event-driven-ecs/handler";
 * import { RestApi } from "cdktf-event-driven-ecs/rest-api";
 *
 * const lost = new DeadLetterQueue(this, "lost", { name: "scan-lost" });
 * const scan = new Handler(this, "scan", {
 *   name: "scan",
 *   filename: "/app/scan.zip",
 *   deadLetterQueueArn: lost.queueArn,
 * });
 * new RestApi(this, "api", { name: "scanner", routes: { "POST /scan": scan } });
 *
 * @throws ValidationError when a value is one that Lambda refuses.
 */
export class Handler extends Twin {
  /** Name of the function. */
  readonly functionName: string;
  /** ARN of the function, without a version or alias. */
  readonly functionArn: string;
  /** Name of the execution role of the function. */
  readonly roleName: string;
  /** ARN of the execution role of the function. */
  readonly roleArn: string;
  /** Name of the function's log group, `/aws/lambda/<name>`. */
  readonly logGroupName: string;

  constructor(scope: Construct, id: string, given: HandlerProps) {
    super(scope, id);
    const props = typed(this, "handler", given);
    checkMatches(
      this,
      "name",
      props.name,
      /^[A-Za-z0-9_-]{1,64}$/,
      "a Lambda function name has 1 to 64 letters, digits, hyphens and underscores.",
    );
    checkLiteral(this, "filename", props.filename, "is read when the stack is synthesized");
    checkKeys(this, "policies", props.policies);
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

    // Created before the function: a log group that Lambda creates has no retention.
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
        description: `Execution role of the Lambda function ${name}.`,
        assumeRolePolicy: trust("lambda.amazonaws.com"),
        tags,
      }),
    );
    const addPolicy = (address: string, id: string, name: string, document: string): IamRolePolicy =>
      this.twin(address, new IamRolePolicy(this, id, { name, role: role.name, policy: document }));

    addPolicy("aws_iam_role_policy.log", "log-policy", "log", policy(writeLog(logGroup.arn)));
    addPolicy("aws_iam_role_policy.trace", "trace-policy", "trace", policy(writeTrace));
    const deadLetterPolicy = addPolicy(
      "aws_iam_role_policy.dead_letter",
      "dead-letter-policy",
      "dead-letter",
      policy(
        { Effect: "Allow", Action: "sqs:SendMessage", Resource: props.deadLetterQueueArn },
        // Permission to decrypt the environment variables, and to use a queue or a bucket with the same key.
        ...(props.kmsKeyArn === undefined ? [] : [useKey(props.kmsKeyArn)]),
      ),
    );
    for (const [policyName, document] of sortedEntries(props.policies)) {
      addPolicy(
        `aws_iam_role_policy.given["${policyName}"]`,
        `given-policy-${policyName}`,
        policyName,
        document,
      );
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
        // Lambda checks that the role has permission to send to the destination.
        dependsOn: [deadLetterPolicy],
      }),
    );

    const alarm = {
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
        ...alarm,
        alarmName: `${name}-errors`,
        alarmDescription: `The function ${name} fails. Lambda sends an asynchronous event that still fails after all retries to its dead-letter queue.`,
        metricName: "Errors",
        evaluationPeriods: 1,
      }),
    );
    this.twin(
      "aws_cloudwatch_metric_alarm.throttles",
      new CloudwatchMetricAlarm(this, "throttles-alarm", {
        ...alarm,
        alarmName: `${name}-throttles`,
        alarmDescription: `The function ${name} is throttled: it gets more events than its concurrency allows. Events wait and may expire.`,
        metricName: "Throttles",
        evaluationPeriods: 5,
      }),
    );
    // Nothing else shows such an event, because it is in no queue.
    this.twin(
      "aws_cloudwatch_metric_alarm.destination_failures",
      new CloudwatchMetricAlarm(this, "destination-failures-alarm", {
        ...alarm,
        alarmName: `${name}-destination-failures`,
        alarmDescription: `Lambda could not send a failed event of the function ${name} to its dead-letter queue; the event is lost. Causes are missing permissions and events larger than the queue takes.`,
        metricName: "DestinationDeliveryFailures",
        evaluationPeriods: 1,
      }),
    );
    this.twin(
      "aws_cloudwatch_metric_alarm.events_dropped",
      new CloudwatchMetricAlarm(this, "events-dropped-alarm", {
        ...alarm,
        alarmName: `${name}-events-dropped`,
        alarmDescription: `Lambda dropped an event of the function ${name}: it was too old, or its retries were used up. The event is in the dead-letter queue, unless ${name}-destination-failures is in ALARM.`,
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

/** The actions of X-Ray do not support resource-level permissions. */
const writeTrace: PolicyStatement = {
  Effect: "Allow",
  Action: ["xray:PutTraceSegments", "xray:PutTelemetryRecords"],
  Resource: "*",
};
