import { CloudwatchMetricAlarm } from "@cdktf/provider-aws/lib/cloudwatch-metric-alarm";
import { IamPolicy } from "@cdktf/provider-aws/lib/iam-policy";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import { IamRolePolicyAttachment } from "@cdktf/provider-aws/lib/iam-role-policy-attachment";
import { LambdaEventSourceMapping } from "@cdktf/provider-aws/lib/lambda-event-source-mapping";
import { Fn, TerraformLocal } from "cdktf";
import type { Construct } from "constructs";
import type { StartTaskEnvironment } from "../../handlers/start-task/environment";
import { Bucket } from "../bucket";
import { moduleBundle } from "../core/bundle";
import { json } from "../core/json";
import { sortedEntries } from "../core/maps";
import { type PolicyStatement, policy } from "../core/policy";
import { Twin } from "../core/twin";
import { check, checkMatches, checkOneOf, isKnown } from "../core/validation";
import { DeadLetterQueue } from "../dead-letter-queue";
import { EventRule } from "../event-rule";
import { Handler } from "../handler";
import { metrics, namespace } from "../monitoring/metrics";
import { Queue } from "../queue";
import { clusterArnsOf, rightToLaunch, rightToRegister, rightToRemember, rightToSee } from "./permissions";
import type { LauncherEvent, LauncherProps } from "./props";
import { anyRetries, checkRoutes, functionRoutes, type LaunchRoute, launchedGroups } from "./route";

export type { LauncherEvent, LauncherProps } from "./props";

/**
 * The Lambda function that starts the task which an event names, exactly once, with the rights to start those
 * tasks and no others; the rules that bring events to it; a dead-letter queue for what could not be started; a
 * bucket for payloads too long for RunTask. Twin of the module `launcher`.
 *
 * @throws ValidationError when a value is one that AWS refuses, or an event names a service without a route.
 */
export class Launcher extends Twin {
  readonly functionName: string;
  readonly functionArn: string;
  readonly roleArn: string;
  readonly logGroupName: string;
  readonly deadLetterQueueArn: string;
  readonly deadLetterQueueUrl: string;
  readonly deadLetterQueueName: string;
  /** Longest run of one invocation of the function. */
  readonly timeoutSeconds: number;
  readonly payloadBucketName: string;
  /** ARN of the queue that events wait in, with `buffer` or where a route retries failed tasks. */
  readonly bufferQueueArn: string | undefined;
  /** URL of the queue that events wait in, with `buffer` or where a route retries failed tasks. */
  readonly bufferQueueUrl: string | undefined;
  readonly eventRuleArns: Record<string, string> = {};

  private readonly props: LauncherProps;

