import { LambdaEventSourceMapping } from "@cdktf/provider-aws/lib/lambda-event-source-mapping";
import { Fn, TerraformLocal } from "cdktf";
import type { Construct } from "constructs";
import type { RegisterTargetsEnvironment } from "../../handlers/register-targets/environment";
import { moduleBundle } from "../core/bundle";
import { sortedEntries } from "../core/maps";
import { type PolicyStatement, policy } from "../core/policy";
import { Twin } from "../core/twin";
import { check, checkMatches } from "../core/validation";
import { DeadLetterQueue } from "../dead-letter-queue";
import { EventRule, type EventRuleProps } from "../event-rule";
import { Handler } from "../handler";
import { launchedTaskGroups } from "../launcher/route";
import { Queue } from "../queue";
import type { RegistrarProps, StopEvent } from "./props";
import { checkRegistrarRoutes, functionRoutes, type RegistrarRoute } from "./route";

export type { RegistrarProps, StopEvent } from "./props";

const timeoutSeconds = 60;

/**
 * The Lambda function that keeps target groups equal to the tasks that run: it hears of every task that comes up or
 * goes down, compares everything once in a while, and stops tasks on request once their connections have drained.
 * Twin of the module `registrar`.
 *
 * @throws ValidationError when a value is one that AWS refuses, or a route has targets and no port.
 */
export class Registrar extends Twin {
  readonly functionName: string;
  readonly functionArn: string;
  readonly roleArn: string;
  readonly roleName: string;
  readonly logGroupName: string;
  readonly deadLetterQueueArn: string;
  readonly deadLetterQueueUrl: string;
  readonly deadLetterQueueName: string;
  /** Longest run of one invocation of the function. */
  readonly timeoutSeconds = timeoutSeconds;
  /** By rule: `state-change`, `sweep` and each stop event by its name. */
  readonly eventRuleArns: Record<string, string> = {};

  private readonly props: RegistrarProps;

  constructor(scope: Construct, id: string, props: RegistrarProps) {
    super(scope, id);
    this.props = props;
    checkMatches(
      this,
      "name",
      props.name,
      /^[a-z][a-z0-9-]{0,27}$/,
      "a registrar's name has 1 to 28 lower-case letters, digits and hyphens and starts with a letter.",
    );
    const sweepIntervalMinutes = props.sweepIntervalMinutes ?? 5;
    check(
      this,
      sweepIntervalMinutes >= 1 && Number.isInteger(sweepIntervalMinutes),
      `sweepIntervalMinutes is ${sweepIntervalMinutes}; EventBridge takes whole minutes from 1.`,
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
        kmsKeyArn,
        alarmActions,
        tags,
      }),
    );

    // Holds state changes until the next batch and, while connections drain, the reminder to stop a task.
    const recheckQueue = this.twinModule(
      "module.recheck_queue",
      new Queue(this, "recheck-queue", {
        name: `${name}-recheck`,
        // Lambda refuses less than the function's timeout. AWS advises six times of it, for messages that Lambda takes and
        // cannot hand over; with a maximum concurrency it takes none of those, and what a crash took must soon come back.
        visibilityTimeoutSeconds: 2 * timeoutSeconds,
        // ECS's quotas may be used up by others for minutes.
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
        filename: moduleBundle("registrar", "register-targets.zip"),
        architecture: props.architecture,
        timeout: timeoutSeconds,
        deadLetterQueueArn: deadLetterQueue.queueArn,
        logRetentionDays: props.logRetentionDays,
        kmsKeyArn,
        alarmActions,
        tags,
        environment: { ...environment },
        policies: rights(Object.values(routes), recheckQueue.queueArn),
      }),
    );

    this.twin(
      "aws_lambda_event_source_mapping.this",
      new LambdaEventSourceMapping(this, "event-source-mapping", {
        eventSourceArn: recheckQueue.queueArn,
        functionName: fn.functionArn,
        functionResponseTypes: ["ReportBatchItemFailures"],
        // One reconciliation serves all changes of a service in a batch: a burst costs as many reads of ECS as a few
        // tasks, out of the 20 a second that an account has. A single change waits for a second.
        batchSize: 1000,
        maximumBatchingWindowInSeconds: 1,
        // The least that Lambda takes.
        scalingConfig: { maximumConcurrency: 2 },
        tags,
        // Lambda checks that the role may read the queue.
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
      description: "Tasks of routes that have come up or are going down.",
      eventSource: ["aws.ecs"],
      detailType: ["ECS Task State Change"],
      detail: {
        clusterArn: clusterArnsOf(Object.values(routes)),
        group: launchedTaskGroups,
        // The statuses at which a target has to change, and the last one, should the others be lost.
        lastStatus: ["RUNNING", "DEACTIVATING", "DEPROVISIONING", "STOPPED"],
      },
    });
    recheckQueue.admit("state-change", { service: "events.amazonaws.com", sourceArn: stateChanges.ruleArn });
    // Heals what a lost event left behind.
    this.rule("sweep", "module.sweep_rule", {
      description: "Compares every target group with the tasks that run.",
      scheduleExpression: `rate(${sweepIntervalMinutes} ${sweepIntervalMinutes === 1 ? "minute" : "minutes"})`,
    });
    for (const [event, stop] of sortedEntries(props.stopEvents)) this.onStop(event, stop);
  }

  /**
   * Stops tasks on each event that the rule matches: of the services that the event names in `detail.services`, those
   * that were started before it. Targets are deregistered first, and a task is stopped when its connections have
   * drained.
   *
   * @param name of the event, unique in this registrar: 1 to 18 letters, digits, hyphens and underscores.
   * @throws ValidationError when the rule is one that EventBridge refuses.
   */
  onStop(name: string, event: StopEvent): EventRule {
    check(
      this,
      /^[A-Za-z0-9_-]{1,18}$/.test(name),
      `stopEvents names "${name}"; a stop event's name has 1 to 18 letters, digits, hyphens and underscores (a rule's name has 64, and it is called <name>-register-targets-<event>).`,
    );
    check(
      this,
      name !== "state-change" && name !== "sweep",
      `stopEvents names "${name}", which is a rule that the registrar makes itself; choose another name.`,
    );
    const { source, ...rest } = event;
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
        kmsKeyArn,
        alarmActions,
        tags,
      }),
    );
    this.eventRuleArns[name] = rule.ruleArn;
    return rule;
  }
}

