import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group";
import { CloudwatchMetricAlarm } from "@cdktf/provider-aws/lib/cloudwatch-metric-alarm";
import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import { SfnStateMachine } from "@cdktf/provider-aws/lib/sfn-state-machine";
import type { Construct } from "constructs";
import { accountOf } from "../core/account";
import { json } from "../core/json";
import { checkLogRetention } from "../core/log-retention";
import { sortedEntries } from "../core/maps";
import { type PolicyStatement, policy, trust } from "../core/policy";
import { Twin } from "../core/twin";
import { check, checkMatches, checkRange } from "../core/validation";
import { EventRule } from "../event-rule";
import type { LauncherEvent } from "../launcher";
import { definition } from "./definition";
import type { WorkflowProps } from "./props";

export type { WorkflowProps } from "./props";

/**
 * A Step Functions state machine that launches the task which its input asks for, as an event to a {@link Launcher}
 * does: it waits until the task runs and is registered, tries again where that may help, and tells an event bus what
 * came of it. Twin of the module `workflow`.
 *
 * @throws ValidationError when a value is one that AWS refuses.
 */
export class Workflow extends Twin {
  readonly stateMachineArn: string;
  readonly stateMachineName: string;
  readonly roleArn: string;
  readonly logGroupName: string;
  readonly eventRuleArns: Record<string, string> = {};

  private readonly props: WorkflowProps;
  private readonly eventRoleArn: string;

  constructor(scope: Construct, id: string, props: WorkflowProps) {
    super(scope, id);
    this.props = props;
    checkProps(this, props);
    const { name, functionArn, tags } = props;
    const { accountId, partition, region } = accountOf(this);
    const place = `${region}:${accountId}`;
    // Of names known beforehand, so that the plan shows every right.
    const knownArn = `arn:${partition}:states:${place}:stateMachine:${name}`;
    const eventBusArn = props.eventBusArn ?? `arn:${partition}:events:${place}:event-bus/default`;

    const logGroup = this.twin(
      "aws_cloudwatch_log_group.this",
      new CloudwatchLogGroup(this, "log-group", {
        // Of this name, the rights of all state machines' logs do not grow beyond what CloudWatch Logs takes.
        name: `/aws/vendedlogs/states/${name}`,
        retentionInDays: props.logRetentionDays ?? 365,
        kmsKeyId: props.kmsKeyArn,
        tags,
      }),
    );

    const role = this.twin(
      "aws_iam_role.this",
      new IamRole(this, "role", {
        name: `${name}-workflow`,
        description: `Taken by the state machine ${name}.`,
        assumeRolePolicy: trust("states.amazonaws.com", {
          StringEquals: { "aws:SourceAccount": accountId },
          ArnEquals: { "aws:SourceArn": knownArn },
        }),
        tags,
      }),
    );
    const rolePolicy = this.twin(
      "aws_iam_role_policy.this",
      new IamRolePolicy(this, "policy", {
        name: "workflow",
        role: role.name,
        policy: policy(
          { Effect: "Allow", Action: "lambda:InvokeFunction", Resource: functionArn },
          { Effect: "Allow", Action: "events:PutEvents", Resource: eventBusArn },
          attachLog,
          trace,
        ),
      }),
    );

    const stateMachine = this.twin(
      "aws_sfn_state_machine.this",
      new SfnStateMachine(this, "state-machine", {
        name,
        roleArn: role.arn,
        definition: json(
          definition({
            partition,
            functionArn,
            eventBusArn,
            eventSource: name,
            maxAttempts: props.maxAttempts ?? 5,
            retryIntervalSeconds: props.retryIntervalSeconds ?? 10,
          }),
        ),
        loggingConfiguration: {
          level: "ERROR",
          includeExecutionData: true,
          logDestination: `${logGroup.arn}:*`,
        },
        tracingConfiguration: { enabled: true },
        tags,
        // Step Functions tries at once whether the role may write the log.
        dependsOn: [rolePolicy],
      }),
    );

    this.twin(
      "aws_cloudwatch_metric_alarm.failed",
      new CloudwatchMetricAlarm(this, "failed-alarm", {
        alarmName: `${name}-failed`,
        alarmDescription: `An execution of ${name} failed: its task could not be launched, or nobody could be told.`,
        namespace: "AWS/States",
        metricName: "ExecutionsFailed",
        dimensions: { StateMachineArn: stateMachine.arn },
        statistic: "Sum",
        period: 60,
        evaluationPeriods: 1,
        comparisonOperator: "GreaterThanThreshold",
        threshold: 0,
        treatMissingData: "notBreaching",
        alarmActions: [...(props.alarmActions ?? [])],
        tags,
      }),
    );

    const eventRole = this.twin(
      "aws_iam_role.event",
      new IamRole(this, "event-role", {
        name: `${name}-event`,
        description: `Taken by the rules that start ${name}.`,
        assumeRolePolicy: trust("events.amazonaws.com", {
          StringEquals: { "aws:SourceAccount": accountId },
          // The rule of a bus of one's own has the bus's name before its own.
          ArnLike: {
            "aws:SourceArn": ["", "*/"].map(
              (path) => `arn:${partition}:events:${place}:rule/${path}${name}-*`,
            ),
          },
        }),
        tags,
      }),
    );
    this.twin(
      "aws_iam_role_policy.event",
      new IamRolePolicy(this, "event-policy", {
        name: "start",
        role: eventRole.name,
        policy: policy({ Effect: "Allow", Action: "states:StartExecution", Resource: knownArn }),
      }),
    );

    this.stateMachineArn = stateMachine.arn;
    this.stateMachineName = stateMachine.name;
    this.roleArn = role.arn;
    this.logGroupName = logGroup.name;
    this.eventRoleArn = eventRole.arn;
    for (const [event, rule] of sortedEntries(props.events)) this.onEvent(event, rule);
  }

