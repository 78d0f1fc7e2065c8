import { CloudwatchEventRule } from "@cdktf/provider-aws/lib/cloudwatch-event-rule";
import { CloudwatchEventTarget } from "@cdktf/provider-aws/lib/cloudwatch-event-target";
import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group";
import { CloudwatchLogResourcePolicy } from "@cdktf/provider-aws/lib/cloudwatch-log-resource-policy";
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
import { checkBundledRuntime } from "../core/bundled-runtime";
import { clusterArnsOf } from "../core/clusters";
import { checkCommonInputs } from "../core/common-inputs";
import { expression } from "../core/expression";
import { type Json, json } from "../core/json";
import { sortedEntries } from "../core/maps";
import { type PolicyStatement, policy } from "../core/policy";
import { withoutNulls } from "../core/props";
import { Twin } from "../core/twin";
import { typed } from "../core/typed";
import {
  check,
  checkAtPlan,
  checkLiteral,
  checkMatches,
  checkOneOf,
  isKnown,
  isToken,
} from "../core/validation";
import { DeadLetterQueue } from "../dead-letter-queue";
import { EventRule } from "../event-rule";
import { pathsOfRule } from "../event-rule/paths";
import { Handler } from "../handler";
import { metrics, namespace } from "../monitoring/metrics";
import { Queue } from "../queue";
import { checkNamesService, reservedEvents } from "./event-service";
import {
  describeTasksPermission,
  launchPermissions,
  payloadBucketPermissions,
  registrationPermissions,
} from "./permissions";
import {
  checkSelection,
  type PolicySelection,
  selectionEnvironment,
  selectionPermissions,
  takeRunsPermissions,
} from "./policy-selection";
import type { LauncherEvent, LauncherProps } from "./props";
import { anyRetries, checkRoutes, functionRoutes, type LaunchRoute, launchedTaskGroups } from "./route";
import { writeEvents } from "./run-history";

export type { PolicySelection } from "./policy-selection";
export type { LauncherEvent, LauncherProps } from "./props";

/**
 * The Lambda function `start-task`, which starts the task of the service that an event names, exactly once, with
 * permissions for those tasks and no others; the EventBridge rules that send events to it; a dead-letter queue (DLQ) for
 * events that started no task; a bucket for launch records and long payloads. Twin of the module `launcher`.
 *
 * @example
 * import { Launcher } from "cdktf-event-driven-ecs/launcher";
 * import { RestApi } from "cdktf-event-driven-ecs/rest-api";
 * import type { Task } from "cdktf-event-driven-ecs/task";
 *
 * declare const auth: Task;
 * const launcher = new Launcher(this, "launcher", { name: "engines", routes: { auth }, waitTimeoutSeconds: 25 });
 * launcher.onEvent("start", { source: ["custom.app"], detailType: ["Start ECS Task"] });
 * launcher.onEvent("nightly", { scheduleExpression: "cron(0 3 * * ? *)", service: "auth" });
 * new RestApi(this, "api", { name: "engines", routes: { "POST /start": launcher } });
 *
 * @throws ValidationError when AWS would refuse a value, or an event names a service without a launch route.
 */
export class Launcher extends Twin {
  /** Name of the Lambda function: `start-task`, or `run-policy` with `policySelection`. */
  readonly functionName: string;
  /** ARN of the Lambda function: `start-task`, or `run-policy` with `policySelection`. */
  readonly functionArn: string;
  /** ARN of the execution role of the function. */
  readonly roleArn: string;
  /** Name of the log group of the function. */
  readonly logGroupName: string;
  /**
   * ARN of the dead-letter queue (DLQ): it holds each event that started no task, or whose task failed and is not
   * retried, with the reason.
   */
  readonly deadLetterQueueArn: string;
  /**
   * URL of the dead-letter queue (DLQ): it holds each event that started no task, or whose task failed and is not
   * retried, with the reason.
   */
  readonly deadLetterQueueUrl: string;
  /**
   * Name of the dead-letter queue (DLQ): it holds each event that started no task, or whose task failed and is not
   * retried, with the reason.
   */
  readonly deadLetterQueueName: string;
  /** Timeout of the function, in seconds. */
  readonly timeoutSeconds: number;
  /** Name of the bucket that holds launch records and the payloads that are too long for RunTask. */
  readonly payloadBucketName: string;
  /**
   * JSON text of the policy with which a task reads payloads that are too long for RunTask. Task roles that a task created
   * have it; an existing one needs it.
   */
  readonly readPayloadPolicyJson: string;
  /**
   * ARN of the queue in which events and retries wait. Not set unless `buffer` is true, runs are queued or a launch route
   * retries failed tasks.
   */
  readonly bufferQueueArn: string | undefined;
  /**
   * URL of the queue in which events and retries wait. Not set unless `buffer` is true, runs are queued or a launch route
   * retries failed tasks.
   */
  readonly bufferQueueUrl: string | undefined;
  /**
   * Name of the log group that holds each end of a task. Not set if `createRunHistory` is false or runs are queued.
   */
  readonly runHistoryLogGroupName: string | undefined;
  /** ARN of the EventBridge rule of each event in `events`, by the event's name. */
  readonly eventRuleArns: Record<string, string> = {};