  constructor(scope: Construct, id: string, props: LauncherProps) {
    super(scope, id);
    this.props = props;
    checkMatches(
      this,
      "name",
      props.name,
      /^[a-z][a-z0-9-]{0,27}$/,
      "a launcher's name has 1 to 28 lower-case letters, digits and hyphens and starts with a letter.",
    );
    const { name, waitTimeoutSeconds, waitFor = "running", kmsKeyArn, alarmActions, tags } = props;
    checkWait(this, props);
    const payloadRetentionDays = props.payloadRetentionDays ?? 30;
    check(
      this,
      payloadRetentionDays >= 15,
      `payloadRetentionDays is ${payloadRetentionDays}; a dead letter lives 14 days and may still point to a payload, so 15 is the least.`,
    );
    const deduplicationWindowHours = props.deduplicationWindowHours ?? 24;
    checkWindow(this, deduplicationWindowHours, payloadRetentionDays);
    const routes: Record<string, LaunchRoute> = {};
    for (const [service, given] of sortedEntries(props.routes))
      routes[service] = "route" in given ? given.route : given;
    checkRoutes(this, routes);

    const deadLetterQueue = this.twinModule(
      "module.dead_letter_queue",
      new DeadLetterQueue(this, "dead-letter-queue", {
        name: `${name}-dead-letter`,
        kmsKeyArn,
        alarmActions,
        tags,
      }),
    );

    const payloads = this.twinModule(
      "module.payloads",
      new Bucket(this, "payloads", {
        bucketPrefix: `${name}-payload-`,
        expirationDays: payloadRetentionDays,
        // Payloads are copies of events; a launcher that goes takes them along.
        forceDestroy: true,
        kmsKeyArn,
        tags,
      }),
    );

    const waits = waitTimeoutSeconds !== undefined;
    // A minute beside the wait, and for a batch of events, each of which may have to be paced.
    const waitsInQueue = props.buffer || anyRetries(Object.values(routes));
    const timeout = waits ? waitTimeoutSeconds + 60 : waitsInQueue ? 60 : 30;
    // The function alone writes into it: events of EventBridge with `buffer`, and what it launches again after a delay.
    const buffer = waitsInQueue
      ? this.twinModule(
          'module.buffer["this"]',
          new Queue(this, "buffer", {
            name: `${name}-buffer`,
            // AWS's advice for a queue that a function reads: six times the function's timeout.
            visibilityTimeoutSeconds: 6 * timeout,
            messageRetentionSeconds: 1209600,
            // The function gives up by itself before that, with a reason; this is for what it cannot even finish with.
            maxReceiveCount: 10,
            createDeadLetterQueue: false,
            existingDeadLetterQueue: { arn: deadLetterQueue.queueArn, url: deadLetterQueue.queueUrl },
            kmsKeyArn,
            alarmActions,
            tags,
          }),
        )
      : undefined;
    // A launch that does not wait leaves targets to the registrar.
    const targeted = Object.values(routes).filter(({ targetType }) => waits && targetType !== undefined);

    const environment: StartTaskEnvironment = {
      ROUTES: Fn.base64gzip(new TerraformLocal(this, "routes", functionRoutes(routes)).asString),
      DEAD_LETTER_QUEUE_URL: deadLetterQueue.queueUrl,
      PAYLOAD_BUCKET: payloads.bucketName,
      LOG_LEVEL: "INFO",
      DEDUPLICATION_WINDOW_HOURS: json(deduplicationWindowHours),
      ...(props.buffer && { BUFFER_QUEUE_URL: buffer!.queueUrl }),
      ...(buffer && { RETRY_QUEUE_URL: buffer.queueUrl }),
      ...(waits && { TASK_WAIT_TIMEOUT: json(waitTimeoutSeconds), WAIT_FOR: waitFor }),
    };
    const fn = this.twinModule(
      "module.function",
      new Handler(this, "function", {
        name: `${name}-start-task`,
        filename: moduleBundle("launcher", "start-task.zip"),
        architecture: props.architecture,
        timeout,
        deadLetterQueueArn: deadLetterQueue.queueArn,
        logRetentionDays: props.logRetentionDays,
        kmsKeyArn,
        alarmActions,
        tags,
        environment: { ...environment },
        policies: {
          payload: policy(...rightToRemember(payloads.bucketArn)),
          tasks: policy(rightToSee(Object.values(routes))),
          ...(buffer && { buffer: policy(sendAndReceive(buffer.queueArn)) }),
          ...(targeted.length > 0 && { targets: policy(...rightToRegister(targeted)) }),
        },
      }),
    );

    for (const [index, services] of inGroupsOf(6, Object.keys(routes)).entries()) {
      const launch = this.twin(
        `aws_iam_policy.launch["${index}"]`,
        new IamPolicy(this, `launch-policy-${index}`, {
          name: `${name}-launch-${index}`,
          description: `Run the tasks of ${services.join(", ")}.`,
          policy: policy(...rightToLaunch(services.map((service) => routes[service]!))),
          tags,
        }),
      );
      this.twin(
        `aws_iam_role_policy_attachment.launch["${index}"]`,
        new IamRolePolicyAttachment(this, `launch-policy-attachment-${index}`, {
          role: fn.roleName,
          policyArn: launch.arn,
        }),
      );
    }

    for (const [service, route] of Object.entries(routes)) {
      this.twin(
        `aws_iam_role_policy.read_payload["${service}"]`,
        new IamRolePolicy(this, `read-payload-policy-${service}`, {
          name: `${name}-read-payload`,
          role: route.taskRoleName,
          policy: policy(
            { Effect: "Allow", Action: "s3:GetObject", Resource: `${payloads.bucketArn}/payloads/*` },
            ...(kmsKeyArn === undefined ? [] : [decryptBy(kmsKeyArn)]),
          ),
        }),
      );
    }

    // A large event of an asynchronous invocation is stored, and its reference handed by the function to itself.
    this.twin(
      "aws_iam_role_policy.invoke_itself",
      new IamRolePolicy(this, "invoke-itself-policy", {
        name: "invoke-itself",
        role: fn.roleName,
        policy: policy({ Effect: "Allow", Action: "lambda:InvokeFunction", Resource: fn.functionArn }),
      }),
    );

    if (buffer) {
      this.twin(
        'aws_lambda_event_source_mapping.buffer["this"]',
        new LambdaEventSourceMapping(this, "buffer-mapping", {
          eventSourceArn: buffer.queueArn,
          functionName: fn.functionArn,
          batchSize: 10,
          functionResponseTypes: ["ReportBatchItemFailures"],
          // ECS starts some twenty tasks a second, and a launch takes half a second: twenty at a time keep up with that.
          scalingConfig: { maximumConcurrency: 20 },
          tags,
          // Lambda checks that the role may read the queue.
          dependsOn: [...fn.twinAddresses.values()],
        }),
      );
    }

    // All stop codes: which of them is a failure or an interruption the function decides, for AWS adds new ones.
    this.twinModule(
      "module.task_failed",
      new EventRule(this, "task-failed", {
        name: `${name}-task-failed`,
        description: "Tasks of routes that have ended, or never started.",
        functionArn: fn.functionArn,
        functionName: fn.functionName,
        eventSource: ["aws.ecs"],
        detailType: ["ECS Task State Change"],
        detail: {
          clusterArn: clusterArnsOf(Object.values(routes)),
          group: launchedGroups,
          lastStatus: ["STOPPED"],
        },
        kmsKeyArn,
        alarmActions,
        tags,
      }),
    );

    // Interrupted tasks have no alarm: they are launched again, or lie in the dead-letter queue, which has one.
    for (const service of Object.keys(routes)) {
      this.twin(
        `aws_cloudwatch_metric_alarm.task_failures["${service}"]`,
        new CloudwatchMetricAlarm(this, `task-failures-alarm-${service}`, {
          alarmName: `${name}-${service}-task-failures`,
          alarmDescription: `A task of the service ${service} failed: an essential container exited with a code other than 0, ran out of memory or failed its health check.`,
          namespace,
          metricName: metrics.taskFailures,
          dimensions: { Function: fn.functionName, Service: service },
          statistic: "Sum",
          period: 60,
          evaluationPeriods: 1,
          comparisonOperator: "GreaterThanThreshold",
          threshold: 0,
          treatMissingData: "notBreaching",
          alarmActions: [...(alarmActions ?? [])],
          tags,
        }),
      );
    }

    this.functionName = fn.functionName;
    this.functionArn = fn.functionArn;
    this.roleArn = fn.roleArn;
    this.logGroupName = fn.logGroupName;
    this.deadLetterQueueArn = deadLetterQueue.queueArn;
    this.deadLetterQueueUrl = deadLetterQueue.queueUrl;
    this.deadLetterQueueName = deadLetterQueue.queueName;
    this.timeoutSeconds = timeout;
    this.payloadBucketName = payloads.bucketName;
    this.bufferQueueArn = buffer?.queueArn;
    this.bufferQueueUrl = buffer?.queueUrl;
    for (const [event, rule] of sortedEntries(props.events)) this.onEvent(event, rule);
  }

