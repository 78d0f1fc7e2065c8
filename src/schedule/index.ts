import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import {
  SchedulerSchedule,
  type SchedulerScheduleTarget,
  type SchedulerScheduleTargetEcsParameters,
} from "@cdktf/provider-aws/lib/scheduler-schedule";
import { Fn, Token } from "cdktf";
import type { Construct } from "constructs";
import { accountOf } from "../core/account";
import { checkCommonInputs } from "../core/common-inputs";
import { expression } from "../core/expression";
import { type PolicyStatement, policy, trust, useKey } from "../core/policy";
import { withoutNulls } from "../core/props";
import { checkRoles, roleWith } from "../core/roles";
import { Twin } from "../core/twin";
import { typed } from "../core/typed";
import { check, checkLiteral, checkMatches, checkOneOf, checkRange, isToken } from "../core/validation";
import { DeadLetterQueue } from "../dead-letter-queue";
import { checkCapacity, placementOf } from "../launcher/capacity";
import { checkNetworkInterface } from "../launcher/route";
import { checkScheduleExpression, checkTimeZone } from "./expression";
import { functionInput, taskInput } from "./input";
import type { ScheduleProps, ScheduleRoute } from "./props";

export type { ScheduleProps, ScheduleRoute } from "./props";

/**
 * A schedule of EventBridge Scheduler, in any time zone, that invokes a Lambda function or runs an ECS task. Its role has
 * permission to invoke this target only. Scheduler retries for a day and sends invocations that it could not deliver to
 * the schedule's dead-letter queue (DLQ), which has an alarm. Twin of the module `schedule`.
 *
 * @example
 * import { Schedule } from "cdktf-event-driven-ecs/schedule";
 *
 * new Schedule(this, "nightly", {
 *   name: "engines-nightly",
 *   scheduleExpression: "cron(0 3 * * ? *)",
 *   timeZone: "Europe/Berlin",
 *   functionArn: "arn:aws:lambda:eu-west-1:123456789012:function:cleanup",
 *   input: { time: "<aws.scheduler.scheduled-time>" },
 * });
 *
 * @throws ValidationError when a value is one that Scheduler refuses, or a prop that the target needs is not given.
 */
export class Schedule extends Twin {
  /** ARN of the schedule. */
  readonly scheduleArn: string;
  /** Name of the schedule. */
  readonly scheduleName: string;
  /** ARN of the role that EventBridge Scheduler assumes to invoke the target. */
  readonly roleArn: string;
  /** ARN of the dead-letter queue (DLQ) of the schedule, for invocations that Scheduler could not deliver. */
  readonly deadLetterQueueArn: string;
  /** URL of the dead-letter queue (DLQ) of the schedule, for invocations that Scheduler could not deliver. */
  readonly deadLetterQueueUrl: string;

