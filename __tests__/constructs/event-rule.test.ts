import { CloudwatchEventBus } from "@cdktf/provider-aws/lib/cloudwatch-event-bus";
import { TerraformStack, Testing } from "cdktf";
import fc from "fast-check";
import { EventRule, type EventRuleProps } from "../../src/event-rule";
import type { DetailPattern } from "../../src/event-rule/pattern";
import { checkScheduleExpression } from "../../src/event-rule/schedule-expression";
import { only, synthesize } from "./synth";

const { awsCronExpressionValidator } = require("aws-cron-expression-validator") as {
  awsCronExpressionValidator: (expression: string) => unknown;
};

const target = {
  functionArn: "arn:aws:lambda:eu-west-1:123456789012:function:engines-start-task",
  functionName: "engines-start-task",
};

const rule = (props: Partial<EventRuleProps>) =>
  synthesize((stack) => new EventRule(stack, "start", { name: "start", ...target, ...props }));

const patternOf = (props: Partial<EventRuleProps>): unknown =>
  JSON.parse(only(rule(props), "aws_cloudwatch_event_rule").event_pattern as string);

const accepts = (check: () => void): boolean => {
  try {
    check();
    return true;
  } catch {
    return false;
  }
};

describe("pattern", () => {
  test("contains what is given and nothing else", () => {
    expect(patternOf({ eventSource: ["custom.app"] })).toEqual({ source: ["custom.app"] });
    expect(
      patternOf({ detailType: ["Start ECS Task"], detail: { load: [{ numeric: [">", 5.5] }] } }),
    ).toEqual({
      "detail-type": ["Start ECS Task"],
      detail: { load: [{ numeric: [">", 5.5] }] },
    });
  });

  const all = ["LOW", "MEDIUM", "HIGH", "CRITICAL"] as const;

  test("of Security Hub matches new findings from a severity on", () => {
    const found = { RecordState: ["ACTIVE"], Workflow: { Status: ["NEW"] } };
    expect(patternOf({ preset: "security_hub" })).toEqual({
      source: ["aws.securityhub"],
      "detail-type": ["Security Hub Findings - Imported"],
      detail: { findings: found },
    });
    expect(all.map((minimumSeverity) => patternOf({ preset: "security_hub", minimumSeverity }))).toEqual(
      [all, all.slice(1), all.slice(2), all.slice(3)].map((Label) =>
        expect.objectContaining({ detail: { findings: { ...found, Severity: { Label } } } }),
      ),
    );
  });

  test("of GuardDuty matches findings from the lowest number of a severity on", () => {
    expect(patternOf({ preset: "guardduty" })).not.toHaveProperty("detail");
    expect(all.map((minimumSeverity) => patternOf({ preset: "guardduty", minimumSeverity }))).toEqual(
      [1, 4, 7, 9].map((least) =>
        expect.objectContaining({ detail: { severity: [{ numeric: [">=", least] }] } }),
      ),
    );
  });

  test("of Inspector and of Macie uses the severity names of each", () => {
    expect(patternOf({ preset: "inspector", minimumSeverity: "HIGH" })).toMatchObject({
      detail: { status: ["ACTIVE"], severity: ["HIGH", "CRITICAL"] },
    });
    expect(patternOf({ preset: "macie", minimumSeverity: "MEDIUM" })).toMatchObject({
      detail: { severity: { description: ["Medium", "High"] } },
    });
  });

  test("of CloudTrail has the source of the called AWS service and matches successful calls only", () => {
    expect(
      patternOf({ preset: "cloudtrail", eventSource: ["aws.s3"], eventNames: ["PutBucketAcl"] }),
    ).toEqual({
      source: ["aws.s3"],
      "detail-type": ["AWS API Call via CloudTrail"],
      detail: { eventName: ["PutBucketAcl"], errorCode: [{ exists: false }] },
    });
  });

  test.each([
    ["config", { newEvaluationResult: { complianceType: ["NON_COMPLIANT"] } }],
    ["access_analyzer", { status: ["ACTIVE"] }],
    ["inspector", { status: ["ACTIVE"] }],
  ] as const)("of %s leaves out events that need no action", (preset, detail) => {
    expect(patternOf({ preset })).toMatchObject({ detail });
  });
});

