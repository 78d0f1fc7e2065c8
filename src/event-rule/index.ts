import { CloudwatchEventRule } from "@cdktf/provider-aws/lib/cloudwatch-event-rule";
import { CloudwatchEventTarget } from "@cdktf/provider-aws/lib/cloudwatch-event-target";
import { CloudwatchMetricAlarm } from "@cdktf/provider-aws/lib/cloudwatch-metric-alarm";
import { LambdaPermission } from "@cdktf/provider-aws/lib/lambda-permission";
import { Token } from "cdktf";
import type { Construct } from "constructs";
import { checkCommonInputs } from "../core/common-inputs";
import { expression } from "../core/expression";
import { json } from "../core/json";
import { withoutNulls } from "../core/props";
import { Twin } from "../core/twin";
import { typed } from "../core/typed";
import {
  check,
  checkAtPlan,
  checkLiteral,
  checkMatches,
  checkOneOf,
  checkRange,
  isKnown,
  isToken,
} from "../core/validation";
import { DeadLetterQueue } from "../dead-letter-queue";
import { checkDetail, type EventPattern, eventPattern } from "./pattern";
import { presetPattern, presets, type Severity, severities, severitiesOf } from "./presets";
import type { EventRuleProps } from "./props";
import { checkScheduleExpression } from "./schedule-expression";

export type { EventRuleProps, EventTarget } from "./props";

/**
 * An EventBridge rule that sends events to a Lambda function, a queue or a workflow. It has exactly one of an event
 * pattern, a preset or a schedule. EventBridge retries for a day and sends events that it could not deliver to the rule's
 * dead-letter queue (DLQ), which has an alarm. Twin of the module `event-rule`.
 *
 * @example
 * import { EventRule } from "cdktf-event-driven-ecs/event-rule";
 *
 * new EventRule(this, "findings", {
 *   name: "engines-findings",
 *   preset: "security_hub",
 *   minimumSeverity: "HIGH",
 *   functionArn: "arn:aws:lambda:eu-west-1:123456789012:function:triage",
 *   functionName: "triage",
 * });
 *
 * @throws ValidationError when a value is one that EventBridge refuses, or when the rule has no pattern, preset or
 * schedule or more than one of them.
 */
export class EventRule extends Twin {
  /** ARN of the EventBridge rule. */
  readonly ruleArn: string;
  /** Name of the EventBridge rule. */
  readonly ruleName: string;
  /** ARN of the dead-letter queue (DLQ) of the rule, for events that EventBridge could not deliver. */
  readonly deadLetterQueueArn: string;
  /** URL of the dead-letter queue (DLQ) of the rule, for events that EventBridge could not deliver. */
  readonly deadLetterQueueUrl: string;

  private readonly props: EventRuleProps;