/** What the function may do, as policy documents by name. */
const rights = (routes: readonly RegistrarRoute[], recheckQueueArn: string): Record<string, string> => {
  // Whether a route has targets is told by the type, which a plan knows; the ARN it may not know yet.
  const targeted = routes.filter(({ targetType }) => targetType !== undefined);
  const onInstance = targeted.filter(({ targetType }) => targetType === "instance");
  return {
    tasks: policy(...rightToSeeAndStop(routes), ...rightToSeeInstances(onInstance)),
    recheck: policy({
      Effect: "Allow",
      Action: ["sqs:SendMessage", "sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"],
      Resource: recheckQueueArn,
    }),
    ...(targeted.length === 0 ? {} : { targets: policy(...rightToRegister(targeted)) }),
  };
};

const rightToSeeAndStop = (routes: readonly RegistrarRoute[]): PolicyStatement[] => {
  const taskArns = resourcesOf(routes, "task");
  return [
    // A list of a cluster's tasks has no resource but the cluster, which only the condition can name.
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
      Condition: { "ForAllValues:StringEquals": { "aws:TagKeys": "stopping" } },
    },
  ];
};

const rightToSeeInstances = (routes: readonly RegistrarRoute[]): PolicyStatement[] =>
  routes.length === 0
    ? []
    : [
        {
          Effect: "Allow",
          Action: "ecs:DescribeContainerInstances",
          Resource: resourcesOf(routes, "container-instance"),
        },
      ];

const rightToRegister = (routes: readonly RegistrarRoute[]): PolicyStatement[] => [
  {
    Effect: "Allow",
    Action: ["elasticloadbalancing:RegisterTargets", "elasticloadbalancing:DeregisterTargets"],
    Resource: distinct(routes.map((route) => route.targetGroupArn!)),
  },
  // Health has no resource to name.
  { Effect: "Allow", Action: "elasticloadbalancing:DescribeTargetHealth", Resource: "*" },
];

const clusterArnsOf = (routes: readonly RegistrarRoute[]): string[] =>
  distinct(routes.map((route) => route.clusterArn));

/** Everything of one kind on the clusters of the routes. */
const resourcesOf = (routes: readonly RegistrarRoute[], kind: "task" | "container-instance"): string[] =>
  clusterArnsOf(routes).map((clusterArn) => `${Fn.replace(clusterArn, ":cluster/", `:${kind}/`)}/*`);

const distinct = (values: readonly string[]): string[] => [...new Set(values)];