describe("target", () => {
  test("allows this rule only, and the permission exists before the target", () => {
    const resources = rule({ eventSource: ["custom.app"] });
    const [ruleId] = Object.keys(resources.aws_cloudwatch_event_rule!);
    const [permissionId] = Object.keys(resources.aws_lambda_permission!);
    expect(only(resources, "aws_lambda_permission")).toMatchObject({
      principal: "events.amazonaws.com",
      source_arn: `\${aws_cloudwatch_event_rule.${ruleId}.arn}`,
    });
    expect(only(resources, "aws_cloudwatch_event_target").depends_on).toContain(
      `aws_lambda_permission.${permissionId}`,
    );
  });

  test("gets the event itself or, with service, the service and the event", () => {
    const event = { eventSource: ["custom.app"] };
    expect(only(rule(event), "aws_cloudwatch_event_target")).not.toHaveProperty("input_transformer");
    expect(only(rule({ ...event, service: "auth" }), "aws_cloudwatch_event_target")).toMatchObject({
      input_transformer: { input_template: '{"service":"auth","event":<aws.events.event.json>}' },
    });
  });

  test("is retried for a day, then the event goes to a DLQ that allows this rule only", () => {
    const resources = rule({ scheduleExpression: "rate(1 day)" });
    expect(only(resources, "aws_cloudwatch_event_target").retry_policy).toEqual({
      maximum_event_age_in_seconds: 86400,
      maximum_retry_attempts: 185,
    });
    expect(only(resources, "aws_sqs_queue").name).toBe("start-undelivered");
    expect(only(resources, "aws_sqs_queue_policy").policy).toContain("aws_cloudwatch_event_rule");
  });
});

describe("an event that EventBridge could not send to the DLQ", () => {
  const eventSource = ["custom.app"];
  const alarmOf = (resources: ReturnType<typeof rule>) =>
    only(resources, "aws_cloudwatch_metric_alarm", { alarm_name: "start-dlq-failures" });
  const bus = "arn:aws:events:eu-west-1:123456789012:event-bus";

  test("puts an alarm in ALARM", () => {
    const alarmActions = ["arn:aws:sns:eu-west-1:123456789012:oncall"];
    expect(alarmOf(rule({ eventSource, alarmActions }))).toMatchObject({
      namespace: "AWS/Events",
      metric_name: "InvocationsFailedToBeSentToDlq",
      statistic: "Sum",
      period: 60,
      threshold: 0,
      treat_missing_data: "notBreaching",
      alarm_actions: alarmActions,
    });
  });

  test.each([
    [undefined, {}],
    [`${bus}/default`, {}],
    ["orders", { EventBusName: "orders" }],
    [`${bus}/orders`, { EventBusName: "orders" }],
    [`${bus}/aws.partner/shop.com/orders`, { EventBusName: "aws.partner/shop.com/orders" }],
  ])("is counted for a rule of the event bus %s", (eventBusName, more) => {
    const RuleName = expect.stringMatching(/aws_cloudwatch_event_rule\..*name/);
    expect(alarmOf(rule({ eventSource, eventBusName })).dimensions).toEqual({ RuleName, ...more });
  });

  test("is counted for a rule of an event bus that only Terraform knows", () => {
    const resources = synthesize((stack) => {
      const eventBusName = new CloudwatchEventBus(stack, "bus", { name: "orders" }).arn;
      new EventRule(stack, "start", { name: "start", ...target, eventSource, eventBusName });
    });
    const { dimensions } = alarmOf(resources);
    expect(dimensions).toContain('replace(aws_cloudwatch_event_bus.bus.arn, "/^arn:.*:event-bus[/]/", "")');
    expect(dimensions).toContain('if bus != "default"');
  });
});

