import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group";
import { CloudwatchMetricAlarm } from "@cdktf/provider-aws/lib/cloudwatch-metric-alarm";
import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import { SfnStateMachine } from "@cdktf/provider-aws/lib/sfn-state-machine";
import type { Construct } from "constructs";
import { accountOf } from "../core/account";
import { checkCommonInputs } from "../core/common-inputs";
import { json } from "../core/json";
import { checkLogRetention } from "../core/log-retention";
import { sortedEntries } from "../core/maps";
import { type PolicyStatement, policy, trust } from "../core/policy";
import { withoutNulls } from "../core/props";
import { checkRoles, roleWith } from "../core/roles";
import { Twin } from "../core/twin";
import { typed } from "../core/typed";
import { check, checkMatches, checkRange } from "../core/validation";
import { EventRule } from "../event-rule";
import { pathsOfRule } from "../event-rule/paths";
import type { LauncherEvent } from "../launcher";
import { checkNamesService } from "../launcher/event-service";
import { definition } from "./definition";
import type { WorkflowProps } from "./props";

export type { WorkflowProps } from "./props";

/**
 * A Step Functions state machine that launches an ECS task. Its input has the same format as an event to a
 * {@link Launcher}. The execution waits until the task runs and is registered, retries transient errors, and publishes
 * the outcome to an event bus. Twin of the module `workflow`.
 *
 * @example
 * import { Workflow } from "cdktf-event-driven-ecs/workflow";
 *
 * const workflow = new Workflow(this, "workflow", {
 *   name: "engines",
 *   functionArn: "arn:aws:lambda:eu-west-1:123456789012:function:engines-start-task",
 * });
 * workflow.onEvent("start", { source: ["custom.app"], detailType: ["Start ECS Task"] });
 *
 * @throws ValidationError when a value is one that AWS refuses.
 */
export class Workflow extends Twin {
  /** ARN of the state machine. */
  readonly stateMachineArn: string;
  /** Name of the state machine. */
  readonly stateMachineName: string;
  /** ARN of the execution role of the state machine. */
  readonly roleArn: string;
  /** Name of the log group of the state machine, `/aws/vendedlogs/states/<name>`. */
  readonly logGroupName: string;
  /** ARN of the EventBridge rule of each event in `events`, by the event's name. */
  readonly eventRuleArns: Record<string, string> = {};

  private readonly props: WorkflowProps;
  private readonly eventRoleArn: string;

  constructor(scope: Construct, id: string, given: WorkflowProps) {
    super(scope, id);
    const props = typed(this, "workflow", withoutNulls(given));
    checkCommonInputs(this, "workflow", props);
    this.props = props;
    checkProps(this, props);
    this.useNames(props.names);
    const { name, functionArn, tags } = props;
    const { accountId, partition, region } = accountOf(this);
    const place = `${region}:${accountId}`;
    // Built from names that are known at plan time, so that the plan shows every permission.
    const knownArn = `arn:${partition}:states:${place}:stateMachine:${this.named("aws_sfn_state_machine.this") ?? name}`;
    const eventBusArn = props.eventBusArn ?? `arn:${partition}:events:${place}:event-bus/default`;

    const logGroup = this.twin(
      "aws_cloudwatch_log_group.this",
      new CloudwatchLogGroup(this, "log-group", {
        // With this prefix, the resource policy of CloudWatch Logs does not reach its size limit when there are many state
        // machines.
        name: this.named("aws_cloudwatch_log_group.this") ?? `/aws/vendedlogs/states/${name}`,
        retentionInDays: props.logRetentionDays ?? 365,
        kmsKeyId: props.kmsKeyArn,
        tags,
      }),
    );

    const role = this.twin(
      "aws_iam_role.this",
      new IamRole(this, "role", {
        ...roleWith(this, props.roles, `${name}-workflow`, this.named("aws_iam_role.this")),
        description: `Execution role of the state machine ${name}.`,
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
        name: this.named("aws_iam_role_policy.this") ?? "workflow",
        role: role.name,
        policy: policy(
          { Effect: "Allow", Action: "lambda:InvokeFunction", Resource: functionArn },
          { Effect: "Allow", Action: "events:PutEvents", Resource: eventBusArn },
          deliverLogs,
          trace,
        ),
      }),
    );

    const stateMachine = this.twin(
      "aws_sfn_state_machine.this",
      new SfnStateMachine(this, "state-machine", {
        name: this.named("aws_sfn_state_machine.this") ?? name,
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
        // Step Functions checks at creation that the role has permission to write the log.
        dependsOn: [rolePolicy],
      }),
    );

    this.twin(
      "aws_cloudwatch_metric_alarm.failed",
      new CloudwatchMetricAlarm(this, "failed-alarm", {
        alarmName: this.named("aws_cloudwatch_metric_alarm.failed") ?? `${name}-failed`,
        alarmDescription: `An execution of ${name} failed: its task could not be launched, or the outcome could not be published.`,
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
        ...roleWith(this, props.roles, `${name}-event`, this.named("aws_iam_role.event")),
        description: `Role of the EventBridge rules that start ${name}.`,
        assumeRolePolicy: trust("events.amazonaws.com", {
          StringEquals: { "aws:SourceAccount": accountId },
          // The ARN of a rule of a custom event bus has the name of the bus before that of the rule.
          ArnLike: {
            "aws:SourceArn": ruleNames(props).flatMap((rule) =>
              ["", "*/"].map((path) => `arn:${partition}:events:${place}:rule/${path}${rule}`),
            ),
          },
        }),
        tags,
      }),
    );
    this.twin(
      "aws_iam_role_policy.event",
      new IamRolePolicy(this, "event-policy", {
        name: this.named("aws_iam_role_policy.event") ?? "start",
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
    this.refuseUnknownNames("module.event_rule[");
  }

  /**
   * Adds an EventBridge rule that starts an execution on each event that it matches. The execution starts `service` or,
   * without it, the service that the event names in `detail.service`.
   *
   * @param name name of the event, unique in this workflow: 1 to 35 letters, digits, hyphens and underscores.
   * @param event pattern, preset or schedule of the rule.
   * @throws ValidationError when the rule is one that EventBridge refuses.
   */
  onEvent(name: string, event: LauncherEvent): EventRule {
    event = withoutNulls(event);
    check(
      this,
      /^[A-Za-z0-9_-]{1,35}$/.test(name),
      `events names "${name}"; an event's name has 1 to 35 letters, digits, hyphens and underscores.`,
    );
    checkNamesService(this, name, event);
    const { source, ...rest } = event;
    const rule = this.twinModule(
      `module.event_rule["${name}"]`,
      new EventRule(this, this.nested(`event-rule-${name}`, pathsOfRule(`events.${name}`)), {
        ...rest,
        eventSource: source,
        name: `${this.props.name}-${name}`,
        names: this.namesIn(`module.event_rule["${name}"]`),
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

/** Names of the rules with which EventBridge takes the role. A rule that is adopted has its own name. */
const ruleNames = ({ name, names }: WorkflowProps): string[] => [
  `${name}-*`,
  ...sortedEntries(names).flatMap(([address, given]) =>
    /^module\.event_rule\[.*\]\.aws_cloudwatch_event_rule\.this$/.test(address) ? [given] : [],
  ),
];

/** Log delivery of Step Functions. These actions do not support resource-level permissions. */
const deliverLogs: PolicyStatement = {
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

/** The actions of X-Ray do not support resource-level permissions. */
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
  checkRoles(scope, props.roles);
}