  /**
   * Starts an execution on each event that the rule matches: it launches the service that `service` names or, without
   * it, the one that the event names in `detail.service`.
   *
   * @param name of the event, unique in this workflow: 1 to 35 letters, digits, hyphens and underscores.
   * @throws ValidationError when the rule is one that EventBridge refuses.
   */
  onEvent(name: string, event: LauncherEvent): EventRule {
    check(
      this,
      /^[A-Za-z0-9_-]{1,35}$/.test(name),
      `events names "${name}"; an event's name has 1 to 35 letters, digits, hyphens and underscores.`,
    );
    const { source, ...rest } = event;
    const rule = this.twinModule(
      `module.event_rule["${name}"]`,
      new EventRule(this, `event-rule-${name}`, {
        ...rest,
        eventSource: source,
        name: `${this.props.name}-${name}`,
        target: "workflow",
        stateMachineArn: this.stateMachineArn,
        roleArn: this.eventRoleArn,
        kmsKeyArn: this.props.kmsKeyArn,
        alarmActions: this.props.alarmActions,
        tags: this.props.tags,
      }),
    );
    this.eventRuleArns[name] = rule.ruleArn;
    return rule;
  }
}

/** Step Functions attaches its log by these calls, which have no resources to name. */
const attachLog: PolicyStatement = {
  Effect: "Allow",
  Action: [
    "logs:CreateLogDelivery",
    "logs:DeleteLogDelivery",
    "logs:DescribeLogGroups",
    "logs:DescribeResourcePolicies",
    "logs:GetLogDelivery",
    "logs:ListLogDeliveries",
    "logs:PutResourcePolicy",
    "logs:UpdateLogDelivery",
  ],
  Resource: "*",
};

/** X-Ray has no resources to name. */
const trace: PolicyStatement = {
  Effect: "Allow",
  Action: [
    "xray:GetSamplingRules",
    "xray:GetSamplingTargets",
    "xray:PutTelemetryRecords",
    "xray:PutTraceSegments",
  ],
  Resource: "*",
};

function checkProps(scope: Construct, props: WorkflowProps): void {
  checkMatches(
    scope,
    "name",
    props.name,
    /^[A-Za-z0-9_-]{1,28}$/,
    "a workflow's name has 1 to 28 letters, digits, hyphens and underscores (a rule's name has 64, and the name of an event is added).",
  );
  checkRange(scope, "maxAttempts", props.maxAttempts, 1, 100, "it");
  checkRange(scope, "retryIntervalSeconds", props.retryIntervalSeconds, 1, 300, "it");
  checkLogRetention(scope, "logRetentionDays", props.logRetentionDays);
}
