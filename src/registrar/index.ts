import { LambdaEventSourceMapping } from "@cdktf/provider-aws/lib/lambda-event-source-mapping";
import { Fn, TerraformLocal, Token } from "cdktf";
import type { Construct } from "constructs";
import type { RegisterTargetsEnvironment } from "../../handlers/register-targets/environment";
import { stoppingTag } from "../../handlers/register-targets/stopping-tag";
import { moduleBundle } from "../core/bundle";
import { checkBundledRuntime } from "../core/bundled-runtime";
import { clusterArnsOf, resourcesOn } from "../core/clusters";
import { checkCommonInputs } from "../core/common-inputs";
import { distinct } from "../core/distinct";
import { expression } from "../core/expression";
import { json } from "../core/json";
import { sortedEntries } from "../core/maps";
import { type PolicyStatement, policy } from "../core/policy";
import { withoutNulls } from "../core/props";
import { Twin } from "../core/twin";
import { typed } from "../core/typed";
import { check, checkInteger, checkMatches, isToken } from "../core/validation";
import { DeadLetterQueue } from "../dead-letter-queue";
import { EventRule, type EventRuleProps } from "../event-rule";
import { pathsOfRule } from "../event-rule/paths";
import { Handler } from "../handler";
import { launchedTaskGroups } from "../launcher/route";
import { Queue } from "../queue";
import type { RegistrarProps, StopEvent } from "./props";
import { checkRegistrarRoutes, functionRoutes, type RegistrarRoute } from "./route";

export type { RegistrarProps, StopEvent } from "./props";

const timeoutSeconds = 60;

/**
 * The Lambda function `register-targets`, which keeps the targets in each target group in sync with the running tasks. It
 * gets the state changes of every task, compares all target groups with the running tasks at an interval, and stops
 * tasks on request after their connections have drained. Twin of the module `registrar`.
 *
 * @example
 * import type { LoadBalancer } from "cdktf-event-driven-ecs/load-balancer";
 * import { Registrar } from "cdktf-event-driven-ecs/registrar";
 * import type { Task } from "cdktf-event-driven-ecs/task";
 *
 * declare const auth: Task, report: Task, loadBalancer: LoadBalancer;
 * const registrar = new Registrar(this, "registrar", {
 *   name: "engines",
 *   routes: { auth: { ...auth.route, ...loadBalancer.route("/api/auth/*", auth) }, report },
 * });
 * registrar.onStop("stop", { source: ["custom.app"] });
 *
 * @throws ValidationError when AWS would refuse a value, or a service has a target group and no port.
 */
export class Registrar extends Twin {
  /** Name of the Lambda function `register-targets`. */
  readonly functionName: string;
  /** ARN of the Lambda function `register-targets`. */
  readonly functionArn: string;
  /** ARN of the execution role of the function `register-targets`. */
  readonly roleArn: string;
  /** Name of the execution role of the function `register-targets`. */
  readonly roleName: string;
  /** Name of the log group of the function `register-targets`. */
  readonly logGroupName: string;
  /** ARN of the dead-letter queue (DLQ): it holds each event that the function could not handle, with the reason. */
  readonly deadLetterQueueArn: string;
  /** URL of the dead-letter queue (DLQ): it holds each event that the function could not handle, with the reason. */
  readonly deadLetterQueueUrl: string;
  /** Name of the dead-letter queue (DLQ): it holds each event that the function could not handle, with the reason. */
  readonly deadLetterQueueName: string;
  /** Timeout of the function `register-targets`, in seconds. */
  readonly timeoutSeconds = timeoutSeconds;
  /** ARN of each EventBridge rule of this block, by name: `state-change`, `sweep` and the name of each stop event. */
  readonly eventRuleArns: Record<string, string> = {};

  private readonly props: RegistrarProps;