  private readonly props: LauncherProps;

  constructor(scope: Construct, id: string, given: LauncherProps) {
    super(scope, id);
    const props = typed(this, "launcher", withoutNulls(given));
    checkCommonInputs(this, "launcher", props);
    checkBundledRuntime(this, "runtime", props.runtime);
    this.props = props;
    this.useNames(props.names);
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
      !isKnown(payloadRetentionDays) || payloadRetentionDays >= 15,
      `payloadRetentionDays is ${payloadRetentionDays}; it must be 15 or more, because a message stays in the dead-letter queue for 14 days and may refer to a payload.`,
    );
    const deduplicationWindowHours = props.deduplicationWindowHours ?? 24;
    checkWindow(this, deduplicationWindowHours, payloadRetentionDays);
    const routes: Record<string, LaunchRoute> = {};
    for (const [service, given] of sortedEntries(props.routes))
      routes[service] = "route" in given ? given.route : given;
    checkRoutes(this, routes);
    const { policySelection } = props;
    checkSelection(this, policySelection, { services: Object.keys(routes), waitTimeoutSeconds });

    const deadLetterQueue = this.twinModule(
      "module.dead_letter_queue",
      new DeadLetterQueue(this, "dead-letter-queue", {
        name: `${name}-dead-letter`,
        names: this.namesIn("module.dead_letter_queue"),
        kmsKeyArn,
        alarmActions,
        tags,
      }),
    );

    const pathsOfPayloads = { under: "", others: { expirationDays: "payloadRetentionDays" } };
    const payloads = this.twinModule(
      "module.payloads",
      new Bucket(this, this.nested("payloads", pathsOfPayloads), {
        bucketPrefix: `${name}-payload-`,
        names: this.namesIn("module.payloads"),
        expirationDays: payloadRetentionDays,
        // Payloads are copies of events: they may be deleted together with the launcher.
        forceDestroy: true,
        kmsKeyArn,
        tags,
      }),
    );

    const waits = waitTimeoutSeconds !== undefined;
    // A minute on top of the wait. A batch of events gets a minute as well: each of its launches may be throttled.
    const runQueue = policySelection?.runQueue;
    // What waits in the queue: events from EventBridge with `buffer`, and retries after a delay, which the function sends, and
    // reports of workers.
    const sendsToQueue = props.buffer || anyRetries(Object.values(routes));
    const waitsInQueue = sendsToQueue || runQueue !== undefined;
    const timeout = waits ? waitTimeoutSeconds + 60 : waitsInQueue ? 60 : 30;
    const buffer = waitsInQueue
      ? this.twinModule(
          'module.buffer["this"]',
          new Queue(this, "buffer", {
            name: `${name}-buffer`,
            names: this.namesIn('module.buffer["this"]'),
            // AWS recommends six times the timeout of the function that polls the queue.
            visibilityTimeoutSeconds: 6 * timeout,
            messageRetentionSeconds: 1209600,
            // The function sends an event to the DLQ itself, with the reason, before that. The limit is for invocations that crash.
            maxReceiveCount: 10,
            createDeadLetterQueue: false,
            existingDeadLetterQueue: { arn: deadLetterQueue.queueArn, url: deadLetterQueue.queueUrl },
            kmsKeyArn,
            alarmActions,
            tags,
          }),
        )
      : undefined;
    // A launch that does not wait leaves registration to the registrar.
    const withTargets = Object.values(routes).filter(({ targetType }) => waits && targetType !== undefined);

