import { EventRule, type EventRuleProps } from "../../../src/event-rule";
import { block } from "./block";
import { everyName } from "./names";

const target = {
  functionArn: "arn:aws:lambda:us-east-1:123456789012:function:engines-start-task",
  functionName: "engines-start-task",
};

const presets: Record<string, EventRuleProps> = Object.fromEntries(
  (
    [
      { preset: "security_hub" },
      { preset: "security_hub", minimumSeverity: "HIGH" },
      { preset: "security_hub_custom_action", eventNames: ["Remediate"] },
      {
        preset: "security_hub_custom_action",
        minimumSeverity: "HIGH",
        eventNames: ["Remediate", "Clean up"],
      },
      { preset: "security_hub_v2" },
      { preset: "security_hub_v2", minimumSeverity: "CRITICAL" },
      { preset: "guardduty" },
      { preset: "guardduty", minimumSeverity: "MEDIUM" },
      { preset: "config" },
      { preset: "macie" },
      { preset: "macie", minimumSeverity: "LOW" },
      { preset: "access_analyzer" },
      { preset: "inspector" },
      { preset: "inspector", minimumSeverity: "CRITICAL" },
      { preset: "cloudtrail", eventSource: ["aws.s3"], eventNames: ["PutBucketAcl", "PutBucketPolicy"] },
    ] as const
  ).map((props) => {
    const name = Object.values(props).flat().slice(0, 2).join("-").replaceAll(/[._]/g, "-").toLowerCase();
    return [name, { ...target, ...props, name }];
  }),
);

const everything: EventRuleProps = {
  ...target,
  name: "all-rule",
  description: 'Starts "auth" <on> demand & at once',
  eventSource: ["custom.app", "custom.other"],
  detailType: ["Start ECS Task"],
  detail: {
    service: ["auth", { prefix: "auth-" }],
    load: [{ numeric: [">", 0, "<=", 5.5] }],
    dry: [false, null],
    inner: { "odd key/<&>": [{ exists: true }, 'a"b\\c'] },
    $or: [{ zone: ["a"] }, { tier: [1] }],
  },
  service: "auth",
  maximumEventAgeSeconds: 60,
  maximumRetryAttempts: 0,
  kmsKeyArn: "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab",
  alarmActions: ["arn:aws:sns:us-east-1:123456789012:oncall"],
  tags: { team: "platform", "cost/center": "7" },
};

export const eventRule = block<EventRuleProps>({
  module: "event-rule",
  construct: EventRule,
  settings: {
    defaults: { ...target, name: "plain-rule", eventSource: ["custom.app"] },
    everything,
    named: { ...everything, name: "named-rule", names: everyName(EventRule, everything) },
    odd: {
      ...target,
      name: "_R-9-this-name-is-as-long-as-a-name-of-a-rule-in-EventBridge-can",
      detail: { a: ["b"] },
      tags: { "a_b.c:/=+-@ d": "_.:/=+-@ é" },
    },
    schedule: { ...target, name: "nightly", scheduleExpression: "cron(0 3 ? * MON-FRI *)", service: "pdf" },
    rate: { ...target, name: "often", scheduleExpression: "rate(1 minute)", eventBusName: "default" },
    workflow: {
      name: "into-a-workflow",
      eventSource: ["custom.app"],
      target: "workflow",
      stateMachineArn: "arn:aws:states:us-east-1:123456789012:stateMachine:engines",
      roleArn: "arn:aws:iam::123456789012:role/engines-event",
    },
    queue: {
      name: "into-a-queue",
      eventSource: ["custom.app"],
      target: "queue",
      queueArn: "arn:aws:sqs:us-east-1:123456789012:engines-buffer",
      service: "auth",
    },
    ...presets,
  },
  asHcl: ({ detail, ...props }) => ({ ...props, detail: detail && JSON.stringify(detail) }),
});
