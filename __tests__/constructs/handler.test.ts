import { join } from "node:path";
import { Handler, type HandlerProps } from "../../src/handler";
import { only, synthesize } from "./synth";

const filename = join(__dirname, "../../modules/launcher/start-task.zip");

const handler = (props: Partial<HandlerProps> = {}) =>
  synthesize((stack) => {
    new Handler(stack, "worker", {
      name: "worker",
      filename,
      deadLetterQueueArn: "arn:aws:sqs:eu-west-1:123456789012:lost",
      ...props,
    });
  });

test("the bundle is an asset of the stack, under a path that is the same on every machine", () => {
  expect(only(handler(), "aws_lambda_function").filename).toMatch(
    /^assets\/[\w-]+\/[0-9A-F]+\/start-task\.zip$/,
  );
});

test("two functions with the same bundle share the asset", () => {
  const made = synthesize((stack) => {
    for (const name of ["one", "two"])
      new Handler(stack, name, {
        name,
        filename,
        deadLetterQueueArn: "arn:aws:sqs:eu-west-1:123456789012:lost",
      });
  });
  expect(new Set(Object.values(made.aws_lambda_function!).map((fn) => fn.filename)).size).toBe(1);
});

test("attaches a given policy to the role under its name", () => {
  const document = '{"Statement":[],"Version":"2012-10-17"}';
  const policy = only(handler({ policies: { read: document } }), "aws_iam_role_policy", { name: "read" });
  expect(policy.policy).toBe(document);
});

test.each([
  ["destination-failures", "DestinationDeliveryFailures"],
  ["events-dropped", "AsyncEventsDropped"],
])("the alarm %s watches events that are in no queue", (name, metric) => {
  const alarmActions = ["arn:aws:sns:eu-west-1:123456789012:oncall"];
  const made = handler({ alarmActions });
  expect(only(made, "aws_cloudwatch_metric_alarm", { alarm_name: `worker-${name}` })).toMatchObject({
    namespace: "AWS/Lambda",
    metric_name: metric,
    dimensions: { FunctionName: expect.stringMatching(/aws_lambda_function\..*function_name/) },
    statistic: "Sum",
    period: 60,
    threshold: 0,
    comparison_operator: "GreaterThanThreshold",
    treat_missing_data: "notBreaching",
    alarm_actions: alarmActions,
  });
});

test.each<[Partial<HandlerProps>, string]>([
  [{ name: "a.b" }, 'name is "a.b"; a Lambda function name has 1 to 64'],
  [{ architecture: "arm" as never }, 'architecture is "arm"; allowed are "arm64", "x86_64".'],
  [{ memorySize: 64 }, "memorySize is 64; Lambda takes 128 to 10240."],
  [{ timeout: 901 }, "timeout is 901; Lambda takes 1 to 900."],
  [{ maximumRetryAttempts: 3 }, "maximumRetryAttempts is 3; Lambda takes 0 to 2."],
  [{ maximumEventAgeSeconds: 59 }, "maximumEventAgeSeconds is 59; Lambda takes 60 to 21600."],
  [{ reservedConcurrentExecutions: -2 }, "reservedConcurrentExecutions is -2; Lambda takes -1 to"],
  [{ logRetentionDays: 2 }, "logRetentionDays is 2; CloudWatch Logs takes 1, 3, 5"],
])("refuses %j with the value found and the values allowed", (props, message) => {
  expect(() => handler(props)).toThrow(message);
});