  constructor(scope: Construct, id: string, given: ScheduleProps) {
    super(scope, id);
    const props = typed(this, "schedule", withoutNulls(given));
    checkCommonInputs(this, "schedule", props);
    checkProps(this, props);
    this.useNames(props.names);
    const { name, kmsKeyArn, alarmActions, tags } = props;
    const route = routeOf(props);

    // No alarm on InvocationsFailedToBeSentToDeadLetterCount: this metric exists per schedule group only, and the group
    // `default` has schedules of others. Moving a schedule to another group replaces it.
    const deadLetterQueue = this.twinModule(
      "module.dead_letter_queue",
      new DeadLetterQueue(this, "dead-letter-queue", {
        name: `${name}-undelivered`,
        names: this.namesIn("module.dead_letter_queue"),
        kmsKeyArn,
        alarmActions,
        tags,
      }),
    );

    const role = this.twin(
      "aws_iam_role.this",
      new IamRole(this, "role", {
        ...roleWith(this, props.roles, name, this.named("aws_iam_role.this")),
        description: `Role of the schedule ${name}, assumed by EventBridge Scheduler.`,
        assumeRolePolicy: trust("scheduler.amazonaws.com", {
          StringEquals: { "aws:SourceAccount": accountOf(this).accountId },
          // Scheduler gives the schedule group, not the schedule.
          ArnLike: {
            "aws:SourceArn": `arn:*:scheduler:*:${accountOf(this).accountId}:schedule-group/default`,
          },
        }),
        tags,
      }),
    );
    const rolePolicy = this.twin(
      "aws_iam_role_policy.this",
      new IamRolePolicy(this, "role-policy", {
        name: this.named("aws_iam_role_policy.this") ?? "schedule",
        role: role.name,
        policy: policy(
          ...(route ? allowRunTask(route) : [allowInvoke(props.functionArn!)]),
          { Effect: "Allow", Action: "sqs:SendMessage", Resource: deadLetterQueue.queueArn },
          ...(kmsKeyArn === undefined ? [] : [useKey(kmsKeyArn)]),
        ),
      }),
    );

    const schedule = this.twin(
      "aws_scheduler_schedule.this",
      new SchedulerSchedule(this, "schedule", {
        name: this.named("aws_scheduler_schedule.this") ?? name,
        groupName: "default",
        state: (props.enabled ?? true) ? "ENABLED" : "DISABLED",
        scheduleExpression: props.scheduleExpression,
        scheduleExpressionTimezone: props.timeZone ?? "UTC",
        flexibleTimeWindow: flexibleTimeWindow(props.flexibleWindowMinutes ?? 0),
        kmsKeyArn,
        target: {
          ...targetOf(props, route),
          roleArn: role.arn,
          retryPolicy: {
            maximumEventAgeInSeconds: props.maximumEventAgeSeconds ?? 86400,
            maximumRetryAttempts: props.maximumRetryAttempts ?? 185,
          },
          deadLetterConfig: { arn: deadLetterQueue.queueArn },
        },
        // The first invocation can follow immediately.
        dependsOn: [rolePolicy],
      }),
    );

    this.scheduleArn = schedule.arn;
    this.scheduleName = schedule.name;
    this.roleArn = role.arn;
    this.deadLetterQueueArn = deadLetterQueue.queueArn;
    this.deadLetterQueueUrl = deadLetterQueue.queueUrl;
    this.refuseUnknownNames();
  }
}

const routeOf = ({ route }: ScheduleProps): ScheduleRoute | undefined =>
  route && "route" in route ? route.route : route;

const targetOf = (
  { functionArn, service, input }: ScheduleProps,
  route: ScheduleRoute | undefined,
): Pick<SchedulerScheduleTarget, "arn" | "input" | "ecsParameters"> =>
  route === undefined
    ? { arn: functionArn!, input: input === undefined ? undefined : functionInput(input) }
    : {
        arn: route.clusterArn,
        input: input === undefined ? undefined : taskInput(route.containerName, input),
        ecsParameters: ecsParameters(route, service!),
      };

const ecsParameters = (route: ScheduleRoute, service: string): SchedulerScheduleTargetEcsParameters => {
  const { capacity = "FARGATE", networkMode = "awsvpc" } = route;
  return {
    taskDefinitionArn: route.taskDefinitionArnWithoutRevision,
    taskCount: 1,
    ...placementOf(capacity),
    group: `route-${service}`,
    propagateTags: "TASK_DEFINITION",
    enableExecuteCommand: route.enableExecuteCommand ? true : undefined,
    networkConfiguration:
      networkMode === "awsvpc"
        ? {
            subnets: [...route.subnetIds],
            securityGroups: [...route.securityGroupIds],
            assignPublicIp: route.assignPublicIp ?? false,
          }
        : undefined,
  };
};

const allowInvoke = (functionArn: string): PolicyStatement => ({
  Effect: "Allow",
  Action: "lambda:InvokeFunction",
  Resource: functionArn,
});

