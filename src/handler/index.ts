import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group";
import { CloudwatchMetricAlarm } from "@cdktf/provider-aws/lib/cloudwatch-metric-alarm";
import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import { LambdaFunction } from "@cdktf/provider-aws/lib/lambda-function";
import { LambdaFunctionEventInvokeConfig } from "@cdktf/provider-aws/lib/lambda-function-event-invoke-config";
import type { Construct } from "constructs";
import { base64Sha256, bundleAsset, bundledEntry } from "../core/bundle";
import { checkCommonInputs } from "../core/common-inputs";
import { expression } from "../core/expression";
import { type Grant, Grantee } from "../core/grants";
import { checkInlinePolicies } from "../core/inline-policies";
import { checkLogRetention } from "../core/log-retention";
import { sortedEntries } from "../core/maps";
import { type PolicyStatement, policy, trust, useKey, writeLog } from "../core/policy";
import { withoutNulls } from "../core/props";
import { checkRoles, type RoleSettings, roleWith } from "../core/roles";
import type { Names } from "../core/twin";
import { typed } from "../core/typed";
import { checkNamedOnlyOnce } from "../core/unique-ids";
import {
  check,
  checkAtPlan,
  checkInteger,
  checkLength,
  checkLiteral,
  checkMatches,
  checkOneOf,
  checkRange,
  isKnown,
  isToken,
} from "../core/validation";

/** Settings of a {@link Handler}. */
export interface HandlerProps {
  /**
   * Name of the function and of its execution role: 1 to 64 letters, digits, hyphens and underscores (Lambda API
   * reference: CreateFunction).
   */
  readonly name: string;
  /**
   * Absolute path of the bundle: a zip file whose `index.js` exports `handler`, or what `handler` names. Give `filename`
   * or `entry`.
   */
  readonly filename?: string;
  /**
   * Path of a TypeScript or JavaScript file that exports `handler`, for instance `handlers/resize.ts`, from the folder in
   * which the app runs. It is bundled with all that it imports when the app is synthesized; the same sources give the same
   * bundle. It needs esbuild: `npm install --save-dev esbuild`.
   */
  readonly entry?: string;
  /**
   * Runtime of the function (Lambda Developer Guide: Lambda runtimes): `nodejs<version>.x`, or `python3.<version>` with
   * `filename`.
   * @default "nodejs22.x"
   */
  readonly runtime?: string;
  /**
   * What Lambda calls in the bundle: `<file>.<function>`.
   * @default "index.handler"
   */
  readonly handler?: string;
  /**
   * ARNs of the layer versions that the function uses, 5 at most (Lambda Developer Guide: Lambda quotas).
   * @default - none
   */
  readonly layers?: readonly string[];
  /**
   * The subnets and security groups of the function in a VPC, for instance to reach a database. It then has no way to AWS
   * APIs and the internet but those of its subnets: a NAT gateway or endpoints. The execution role has permission to
   * create its network interfaces; the function's code has not.
   * @default - in no VPC
   */
  readonly vpc?: {
    /** IDs of the subnets: 1 to 16. */
    readonly subnetIds: readonly string[];
    /** IDs of the security groups: 1 to 5. */
    readonly securityGroupIds: readonly string[];
  };
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
   * Access of the execution role to resources of others, by a key of your choice: 1 to 122 letters, digits and _ + = , . @ -.
   * Each grant is an inline policy named `grant-<key>`. The methods `grant…` of the construct add to them.
   * @default - none
   */
  readonly grants?: Readonly<Record<string, Grant>>;
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
   * Retention of the function's log, in days, or 0 without limit: a value that CloudWatch Logs takes (API reference:
   * PutRetentionPolicy).
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
  /**
   * What your organisation requires of every IAM role of this construct: a permissions boundary, a path and a prefix
   * of the name.
   * @default - no boundary, the path `/` and no prefix
   */
  readonly roles?: RoleSettings;
  /**
   * Names of existing resources that this construct adopts, by twin address, such as `aws_lambda_function.this`: each
   * replaces the name that the construct would give, so that Terraform does not replace the resource.
   * @default - the names that the construct gives
   */
  readonly names?: Names;
  /** Tags of every resource of this construct. */
  readonly tags?: Readonly<Record<string, string>>;
}