describe("schedule", () => {
  const stack = new TerraformStack(Testing.app(), "test");
  const takes = (expression: string) =>
    accepts(() => checkScheduleExpression(stack, "scheduleExpression", expression));

  test.each([
    "rate(1 minute)",
    "rate(1 day)",
    "rate(2 hours)",
    "rate(365 days)",
    "cron(0 3 * * ? *)",
    "cron(0/15 8-17 ? * MON-FRI 2026)",
    "cron(*/5 * 1,15 JAN,7 ? 2026-2030)",
    "cron(0 0 L * ? *)",
    "cron(0 0 15W * ? *)",
    "cron(0 0 ? * 6L *)",
    "cron(0 0 ? * TUE#2 *)",
    "cron(0-30/5,45 00 ? * L *)",
  ])("accepts %s", (expression) => expect(takes(expression)).toBe(true));

  test.each([
    "rate(0 minutes)",
    "rate(1 minutes)",
    "rate(5 minute)",
    "rate(-1 days)",
    "rate(1.5 hours)",
    "rate(2 weeks)",
    "rate(5 minutes) ",
    "every day",
    "cron(0 3 * * *)",
    "cron(0 3 * * ? * *)",
    "cron(0 3 * * * *)",
    "cron(0 3 ? * ? *)",
    "cron(60 3 * * ? *)",
    "cron(0 24 * * ? *)",
    "cron(0 3 32 * ? *)",
    "cron(0 3 * 13 ? *)",
    "cron(0 3 ? * 0 *)",
    "cron(0 3 ? * 8 *)",
    "cron(0 3 ? * MON#6 *)",
    "cron(0 3 ? * 3#1,6#3 *)",
    "cron(0 3 ? * 3W *)",
    "cron(0 3 * * ? 1969)",
    "cron(0 3 * * ? 2200)",
    "cron(0/0 3 * * ? *)",
    "cron(1,,2 3 * * ? *)",
    "cron(? 3 * * ? *)",
    "at(2026-01-01T00:00:00)",
    "cron(0 3 31 NOV ? *)",
  ])("refuses %s", (expression) => expect(takes(expression)).toBe(false));

  test("accepts and refuses what another validator of EventBridge's cron grammar does", () => {
    const number = fc.oneof(fc.integer({ min: 0, max: 8 }), fc.integer({ min: 0, max: 80 })).map(String);
    const value = fc.oneof(
      number,
      fc.constantFrom("JAN", "DEC", "SUN", "SAT", "1970", "2199", "2200", "07", "x"),
    );
    const range = fc.tuple(value, value).map(([from, to]) => `${from}-${to}`);
    const list = fc
      .array(fc.oneof(value, range), { minLength: 1, maxLength: 3 })
      .map((items) => items.join(","));
    const stepped = fc
      .tuple(fc.oneof(value, fc.constant("*")), number)
      .map(([from, step]) => `${from}/${step}`);
    const time = fc.oneof(list, stepped, fc.constant("*"));
    const day = fc.oneof(
      list,
      fc.constantFrom("*", "?", "L"),
      value.map((text) => `${text}W`),
    );
    const weekday = fc.oneof(
      list,
      fc.constantFrom("*", "?", "L"),
      fc.tuple(value, number).map(([text, nth]) => `${text}#${nth}`),
    );
    // Mostly valid fields, or nearly every expression would be invalid in one of them.
    const either = (legal: string, field: fc.Arbitrary<string>) =>
      fc.oneof({ weight: 2, arbitrary: fc.constant(legal) }, { weight: 1, arbitrary: field });
    const anyDay = fc.oneof(day, stepped);
    const days = fc.oneof(
      fc.tuple(anyDay, fc.constant("?")),
      fc.tuple(fc.constant("?"), weekday),
      fc.tuple(anyDay, weekday),
    );
    const fields = fc.tuple(
      either("0", time),
      either("*/2", time),
      days,
      either("JAN-MAR", time),
      either("*", time),
    );
    fc.assert(
      fc.property(fields, ([minute, hour, [dayOfMonth, dayOfWeek], month, year]) => {
        const expression = [minute, hour, dayOfMonth, month, dayOfWeek, year].join(" ");
        expect([expression, takes(`cron(${expression})`)]).toEqual([
          expression,
          accepts(() => awsCronExpressionValidator(expression)),
        ]);
      }),
      { numRuns: 3000 },
    );
  });
});