const allowRunTask = (route: ScheduleRoute): PolicyStatement[] => [
  {
    Effect: "Allow",
    Action: "ecs:RunTask",
    Resource: `${route.taskDefinitionArnWithoutRevision}:*`,
    Condition: { ArnEquals: { "ecs:cluster": route.clusterArn } },
  },
  {
    Effect: "Allow",
    Action: "iam:PassRole",
    Resource: [route.taskRoleArn, route.executionRoleArn],
    Condition: { StringEquals: { "iam:PassedToService": "ecs-tasks.amazonaws.com" } },
  },
  {
    Effect: "Allow",
    Action: "ecs:TagResource",
    Resource: `${Fn.replace(route.clusterArn, ":cluster/", ":task/")}/*`,
    Condition: { StringEquals: { "ecs:CreateAction": "RunTask" } },
  },
];

function checkProps(scope: Construct, props: ScheduleProps): void {
  checkMatches(
    scope,
    "name",
    props.name,
    /^[A-Za-z0-9_-]{1,64}$/,
    "a schedule name here has 1 to 64 letters, digits, hyphens and underscores (Scheduler allows dots too, but the dead-letter queue is named after the schedule).",
  );
  checkScheduleExpression(scope, props.scheduleExpression);
  checkTimeZone(scope, props.timeZone);
  checkRange(scope, "flexibleWindowMinutes", props.flexibleWindowMinutes, 0, 1440, "EventBridge Scheduler");
  checkRange(
    scope,
    "maximumEventAgeSeconds",
    props.maximumEventAgeSeconds,
    60,
    86400,
    "EventBridge Scheduler",
  );
  checkRange(scope, "maximumRetryAttempts", props.maximumRetryAttempts, 0, 185, "EventBridge Scheduler");
  checkRoles(scope, props.roles);
  checkTarget(scope, props);
}

function checkTarget(scope: Construct, props: ScheduleProps): void {
  const { target = "function", functionArn, service, input } = props;
  checkLiteral(scope, "target", target, "decides what the schedule starts");
  checkOneOf(scope, "target", target, ["function", "task"]);
  const given = Object.entries({ functionArn, route: props.route, service })
    .filter(([, value]) => value !== undefined)
    .map(([name]) => name);
  const wanted = target === "function" ? ["functionArn"] : ["route", "service"];
  check(
    scope,
    given.join() === wanted.join(),
    `target is "${target}" and the props given are ${given.join(", ") || "none"}; it takes ${wanted.join(" and ")} only.`,
  );
  const route = routeOf(props);
  if (!route) return;
  checkMatches(
    scope,
    "service",
    service,
    /^[A-Za-z0-9_-]{1,64}$/,
    "a service's name has 1 to 64 letters, digits, hyphens and underscores.",
  );
  checkLiteral(scope, "route.capacity", route.capacity, "decides how the task is placed");
  checkCapacity(scope, "route.capacity", route.capacity);
  checkLiteral(
    scope,
    "route.networkMode",
    route.networkMode,
    "decides whether the task has a network interface",
  );
  checkNetworkInterface(scope, "route", { ...route, networkMode: "awsvpc" });
  check(
    scope,
    route.ebsVolume === undefined,
    'route has an EBS volume, which EventBridge Scheduler cannot configure; give target "function" with the function of a launcher that has this route, and input with "detail-type" and detail.service.',
  );
  if (input === undefined) return;
  const overrides = taskInput(route.containerName, input);
  check(
    scope,
    Token.isUnresolved(overrides) || overrides.length <= 8192,
    `input results in container overrides of ${overrides.length} characters; RunTask takes at most 8192.`,
  );
}

/** A number that only Terraform knows may be 0. */
const flexibleTimeWindow = (minutes: number) =>
  isToken(minutes)
    ? {
        mode: Token.asString(expression`${minutes} == 0 ? "OFF" : "FLEXIBLE"`),
        maximumWindowInMinutes: Token.asNumber(expression`${minutes} == 0 ? null : ${minutes}`),
      }
    : minutes === 0
      ? { mode: "OFF" }
      : { mode: "FLEXIBLE", maximumWindowInMinutes: minutes };