  constructor(scope: Construct, id: string, given: RegistrarProps) {
    super(scope, id);
    const props = typed(this, "registrar", withoutNulls(given));
    checkCommonInputs(this, "registrar", props);
    checkBundledRuntime(this, "runtime", props.runtime);
    this.props = props;
    this.useNames(props.names);
    checkMatches(
      this,
      "name",
      props.name,
      /^[a-z][a-z0-9-]{0,27}$/,
      "a registrar's name has 1 to 28 lower-case letters, digits and hyphens and starts with a letter.",
    );
    const sweepIntervalMinutes = props.sweepIntervalMinutes ?? 5;
    checkInteger(
      this,
      "sweepIntervalMinutes",
      sweepIntervalMinutes,
      [1, Number.POSITIVE_INFINITY],
      "it takes a whole number of minutes, 1 or more.",
    );
    const routes: Record<string, RegistrarRoute> = {};
    for (const [service, given] of sortedEntries(props.routes))
      routes[service] = "route" in given ? given.route : given;
    checkRegistrarRoutes(this, routes);
    const { kmsKeyArn, alarmActions, tags } = props;
    const name = `${props.name}-register-targets`;

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

    // Holds task state changes until the next batch and, while connections drain, the reminders to stop tasks.
    const recheckQueue = this.twinModule(
      "module.recheck_queue",
      new Queue(this, "recheck-queue", {
        name: `${name}-recheck`,
        names: this.namesIn("module.recheck_queue"),
        // Lambda refuses less than the function's timeout. AWS recommends six times the timeout because of throttled
        // invocations; with a maximum concurrency there are none, and messages of an invocation that crashed must soon
        // be visible again.
        visibilityTimeoutSeconds: 2 * timeoutSeconds,
        // Other callers may use up the account's ECS quotas for minutes.
        maxReceiveCount: 10,
        kmsKeyArn,
        alarmActions,
        tags,
      }),
    );

    const environment: RegisterTargetsEnvironment = {
      ROUTES: Fn.base64gzip(new TerraformLocal(this, "routes", functionRoutes(routes)).asString),
      DEAD_LETTER_QUEUE_URL: deadLetterQueue.queueUrl,
      RECHECK_QUEUE_URL: recheckQueue.queueUrl,
      LOG_LEVEL: "INFO",
    };
    const fn = this.twinModule(
      "module.function",
      new Handler(this, "function", {
        name,
        names: this.namesIn("module.function"),
        filename: moduleBundle("registrar", "register-targets.zip"),
        architecture: props.architecture,
        runtime: props.runtime,
        timeout: timeoutSeconds,
        deadLetterQueueArn: deadLetterQueue.queueArn,
        logRetentionDays: props.logRetentionDays,
        kmsKeyArn,
        alarmActions,
        roles: props.roles,
        tags,
        environment: { ...environment },
        policies: policies(Object.values(routes), recheckQueue.queueArn),
      }),
    );

    this.twin(
      "aws_lambda_event_source_mapping.this",
      new LambdaEventSourceMapping(this, "event-source-mapping", {
        eventSourceArn: recheckQueue.queueArn,
        functionName: fn.functionArn,
        functionResponseTypes: ["ReportBatchItemFailures"],
        // One reconciliation handles all changes of a service in a batch, so a burst of tasks needs few of the 20 ECS read
        // calls a second that an account has. A single change waits for one second.
        batchSize: 1000,
        maximumBatchingWindowInSeconds: 1,
        // The minimum that Lambda accepts.
        scalingConfig: { maximumConcurrency: 2 },
        tags,
        // Lambda checks that the role is allowed to poll the queue.
        dependsOn: [...fn.twinAddresses.values()],
      }),
    );

    this.functionName = fn.functionName;
    this.functionArn = fn.functionArn;
    this.roleArn = fn.roleArn;
    this.roleName = fn.roleName;
    this.logGroupName = fn.logGroupName;
    this.deadLetterQueueArn = deadLetterQueue.queueArn;
    this.deadLetterQueueUrl = deadLetterQueue.queueUrl;
    this.deadLetterQueueName = deadLetterQueue.queueName;

    const stateChanges = this.rule("state-change", "module.state_change_rule", {
      target: "queue",
      queueArn: recheckQueue.queueArn,
      description: "Tasks of launch routes that are running or stopping.",
      eventSource: ["aws.ecs"],
      detailType: ["ECS Task State Change"],
      detail: {
        clusterArn: clusterArnsOf(Object.values(routes)),
        group: launchedTaskGroups,
        // The statuses at which a target changes, and STOPPED in case the events before it were lost.
        lastStatus: ["RUNNING", "DEACTIVATING", "DEPROVISIONING", "STOPPED"],
      },
    });
    recheckQueue.admit("state-change", { service: "events.amazonaws.com", sourceArn: stateChanges.ruleArn });
    // Corrects what a missed event left out of sync.
    this.rule("sweep", "module.sweep_rule", {
      description: "Compares every target group with the running tasks.",
      scheduleExpression: `rate(${json(sweepIntervalMinutes)} ${minutes(sweepIntervalMinutes)})`,
    });
    for (const [event, stop] of sortedEntries(props.stopEvents)) this.onStop(event, stop);
    this.refuseUnknownNames("module.stop_rule[");
  }