test.each<[Partial<EventRuleProps>, string]>([
  [{ name: "a.b", scheduleExpression: "rate(1 day)" }, 'name is "a.b"; a rule name here has 1 to 64 letters'],
  [
    {},
    "The rule start has no preset, pattern or schedule; give exactly one: preset, a pattern (eventSource, detailType, detail), or scheduleExpression.",
  ],
  [
    { preset: "config", eventSource: ["aws.config"], scheduleExpression: "rate(1 day)" },
    'The rule start has preset "config" and a pattern (eventSource) and scheduleExpression "rate(1 day)"; give exactly one',
  ],
  [{ preset: "cloudtrail", detail: { a: ["b"] } }, 'has preset "cloudtrail" and a pattern (detail); give'],
  [
    { preset: "sechub" as "config" },
    'preset is "sechub"; allowed are "security_hub", "security_hub_custom_action",',
  ],
  [
    { preset: "guardduty", minimumSeverity: "SEVERE" as "HIGH" },
    'minimumSeverity is "SEVERE"; allowed are "LOW", "MEDIUM", "HIGH", "CRITICAL".',
  ],
  [
    { preset: "config", minimumSeverity: "HIGH" },
    'minimumSeverity is "HIGH" with preset "config"; these presets have severities: security_hub: LOW, MEDIUM, HIGH, CRITICAL; security_hub_custom_action:',
  ],
  [{ preset: "macie", minimumSeverity: "CRITICAL" }, 'minimumSeverity is "CRITICAL" with preset "macie"; '],
  [
    { eventSource: ["custom.app"], minimumSeverity: "LOW" },
    'minimumSeverity is "LOW" with no preset; these presets have severities:',
  ],
  [
    { preset: "cloudtrail", eventSource: ["s3.amazonaws.com"], eventNames: ["PutBucketAcl"] },
    'preset "cloudtrail" has eventSource [s3.amazonaws.com] and eventNames [PutBucketAcl]; it takes at least one of each, and eventSource is that of the called AWS service, such as "aws.s3".',
  ],
  [
    { preset: "cloudtrail", eventSource: ["aws.s3"] },
    'preset "cloudtrail" has eventSource [aws.s3] and eventNames []',
  ],
  [
    { preset: "macie", eventNames: ["PutBucketAcl"] },
    'eventNames is [PutBucketAcl] with preset "macie"; only the presets "cloudtrail" and "security_hub_custom_action" take it.',
  ],
  [
    { preset: "security_hub_custom_action" },
    'preset "security_hub_custom_action" has no eventNames; it takes the names of the custom actions that send events here, such as "Remediate".',
  ],
  [
    { scheduleExpression: "rate(1 day)", eventBusName: "orders" },
    'eventBusName is "orders"; a schedule works on the event bus "default" only.',
  ],
  [{ eventSource: ["a"], eventBusName: "my bus" }, 'eventBusName is "my bus"; an event bus has a name'],
  [
    { scheduleExpression: "rate(5 minute)" },
    'scheduleExpression is "rate(5 minute)"; EventBridge takes rate(1 minute|hour|day), rate(N minutes|hours|days)',
  ],
  [{ detail: {} }, "detail is {}; it must have at least one name."],
  [
    { detail: { findings: { state: "ACTIVE" } } as unknown as DetailPattern },
    'detail.findings.state is "ACTIVE"; in a pattern each name stands for a list of values or filters',
  ],
  [{ eventSource: ["a"], service: "a b" }, 'service is "a b"; a service\'s name has 1 to 64 letters'],
  [
    { eventSource: ["a"], maximumEventAgeSeconds: 59 },
    "maximumEventAgeSeconds is 59; EventBridge takes whole numbers from 60 to 86400.",
  ],
  [
    { eventSource: ["a"], maximumRetryAttempts: 186 },
    "maximumRetryAttempts is 186; EventBridge takes whole numbers from 0 to 185.",
  ],
  [
    { eventSource: ["a"], description: "x".repeat(513) },
    "description has 513 characters; EventBridge takes at most 512.",
  ],
])("refuses %j with the value found, the values allowed and the construct's path", (props, message) => {
  expect(() => rule(props)).toThrow(message);
  expect(() => rule(props)).toThrow("(at test/start)");
});

describe("with a queue as target", () => {
  const queueArn = "arn:aws:sqs:eu-west-1:123456789012:engines-buffer";
  const noFunction = { functionArn: undefined, functionName: undefined, eventSource: ["custom.app"] };

  test("the queue gets the events, and there is no Lambda permission", () => {
    const resources = rule({ ...noFunction, target: "queue", queueArn });
    expect(only(resources, "aws_cloudwatch_event_target").arn).toBe(queueArn);
    expect(resources).not.toHaveProperty("aws_lambda_permission");
  });

  test.each<[Partial<EventRuleProps>, string]>([
    [
      { eventSource: ["custom.app"], queueArn },
      'target is "function" and the props given are functionArn, functionName, queueArn;',
    ],
    [
      { ...noFunction, target: "queue" },
      'target is "queue" and the props given are none; "function" takes functionArn',
    ],
    [
      noFunction,
      'target is "function" and the props given are none; "function" takes functionArn and functionName',
    ],
    [{ target: "topic" as "queue" }, 'target is "topic"; allowed are "function", "queue", "workflow".'],
  ])("refuses %j", (props, message) => {
    expect(() => rule(props)).toThrow(message);
  });
});

describe("with a workflow as target", () => {
  const noFunction = { functionArn: undefined, functionName: undefined, eventSource: ["custom.app"] };
  const stateMachineArn = "arn:aws:states:eu-west-1:123456789012:stateMachine:engines";
  const roleArn = "arn:aws:iam::123456789012:role/engines-event";

  test("EventBridge starts the workflow with the given role", () => {
    const resources = rule({ ...noFunction, target: "workflow", stateMachineArn, roleArn });
    expect(only(resources, "aws_cloudwatch_event_target")).toMatchObject({
      arn: stateMachineArn,
      role_arn: roleArn,
    });
    expect(resources).not.toHaveProperty("aws_lambda_permission");
  });

  test("refuses a workflow without the role", () => {
    expect(() => rule({ ...noFunction, target: "workflow", stateMachineArn })).toThrow(
      'target is "workflow" and the props given are stateMachineArn; "function" takes functionArn and functionName, "queue" takes queueArn, "workflow" takes roleArn and stateMachineArn.',
    );
  });
});