/**
 * A Lambda function from a ready bundle or from the sources of its handler, with its log group, an execution role of least privilege, an on-failure
 * destination, alarms and tracing. It is in a VPC only with `vpc`. Twin of the module `handler`.
 *
 * @example
 * import { DeadLetterQueue } from "cdktf-event-driven-ecs/dead-letter-queue";
 * import { Handler } from "cdktf-event-driven-ecs/handler";
 * import { RestApi } from "cdktf-event-driven-ecs/rest-api";
 *
 * const lost = new DeadLetterQueue(this, "lost", { name: "scan-lost" });
 * const scan = new Handler(this, "scan", {
 *   name: "scan",
 *   entry: "handlers/scan.ts",
 *   deadLetterQueueArn: lost.queueArn,
 * });
 * new RestApi(this, "api", { name: "scanner", routes: { "POST /scan": scan } });
 *
 * @throws ValidationError when a value is one that Lambda refuses, or `entry` cannot be bundled.
 */
export class Handler extends Grantee {
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
    const props = typed(this, "handler", withoutNulls(given));
    checkCommonInputs(this, "handler", props);
    checkMatches(
      this,
      "name",
      props.name,
      /^[A-Za-z0-9_-]{1,64}$/,
      "a Lambda function name has 1 to 64 letters, digits, hyphens and underscores.",
    );
    checkLiteral(this, "filename", props.filename, "is read when the stack is synthesized");
    checkInlinePolicies(this, props.policies);
    checkOneOf(this, "architecture", props.architecture, ["arm64", "x86_64"]);
    checkRange(this, "memorySize", props.memorySize, 128, 10240, "Lambda");
    checkRange(this, "timeout", props.timeout, 1, 900, "Lambda");
    checkRange(this, "maximumRetryAttempts", props.maximumRetryAttempts, 0, 2, "Lambda");
    checkRange(this, "maximumEventAgeSeconds", props.maximumEventAgeSeconds, 60, 21600, "Lambda");
    checkInteger(
      this,
      "reservedConcurrentExecutions",
      props.reservedConcurrentExecutions,
      [-1, Number.POSITIVE_INFINITY],
      "Lambda takes whole numbers from 0; -1 reserves none.",
    );
    checkLogRetention(this, "logRetentionDays", props.logRetentionDays);
    checkCode(this, props);
    checkEnvironment(this, props.environment);
    checkLayers(this, props.layers);
    checkVpc(this, props.vpc);
    checkRoles(this, props.roles);
    this.useNames(props.names);
    const { name, tags } = props;

    // Created before the function: a log group that Lambda creates has no retention.
    const logGroup = this.twin(
      "aws_cloudwatch_log_group.this",
      new CloudwatchLogGroup(this, "log-group", {
        name: this.named("aws_cloudwatch_log_group.this") ?? `/aws/lambda/${name}`,
        retentionInDays: props.logRetentionDays ?? 365,
        kmsKeyId: props.kmsKeyArn,
        tags,
      }),
    );

    const role = this.twin(
      "aws_iam_role.this",
      new IamRole(this, "role", {
        ...roleWith(this, props.roles, name, this.named("aws_iam_role.this")),
        description: `Execution role of the Lambda function ${name}.`,
        assumeRolePolicy: trust("lambda.amazonaws.com"),
        tags,
      }),
    );
    const addPolicy = (address: string, id: string, name: string, document: string): IamRolePolicy =>
      this.twin(
        address,
        new IamRolePolicy(this, id, { name: this.named(address) ?? name, role: role.name, policy: document }),
      );

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

    const functionName = this.named("aws_lambda_function.this") ?? name;
    const networkInterfaces = props.vpc
      ? [
          addPolicy(
            'aws_iam_role_policy.network_interfaces["this"]',
            "network-interfaces-policy",
            "network-interfaces",
            policy(...manageNetworkInterfaces(functionName)),
          ),
        ]
      : [];

    const { runtime = "nodejs22.x" } = props;
    const bundle =
      props.entry === undefined
        ? props.filename!
        : bundledEntry(this, props.entry, /\d+/.exec(runtime)?.[0] ?? "22");