  /**
   * Starts a task on each event that the rule matches: the service that `service` names or, without it, the one
   * that the event names in `detail.service`.
   *
   * @param name of the event, unique in this launcher: 1 to 35 letters, digits, hyphens and underscores.
   * @throws ValidationError when `event.service` has no route, or the rule is one that EventBridge refuses.
   */
  onEvent(name: string, event: LauncherEvent): EventRule {
    check(
      this,
      /^[A-Za-z0-9_-]{1,35}$/.test(name) && name !== "task-failed",
      `events names "${name}"; an event's name has 1 to 35 letters, digits, hyphens and underscores, and "task-failed" is taken.`,
    );
    const services = Object.keys(this.props.routes);
    check(
      this,
      event.service === undefined || services.includes(event.service),
      `events.${name}.service is "${event.service}", which no route starts; the routes are ${services.map((service) => `"${service}"`).join(", ")}.`,
    );
    const { source, ...rest } = event;
    const rule = this.twinModule(
      `module.event_rule["${name}"]`,
      new EventRule(this, `event-rule-${name}`, {
        ...rest,
        eventSource: source,
        name: `${this.props.name}-${name}`,
        functionArn: this.functionArn,
        functionName: this.functionName,
        kmsKeyArn: this.props.kmsKeyArn,
        alarmActions: this.props.alarmActions,
        tags: this.props.tags,
      }),
    );
    this.eventRuleArns[name] = rule.ruleArn;
    return rule;
  }
}

/** An IAM policy holds 6,144 characters: the rights of six services with the longest names fit into one. */
const inGroupsOf = (size: number, services: readonly string[]): string[][] =>
  Array.from({ length: Math.ceil(services.length / size) }, (_, index) =>
    services.slice(index * size, (index + 1) * size),
  );

const sendAndReceive = (queueArn: string): PolicyStatement => ({
  Effect: "Allow",
  Action: ["sqs:SendMessage", "sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"],
  Resource: queueArn,
});

const decryptBy = (kmsKeyArn: string): PolicyStatement => ({
  Effect: "Allow",
  Action: "kms:Decrypt",
  Resource: kmsKeyArn,
});

function checkWindow(scope: Construct, hours: number, retentionDays: number): void {
  if (!isKnown(hours) || !isKnown(retentionDays)) return;
  check(
    scope,
    Number.isInteger(hours) && hours >= 1,
    `deduplicationWindowHours is ${hours}; it takes whole hours from 1.`,
  );
  check(
    scope,
    hours <= retentionDays * 24,
    `deduplicationWindowHours is ${hours} and payloadRetentionDays is ${retentionDays}; the bucket keeps the record of a launch for ${retentionDays * 24} hours, so the window is ${retentionDays * 24} at most.`,
  );
}

function checkWait(scope: Construct, { waitTimeoutSeconds, waitFor }: LauncherProps): void {
  checkOneOf(scope, "waitFor", waitFor, ["running", "healthy"]);
  if (waitTimeoutSeconds === undefined) return;
  check(
    scope,
    isKnown(waitTimeoutSeconds) &&
      Number.isInteger(waitTimeoutSeconds) &&
      waitTimeoutSeconds >= 1 &&
      waitTimeoutSeconds <= 840,
    `waitTimeoutSeconds is ${waitTimeoutSeconds}; it takes whole seconds from 1 to 840 (Lambda runs 900 at most, and a minute is added), known when the stack is synthesized.`,
  );
}