  constructor(scope: Construct, id: string, given: EventRuleProps) {
    super(scope, id);
    const props = typed(this, "event-rule", withoutNulls(given));
    checkCommonInputs(this, "event-rule", props);
    this.props = props;
    checkProps(this, props);
    const { name, target = "function", tags } = props;
    const eventBusName = props.eventBusName ?? "default";
    this.useNames(props.names);

    const rule = this.twin(
      "aws_cloudwatch_event_rule.this",
      new CloudwatchEventRule(this, "rule", {
        name: this.named("aws_cloudwatch_event_rule.this") ?? name,
        description: props.description,
        eventBusName,
        scheduleExpression: props.scheduleExpression,
        eventPattern:
          props.scheduleExpression === undefined ? json(eventPattern(patternOf(props))) : undefined,
        tags,
      }),
    );

    // For a queue there is no such resource: a queue has a single policy, and its owner manages it.
    const permissions = target === "function" ? [this.permission(rule.arn)] : [];

    const deadLetterQueue = this.twinModule(
      "module.dead_letter_queue",
      new DeadLetterQueue(this, "dead-letter-queue", {
        name: `${name}-undelivered`,
        names: this.namesIn("module.dead_letter_queue"),
        senders: { rule: { service: "events.amazonaws.com", sourceArn: rule.arn } },
        kmsKeyArn: props.kmsKeyArn,
        alarmActions: props.alarmActions,
        tags,
      }),
    );

    this.twin(
      "aws_cloudwatch_event_target.this",
      new CloudwatchEventTarget(this, "target", {
        rule: rule.name,
        eventBusName,
        targetId: this.named("aws_cloudwatch_event_target.this") ?? name,
        arn: { function: props.functionArn, queue: props.queueArn, workflow: props.stateMachineArn }[target]!,
        roleArn: props.roleArn,
        retryPolicy: {
          maximumEventAgeInSeconds: props.maximumEventAgeSeconds ?? 86400,
          maximumRetryAttempts: props.maximumRetryAttempts ?? 185,
        },
        deadLetterConfig: { arn: deadLetterQueue.queueArn },
        inputTransformer:
          props.service === undefined
            ? undefined
            : { inputTemplate: `{"service":"${props.service}","event":<aws.events.event.json>}` },
        // EventBridge does not retry a delivery that is denied, so the permissions of the function and of the
        // dead-letter queue exist before the target.
        dependsOn: [...permissions, ...deadLetterQueue.twinAddresses.values()],
      }),
    );

    // Such an event is lost: it is neither delivered nor in the dead-letter queue.
    this.twin(
      "aws_cloudwatch_metric_alarm.dlq_failures",
      new CloudwatchMetricAlarm(this, "dlq-failures-alarm", {
        alarmName: this.named("aws_cloudwatch_metric_alarm.dlq_failures") ?? `${name}-dlq-failures`,
        alarmDescription: `EventBridge could not send an event of the rule ${name} to its dead-letter queue; the event is lost. Causes are missing permissions and events larger than the queue takes.`,
        namespace: "AWS/Events",
        metricName: "InvocationsFailedToBeSentToDlq",
        dimensions: dimensions(rule.name, eventBusName),
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

    this.ruleArn = rule.arn;
    this.ruleName = rule.name;
    this.refuseUnknownNames();
    this.deadLetterQueueArn = deadLetterQueue.queueArn;
    this.deadLetterQueueUrl = deadLetterQueue.queueUrl;
  }

  private permission(ruleArn: string): LambdaPermission {
    return this.twin(
      'aws_lambda_permission.this["function"]',
      new LambdaPermission(this, "permission", {
        statementId: this.named('aws_lambda_permission.this["function"]') ?? this.props.name,
        action: "lambda:InvokeFunction",
        functionName: this.props.functionName!,
        principal: "events.amazonaws.com",
        sourceArn: ruleArn,
      }),
    );
  }
}

/** EventBridge adds the dimension EventBusName for rules of any other bus than the default. */
function dimensions(RuleName: string, nameOrArn: string): Record<string, string> {
  if (isKnown(nameOrArn)) {
    const EventBusName = nameOrArn.replace(/^arn:.*:event-bus\//, "");
    return EventBusName === "default" ? { RuleName } : { RuleName, EventBusName };
  }
  const EventBusName = expression`replace(${nameOrArn}, "/^arn:.*:event-bus[/]/", "")`;
  const unlessDefault = expression`{ for name, bus in ${{ EventBusName }} : name => bus if bus != "default" }`;
  return Token.asStringMap(expression`merge(${{ RuleName }}, ${unlessDefault})`);
}

const patternOf = (props: EventRuleProps): EventPattern => {
  const { preset, minimumSeverity, eventSource = [], detailType = [], detail = {}, eventNames = [] } = props;
  return preset === undefined
    ? { source: eventSource, detailType, detail }
    : presetPattern(preset, { minimumSeverity, eventSource, eventNames });
};

function checkProps(scope: Construct, props: EventRuleProps): void {
  checkMatches(
    scope,
    "name",
    props.name,
    /^[A-Za-z0-9_-]{1,64}$/,
    "a rule name here has 1 to 64 letters, digits, hyphens and underscores (EventBridge allows dots too, but the dead-letter queue is named after the rule).",
  );
  if (isKnown(props.description)) {
    const { length } = props.description!;
    check(scope, length <= 512, `description has ${length} characters; EventBridge takes at most 512.`);
  }
  checkMatches(
    scope,
    "eventBusName",
    props.eventBusName,
    /^(arn:[^:]+:events:[a-z0-9-]+:[0-9]{12}:event-bus\/)?[A-Za-z0-9/._-]{1,256}$/,
    "an event bus has a name of 1 to 256 letters, digits and / . _ -, or an ARN.",
  );
  checkMatches(
    scope,
    "service",
    props.service,
    /^[A-Za-z0-9_-]{1,64}$/,
    "a service's name has 1 to 64 letters, digits, hyphens and underscores.",
  );
  checkLiteral(scope, "preset", props.preset, "decides the event pattern");
  checkLiteral(scope, "minimumSeverity", props.minimumSeverity, "decides the event pattern");
  checkOneOf(scope, "preset", props.preset, presets);
  checkOneOf(scope, "minimumSeverity", props.minimumSeverity, severities);
  checkRange(scope, "maximumEventAgeSeconds", props.maximumEventAgeSeconds, 60, 86400, "EventBridge");
  checkRange(scope, "maximumRetryAttempts", props.maximumRetryAttempts, 0, 185, "EventBridge");
  checkDetail(scope, "detail", props.detail);
  checkTarget(scope, props);
  checkOnePatternPresetOrSchedule(scope, props);
  checkSchedule(scope, props);
  checkPreset(scope, props);
}

const targets = {
  function: ["functionArn", "functionName"],
  queue: ["queueArn"],
  workflow: ["roleArn", "stateMachineArn"],
} as const;

function checkTarget(scope: Construct, props: EventRuleProps): void {
  const { target = "function" } = props;
  checkLiteral(scope, "target", target, "decides which resources exist");
  checkOneOf(scope, "target", target, Object.keys(targets));
  const given = Object.values(targets)
    .flat()
    .filter((name) => props[name] !== undefined);
  const takes = Object.entries(targets).map(([name, inputs]) => `"${name}" takes ${inputs.join(" and ")}`);
  check(
    scope,
    given.join() === targets[target].join(),
    `target is "${target}" and the props given are ${given.join(", ") || "none"}; ${takes.join(", ")}.`,
  );
}

function checkOnePatternPresetOrSchedule(scope: Construct, props: EventRuleProps): void {
  const { preset, scheduleExpression, eventSource = [], detailType = [], detail } = props;
  const lists = { ...(preset !== "cloudtrail" && { eventSource }), detailType };
  const pattern = Object.entries({ ...lists, detail: detail && [detail] })
    .filter(([, values]) => values?.length && !isToken(values))
    .map(([name]) => name);
  const tokens = Object.values(lists).filter(isToken);
  const given = [
    preset !== undefined && `preset "${preset}"`,
    pattern.length > 0 && `a pattern (${pattern.join(", ")})`,
    scheduleExpression !== undefined && `scheduleExpression "${scheduleExpression}"`,
  ].filter(Boolean);
  if (tokens.length > 0 && pattern.length === 0 && given.length < 2) {
    checkAtPlan(
      scope,
      tokens,
      expression`(length(flatten(${tokens})) > 0) == ${given.length === 0}`,
      `The rule ${props.name} has ${given[0] ?? "no preset or schedule"}, and eventSource and detailType are tokens; give exactly one: preset, a pattern (eventSource, detailType, detail), or scheduleExpression.`,
    );
    return;
  }
  check(
    scope,
    given.length === 1,
    `The rule ${props.name} has ${given.join(" and ") || "no preset, pattern or schedule"}; give exactly one: preset, a pattern (eventSource, detailType, detail), or scheduleExpression.`,
  );
}

function checkSchedule(scope: Construct, { scheduleExpression, eventBusName }: EventRuleProps): void {
  checkScheduleExpression(scope, "scheduleExpression", scheduleExpression);
  check(
    scope,
    scheduleExpression === undefined || !isKnown(eventBusName) || eventBusName === "default",
    `eventBusName is "${eventBusName}"; a schedule works on the event bus "default" only.`,
  );
}

function checkPreset(scope: Construct, props: EventRuleProps): void {
  const { preset, minimumSeverity, eventSource = [], eventNames = [] } = props;
  const found = preset === undefined ? "no preset" : `preset "${preset}"`;
  const known = Object.entries<readonly Severity[]>(severitiesOf);
  check(
    scope,
    minimumSeverity === undefined ||
      known.some(([name, labels]) => name === preset && labels.includes(minimumSeverity)),
    `minimumSeverity is "${minimumSeverity}" with ${found}; these presets have severities: ${known
      .map(([name, labels]) => `${name}: ${labels.join(", ")}`)
      .join("; ")}.`,
  );
  if (isToken(eventNames) || (preset === "cloudtrail" && isToken(eventSource))) {
    checkAtPlan(
      scope,
      [eventNames, eventSource],
      preset === "cloudtrail"
        ? expression`length(${eventNames}) > 0 && length(${eventSource}) > 0 && alltrue([for source in ${eventSource} : startswith(source, "aws.")])`
        : preset === "security_hub_custom_action"
          ? expression`length(${eventNames}) > 0`
          : expression`length(${eventNames}) == 0`,
      `eventNames and eventSource do not fit ${found}; preset "cloudtrail" takes at least one of each, and eventSource is that of the called AWS service, such as "aws.s3". Preset "security_hub_custom_action" takes eventNames, no other does.`,
    );
    return;
  }
  check(
    scope,
    preset !== "cloudtrail" ||
      (eventNames.length > 0 &&
        eventSource.length > 0 &&
        eventSource.every((source) => !isKnown(source) || source.startsWith("aws."))),
    `preset "cloudtrail" has eventSource [${eventSource.join(", ")}] and eventNames [${eventNames.join(", ")}]; it takes at least one of each, and eventSource is that of the called AWS service, such as "aws.s3".`,
  );
  check(
    scope,
    preset !== "security_hub_custom_action" || eventNames.length > 0,
    'preset "security_hub_custom_action" has no eventNames; it takes the names of the custom actions that send events here, such as "Remediate".',
  );
  check(
    scope,
    preset === "cloudtrail" || preset === "security_hub_custom_action" || eventNames.length === 0,
    `eventNames is [${eventNames.join(", ")}] with ${found}; only the presets "cloudtrail" and "security_hub_custom_action" take it.`,
  );
}