    const fn = this.twin(
      "aws_lambda_function.this",
      new LambdaFunction(this, "function", {
        functionName,
        role: role.arn,
        runtime,
        handler: props.handler ?? "index.handler",
        architectures: [props.architecture ?? "arm64"],
        filename: bundleAsset(this, bundle),
        sourceCodeHash: base64Sha256(bundle),
        layers: props.layers && props.layers.length > 0 ? [...props.layers] : undefined,
        memorySize: props.memorySize ?? 512,
        timeout: props.timeout ?? 30,
        reservedConcurrentExecutions: props.reservedConcurrentExecutions ?? -1,
        kmsKeyArn: props.kmsKeyArn,
        environment: { variables: props.environment ?? {} },
        vpcConfig: props.vpc && {
          subnetIds: [...props.vpc.subnetIds],
          securityGroupIds: [...props.vpc.securityGroupIds],
        },
        tracingConfig: { mode: "Active" },
        // The handlers write JSON lines themselves; Lambda's own JSON format would wrap them once more.
        loggingConfig: { logFormat: "Text", logGroup: logGroup.name },
        tags,
        // Lambda checks that the role has permission to create network interfaces.
        dependsOn: networkInterfaces.length > 0 ? networkInterfaces : undefined,
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
        alarmName: this.named("aws_cloudwatch_metric_alarm.errors") ?? `${name}-errors`,
        alarmDescription: `The function ${name} fails. Lambda sends an asynchronous event that still fails after all retries to its dead-letter queue.`,
        metricName: "Errors",
        evaluationPeriods: 1,
      }),
    );
    this.twin(
      "aws_cloudwatch_metric_alarm.throttles",
      new CloudwatchMetricAlarm(this, "throttles-alarm", {
        ...alarm,
        alarmName: this.named("aws_cloudwatch_metric_alarm.throttles") ?? `${name}-throttles`,
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
        alarmName:
          this.named("aws_cloudwatch_metric_alarm.destination_failures") ?? `${name}-destination-failures`,
        alarmDescription: `Lambda could not send a failed event of the function ${name} to its dead-letter queue; the event is lost. Causes are missing permissions and events larger than the queue takes.`,
        metricName: "DestinationDeliveryFailures",
        evaluationPeriods: 1,
      }),
    );
    this.twin(
      "aws_cloudwatch_metric_alarm.events_dropped",
      new CloudwatchMetricAlarm(this, "events-dropped-alarm", {
        ...alarm,
        alarmName: this.named("aws_cloudwatch_metric_alarm.events_dropped") ?? `${name}-events-dropped`,
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
    this.addGrants(props.grants, props.policies);
    this.refuseUnknownNames("aws_iam_role_policy.grant[");
  }

  protected override addGrantPolicy(key: string, document: string): void {
    this.twin(
      `aws_iam_role_policy.grant["${key}"]`,
      new IamRolePolicy(this, `grant-policy-${key}`, {
        name: this.named(`aws_iam_role_policy.grant["${key}"]`) ?? `grant-${key}`,
        role: this.roleName,
        policy: document,
      }),
    );
  }
}

/** The actions of X-Ray do not support resource-level permissions. */
const writeTrace: PolicyStatement = {
  Effect: "Allow",
  Action: ["xray:PutTraceSegments", "xray:PutTelemetryRecords"],
  Resource: "*",
};

const networkInterfaceActions = [
  "ec2:AssignPrivateIpAddresses",
  "ec2:CreateNetworkInterface",
  "ec2:DeleteNetworkInterface",
  "ec2:DescribeNetworkInterfaces",
  "ec2:DescribeSubnets",
  "ec2:UnassignPrivateIpAddresses",
];

/** What Lambda does with the role of a function in a VPC, and the function's code must not do. */
const manageNetworkInterfaces = (name: string): PolicyStatement[] => [
  { Effect: "Allow", Action: networkInterfaceActions, Resource: "*" },
  {
    Effect: "Deny",
    Action: networkInterfaceActions,
    Resource: "*",
    Condition: { ArnLike: { "lambda:SourceFunctionArn": `arn:*:lambda:*:*:function:${name}` } },
  },
];

function checkCode(scope: Construct, { filename, entry, runtime, handler }: HandlerProps): void {
  const given = { filename, entry };
  const names = Object.entries(given).flatMap(([name, value]) => (value === undefined ? [] : [name]));
  check(
    scope,
    names.length === 1,
    `${names.join(" and ") || "Neither filename nor entry"} ${names.length === 2 ? "are" : "is"} given; give one of them: filename, a ready zip file, or entry, a file to bundle.`,
  );
  checkMatches(
    scope,
    "runtime",
    runtime,
    /^(nodejs[0-9]+\.x|python3\.[0-9]+)$/,
    'it takes a runtime of Node.js or Python, such as "nodejs22.x" or "python3.13".',
  );
  checkMatches(
    scope,
    "handler",
    handler,
    /^[A-Za-z0-9_./-]+\.[A-Za-z0-9_]+$/,
    'it takes the file and the function in it, such as "index.handler".',
  );
  checkLength(scope, "handler", handler, 128, "Lambda");
  if (entry === undefined) return;
  for (const [name, value] of Object.entries({ entry, runtime, handler }))
    checkLiteral(scope, name, value, "is read when the stack is synthesized, because entry is given");
  check(
    scope,
    runtime === undefined || runtime.startsWith("nodejs"),
    `runtime is "${runtime}" with entry; entry is bundled for Node.js. Give filename, a ready zip file.`,
  );
  check(
    scope,
    handler === undefined || /^index\.\w+$/.test(handler),
    `handler is "${handler}" with entry; the bundle has the file index.js only, so handler is index.<function>.`,
  );
}

function checkEnvironment(scope: Construct, environment: HandlerProps["environment"] = {}): void {
  const pattern = "^[A-Za-z][A-Za-z0-9_]+$";
  const allowed =
    "Lambda takes names of two or more letters, digits and underscores that begin with a letter.";
  if (isToken(environment)) {
    checkAtPlan(
      scope,
      [environment],
      expression`alltrue([for name in keys(${environment}) : can(regex(${pattern}, name))])`,
      `environment has a name that Lambda refuses; ${allowed}`,
    );
    return;
  }
  const characters = Object.entries(environment)
    .flat()
    .reduce((sum, text) => sum + (isToken(text) ? 0 : text.length), 0);
  check(
    scope,
    characters <= 4096,
    `environment has ${characters} characters; Lambda takes at most 4096 for all variables. Put long values into a parameter or an object.`,
  );
  const refused = Object.keys(environment).filter(
    (name) => !isToken(name) && !new RegExp(pattern).test(name),
  );
  check(
    scope,
    refused.length === 0,
    `environment names ${refused.map((name) => `"${name}"`).join(", ")}; ${allowed}`,
  );
}

function checkLayers(scope: Construct, layers: readonly string[] = []): void {
  if (!isKnown(layers)) return;
  check(scope, layers.length <= 5, `layers has ${layers.length} ARNs; Lambda takes at most 5.`);
  for (const arn of layers) {
    checkMatches(
      scope,
      "layers",
      arn,
      /^arn:[^:]+:lambda:[^:]+:[0-9]{12}:layer:[A-Za-z0-9_-]+:[0-9]+$/,
      "it takes ARNs of layer versions, which end with the number of the version.",
    );
    checkLength(scope, "layers", arn, 140, "Lambda");
  }
}

function checkVpc(scope: Construct, vpc: HandlerProps["vpc"]): void {
  if (!vpc) return;
  const { subnetIds, securityGroupIds } = vpc;
  checkNamedOnlyOnce(scope, "vpc.subnetIds", subnetIds);
  const allowed = "Lambda takes 1 to 16 subnets and 1 to 5 security groups.";
  if (isKnown(subnetIds)) {
    check(
      scope,
      subnetIds.length >= 1 && subnetIds.length <= 16,
      `vpc.subnetIds has ${subnetIds.length} IDs; ${allowed}`,
    );
  }
  if (isKnown(securityGroupIds)) {
    check(
      scope,
      securityGroupIds.length >= 1 && securityGroupIds.length <= 5,
      `vpc.securityGroupIds has ${securityGroupIds.length} IDs; ${allowed}`,
    );
  }
}