    const environment: Omit<StartTaskEnvironment, "ROUTES"> = {
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
        name: `${name}-${functionOf(policySelection)}`,
        names: this.namesIn("module.function"),
        filename: moduleBundle("launcher", `${functionOf(policySelection)}.zip`),
        architecture: props.architecture,
        runtime: props.runtime,
        timeout,
        deadLetterQueueArn: deadLetterQueue.queueArn,
        logRetentionDays: props.logRetentionDays,
        kmsKeyArn,
        alarmActions,
        roles: props.roles,
        tags,
        environment: { ...environment, ...this.routesEnvironment(routes) },
        policies: {
          payload: policy(
            ...payloadBucketPermissions(payloads.bucketArn, policySelection ? ["cooldowns"] : []),
          ),
          ...(policySelection && { policies: policy(...selectionPermissions(policySelection)) }),
          tasks: policy(describeTasksPermission(Object.values(routes))),
          ...(buffer && { buffer: policy(receive(buffer.queueArn, sendsToQueue)) }),
          ...(withTargets.length > 0 && { targets: policy(...registrationPermissions(withTargets)) }),
        },
      }),
    );

    const launched = runQueue === undefined ? Object.keys(routes) : [];
    for (const [index, services] of inGroupsOf(6, launched).entries()) {
      const launch = this.twin(
        `aws_iam_policy.launch["${index}"]`,
        new IamPolicy(this, `launch-policy-${index}`, {
          name:
            this.named(`aws_iam_policy.launch["${index}"]`) ??
            `${name}-launch-${index}${props.roles?.nameSuffix ?? ""}`,
          description:
            this.named(`aws_iam_policy.launch["${index}"]`, "description") ??
            `Run the tasks of ${services.join(", ")}.`,
          policy: policy(...launchPermissions(services.map((service) => routes[service]!))),
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

    this.readPayloadPolicyJson = policy(
      { Effect: "Allow", Action: "s3:GetObject", Resource: `${payloads.bucketArn}/payloads/*` },
      ...(kmsKeyArn === undefined ? [] : [decryptBy(kmsKeyArn)]),
    );
    for (const [service, route] of Object.entries(routes)) {
      // Nothing is attached to a role that its task did not create.
      if (route.existingTaskRole) continue;
      this.twin(
        `aws_iam_role_policy.read_payload["${service}"]`,
        new IamRolePolicy(this, `read-payload-policy-${service}`, {
          name: this.named(`aws_iam_role_policy.read_payload["${service}"]`) ?? `${name}-read-payload`,
          role: route.taskRoleName,
          policy: this.readPayloadPolicyJson,
        }),
      );
    }

    for (const [service, route] of Object.entries(routes)) {
      if (runQueue === undefined || route.existingTaskRole) continue;
      this.twin(
        `aws_iam_role_policy.take_runs["${service}"]`,
        new IamRolePolicy(this, `take-runs-policy-${service}`, {
          name: this.named(`aws_iam_role_policy.take_runs["${service}"]`) ?? `${name}-take-runs`,
          role: route.taskRoleName,
          policy: policy(
            ...takeRunsPermissions({
              runQueueArn: runQueue.arn,
              reportQueueArn: buffer!.queueArn,
              payloadBucketArn: payloads.bucketArn,
              kmsKeyArn,
            }),
          ),
        }),
      );
    }

    // The function stores a large event of an asynchronous invocation, then invokes itself with a reference to it.
    this.twin(
      "aws_iam_role_policy.invoke_itself",
      new IamRolePolicy(this, "invoke-itself-policy", {
        name: this.named("aws_iam_role_policy.invoke_itself") ?? "invoke-itself",
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
          // ECS starts about 20 tasks a second and a launch takes half a second: 20 concurrent invocations keep up with that.
          scalingConfig: { maximumConcurrency: 20 },
          tags,
          // Lambda checks that the role is allowed to poll the queue.
          dependsOn: [...fn.twinAddresses.values()],
        }),
      );
    }

    const stoppedTasks = {
      clusterArn: clusterArnsOf(Object.values(routes)),
      group: launchedTaskGroups,
      lastStatus: ["STOPPED"],
    };
    // All stop codes: AWS adds new ones, so the function decides which are failures and which are interruptions.
    this.twinModule(
      "module.task_failed",
      new EventRule(this, "task-failed", {
        name: `${name}-task-failed`,
        names: this.namesIn("module.task_failed"),
        description: "Tasks of launch routes that have stopped or never started.",
        functionArn: fn.functionArn,
        functionName: fn.functionName,
        eventSource: ["aws.ecs"],
        detailType: ["ECS Task State Change"],
        detail: stoppedTasks,
        kmsKeyArn,
        alarmActions,
        tags,
      }),
    );

    // Interrupted tasks have no alarm: they are launched again, or their event goes to the DLQ, which has an alarm.
    for (const service of Object.keys(routes)) {
      this.twin(
        `aws_cloudwatch_metric_alarm.task_failures["${service}"]`,
        new CloudwatchMetricAlarm(this, `task-failures-alarm-${service}`, {
          alarmName:
            this.named(`aws_cloudwatch_metric_alarm.task_failures["${service}"]`) ??
            `${name}-${service}-task-failures`,
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

    // Queued runs have no task of their own: the function's log has their ends.
    const hasRunHistory = (props.createRunHistory ?? true) && runQueue === undefined;
    this.runHistoryLogGroupName = hasRunHistory ? this.runHistory(stoppedTasks) : undefined;

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
    this.refuseUnknownNames("module.event_rule[");
  }

  /**
   * Each end of a task is written to a log group by EventBridge itself, so that the history is complete also when the
   * function fails.
   *
   * @param detail Event pattern: the last state alone, which has the times of all states before it.
   * @returns the name of the log group
   */
  private runHistory(detail: { readonly [name: string]: Json }): string {
    const { name: launcher, logRetentionDays, kmsKeyArn, alarmActions, tags } = this.props;
    const name = `${launcher}-run-history`;
    const logGroup = this.twin(
      'aws_cloudwatch_log_group.run_history["this"]',
      new CloudwatchLogGroup(this, "run-history-log-group", {
        // EventBridge's console, and the policy that it makes, are for names that begin with /aws/events/.
        name: this.named('aws_cloudwatch_log_group.run_history["this"]') ?? `/aws/events/${name}`,
        retentionInDays: logRetentionDays ?? 365,
        kmsKeyId: kmsKeyArn,
        tags,
      }),
    );
    const rule = this.twin(
      'aws_cloudwatch_event_rule.run_history["this"]',
      new CloudwatchEventRule(this, "run-history-rule", {
        name: this.named('aws_cloudwatch_event_rule.run_history["this"]') ?? name,
        description: "Tasks of launch routes that have stopped, for the run history.",
        eventPattern: json({ source: ["aws.ecs"], "detail-type": ["ECS Task State Change"], detail }),
        tags,
      }),
    );
    const permissions =
      (this.props.createRunHistoryPolicy ?? true)
        ? [
            this.twin(
              'aws_cloudwatch_log_resource_policy.run_history["this"]',
              new CloudwatchLogResourcePolicy(this, "run-history-policy", {
                policyName: this.named('aws_cloudwatch_log_resource_policy.run_history["this"]') ?? name,
                policyDocument: policy(...writeEvents(logGroup.arn, rule.arn)),
              }),
            ),
          ]
        : [];
    this.twin(
      'aws_cloudwatch_event_target.run_history["this"]',
      new CloudwatchEventTarget(this, "run-history-target", {
        rule: rule.name,
        targetId: this.named('aws_cloudwatch_event_target.run_history["this"]') ?? name,
        arn: logGroup.arn,
        // EventBridge does not retry a delivery that is denied, so the permission exists before the target.
        dependsOn: permissions,
      }),
    );
    this.twin(
      'aws_cloudwatch_metric_alarm.run_history["this"]',
      new CloudwatchMetricAlarm(this, "run-history-alarm", {
        alarmName: this.named('aws_cloudwatch_metric_alarm.run_history["this"]') ?? `${name}-failures`,
        alarmDescription: `EventBridge could not write the end of a task to the run history of ${launcher}. The usual cause is that no log resource policy allows it.`,
        namespace: "AWS/Events",
        metricName: "FailedInvocations",
        dimensions: { RuleName: rule.name },
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
    return logGroup.name;
  }

  private routesEnvironment(routes: Readonly<Record<string, LaunchRoute>>): Record<string, string> {
    const [[service, route] = []] = Object.entries(routes);
    return this.props.policySelection
      ? selectionEnvironment(this.props.policySelection, service!, route!)
      : { ROUTES: Fn.base64gzip(new TerraformLocal(this, "routes", functionRoutes(routes)).asString) };
  }

  /**
   * Starts a task for each event that the rule matches: of the service in `event.service` or, without it, of the service
   * that the event names in `detail.service`.
   *
   * @param name Name of the event, unique in this launcher: 1 to 35 letters, digits, hyphens and underscores.
   * @param event The pattern, preset or schedule of the rule.
   * @returns the EventBridge rule.
   * @throws ValidationError when `event.service` has no launch route, or is missing while the events of the rule name no
   * service themselves, or EventBridge would refuse the rule.
   */
  onEvent(name: string, event: LauncherEvent): EventRule {
    event = withoutNulls(event);
    check(
      this,
      /^[A-Za-z0-9_-]{1,35}$/.test(name) && !reservedEvents.includes(name),
      `events names "${name}"; an event's name has 1 to 35 letters, digits, hyphens and underscores, and "task-failed" and "run-history" are reserved.`,
    );
    const services = Object.keys(this.props.routes);
    check(
      this,
      !isKnown(event.service) || services.includes(event.service!),
      `events.${name}.service is "${event.service}", which has no launch route; the services are ${services.map((service) => `"${service}"`).join(", ")}.`,
    );
    checkNamesService(this, name, event);
    if (isToken(event.service)) {
      const condition = expression`contains(${services}, ${event.service})`;
      const message = `events.${name}.service is "${event.service}", which has no launch route.`;
      checkAtPlan(this, [event.service], condition, message);
    }
    const { source, ...rest } = event;
    const rule = this.twinModule(
      `module.event_rule["${name}"]`,
      new EventRule(this, this.nested(`event-rule-${name}`, pathsOfRule(`events.${name}`)), {
        ...rest,
        // The function `run-policy` has one service, and gets the event as it is.
        service: this.props.policySelection ? undefined : rest.service,
        eventSource: source,
        name: `${this.props.name}-${name}`,
        names: this.namesIn(`module.event_rule["${name}"]`),
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

const functionOf = (selection: PolicySelection | undefined): string =>
  selection ? "run-policy" : "start-task";

/** An IAM policy holds 6,144 characters: the permissions for six services with the longest names fit into one. */
const inGroupsOf = (size: number, services: readonly string[]): string[][] =>
  Array.from({ length: Math.ceil(services.length / size) }, (_, index) =>
    services.slice(index * size, (index + 1) * size),
  );

const receive = (queueArn: string, alsoSend: boolean): PolicyStatement => ({
  Effect: "Allow",
  Action: [
    ...(alsoSend ? ["sqs:SendMessage"] : []),
    "sqs:ReceiveMessage",
    "sqs:DeleteMessage",
    "sqs:GetQueueAttributes",
  ],
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
    `deduplicationWindowHours is ${hours}; it takes a whole number of hours, 1 or more.`,
  );
  check(
    scope,
    hours <= retentionDays * 24,
    `deduplicationWindowHours is ${hours} and payloadRetentionDays is ${retentionDays}; the bucket keeps a launch record for ${retentionDays * 24} hours, so the window is at most ${retentionDays * 24}.`,
  );
}

function checkWait(scope: Construct, { waitTimeoutSeconds, waitFor }: LauncherProps): void {
  checkOneOf(scope, "waitFor", waitFor, ["running", "healthy"]);
  if (waitTimeoutSeconds === undefined) return;
  checkLiteral(scope, "waitTimeoutSeconds", waitTimeoutSeconds, "decides which permissions exist");
  check(
    scope,
    Number.isInteger(waitTimeoutSeconds) && waitTimeoutSeconds >= 1 && waitTimeoutSeconds <= 840,
    `waitTimeoutSeconds is ${waitTimeoutSeconds}; it takes a whole number of seconds, 1 to 840 (a Lambda function runs for 900 seconds at most, and one minute is added).`,
  );
}