  /**
   * Stops tasks for each event that the rule matches: of the services in `detail.services`, all tasks that were started
   * before the event. Their targets are deregistered first, and each task is stopped after its connections have drained.
   *
   * @param name Name of the event, unique in this registrar: 1 to 18 letters, digits, hyphens and underscores.
   * @param event The pattern of the rule.
   * @returns the EventBridge rule.
   * @throws ValidationError when EventBridge would refuse the rule.
   */
  onStop(name: string, event: StopEvent): EventRule {
    check(
      this,
      /^[A-Za-z0-9_-]{1,18}$/.test(name),
      `stopEvents names "${name}"; a stop event's name has 1 to 18 letters, digits, hyphens and underscores (a rule name has at most 64 characters, and the rule is named <name>-register-targets-<event>).`,
    );
    check(
      this,
      name !== "state-change" && name !== "sweep",
      `stopEvents names "${name}", which is the name of one of the registrar's own rules; choose another name.`,
    );
    const { source, ...rest } = event;
    this.nested(`${name}-rule`, pathsOfRule(`stopEvents.${name}`));
    return this.rule(name, `module.stop_rule["${name}"]`, {
      ...rest,
      description: "Stops the tasks of the services that the event names.",
      eventSource: source,
      detailType: ["Stop ECS Tasks"],
    });
  }

  private rule(
    name: string,
    address: string,
    props: Omit<EventRuleProps, "name" | "functionArn" | "functionName">,
  ): EventRule {
    const { kmsKeyArn, alarmActions, tags } = this.props;
    const rule = this.twinModule(
      address,
      new EventRule(this, `${name}-rule`, {
        ...(props.target === undefined && { functionArn: this.functionArn, functionName: this.functionName }),
        ...props,
        name: `${this.props.name}-register-targets-${name}`,
        names: this.namesIn(address),
        kmsKeyArn,
        alarmActions,
        tags,
      }),
    );
    this.eventRuleArns[name] = rule.ruleArn;
    return rule;
  }
}

/** The inline policies of the function, by name. */
const minutes = (count: number): string =>
  isToken(count)
    ? Token.asString(expression`${count} == 1 ? "minute" : "minutes"`)
    : count === 1
      ? "minute"
      : "minutes";

const policies = (routes: readonly RegistrarRoute[], recheckQueueArn: string): Record<string, string> => {
  // `targetType` says whether a launch route has a target group: it is known at synth, the ARN may be a token.
  const withTargets = routes.filter(({ targetType }) => targetType !== undefined);
  const onInstance = withTargets.filter(({ targetType }) => targetType === "instance");
  return {
    tasks: policy(...taskPermissions(routes), ...containerInstancePermissions(onInstance)),
    recheck: policy({
      Effect: "Allow",
      Action: ["sqs:SendMessage", "sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"],
      Resource: recheckQueueArn,
    }),
    ...(withTargets.length === 0 ? {} : { targets: policy(...registrationPermissions(withTargets)) }),
  };
};

const taskPermissions = (routes: readonly RegistrarRoute[]): PolicyStatement[] => {
  const taskArns = resourcesOn(routes, "task");
  return [
    // ListTasks takes no resource; the condition limits it to the clusters.
    {
      Effect: "Allow",
      Action: "ecs:ListTasks",
      Resource: "*",
      Condition: { ArnEquals: { "ecs:cluster": clusterArnsOf(routes) } },
    },
    { Effect: "Allow", Action: ["ecs:DescribeTasks", "ecs:StopTask"], Resource: taskArns },
    {
      Effect: "Allow",
      Action: "ecs:TagResource",
      Resource: taskArns,
      Condition: { "ForAllValues:StringEquals": { "aws:TagKeys": stoppingTag } },
    },
  ];
};

const containerInstancePermissions = (routes: readonly RegistrarRoute[]): PolicyStatement[] =>
  routes.length === 0
    ? []
    : [
        {
          Effect: "Allow",
          Action: "ecs:DescribeContainerInstances",
          Resource: resourcesOn(routes, "container-instance"),
        },
      ];

const registrationPermissions = (routes: readonly RegistrarRoute[]): PolicyStatement[] => [
  {
    Effect: "Allow",
    Action: ["elasticloadbalancing:RegisterTargets", "elasticloadbalancing:DeregisterTargets"],
    Resource: distinct(routes.map((route) => route.targetGroupArn!)),
  },
  // DescribeTargetHealth has no resource-level permissions.
  { Effect: "Allow", Action: "elasticloadbalancing:DescribeTargetHealth", Resource: "*" },
];
