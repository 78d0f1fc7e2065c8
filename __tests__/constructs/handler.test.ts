import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Handler, type HandlerProps } from "../../src/handler";
import { only, synthesize } from "./synth";

const layer = "arn:aws:lambda:eu-west-1:123456789012:layer:tools:7";
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

describe("with entry", () => {
  const folder = mkdtempSync(join(tmpdir(), "handler-"));
  const resize = join(folder, "resize.ts");
  writeFileSync(resize, "export const handler = async (event: object): Promise<object> => event;");
  afterAll(() => rmSync(folder, { recursive: true }));

  test("bundles it into an asset with its name, the same at each synthesis", () => {
    const [one, other] = [0, 1].map(() =>
      only(handler({ filename: undefined, entry: resize }), "aws_lambda_function"),
    );
    expect(one).toMatchObject({
      filename: expect.stringMatching(/^assets\/[\w-]+\/[0-9A-F]+\/resize\.zip$/),
      source_code_hash: expect.stringMatching(/^[\w+/]{43}=$/),
      handler: "index.handler",
      runtime: "nodejs22.x",
    });
    expect(other).toEqual(one);
  });

  test.each<[Partial<HandlerProps>, string]>([
    [{ filename }, "filename and entry are given; give one of them"],
    [{ filename: undefined, entry: undefined }, "Neither filename nor entry is given; give one of them"],
    [
      { filename: undefined, runtime: "python3.13" },
      'runtime is "python3.13" with entry; entry is bundled for',
    ],
    [
      { filename: undefined, handler: "main.run" },
      'handler is "main.run" with entry; the bundle has the file index.js',
    ],
    [{ filename: undefined, entry: "none.ts" }, 'entry is "none.ts"; there is no file'],
  ])("refuses %j", (props, message) => {
    expect(() => handler({ entry: resize, ...props })).toThrow(message);
  });
});

test("Lambda manages network interfaces with the role, the code of the function does not", () => {
  const made = handler({ vpc: { subnetIds: ["subnet-1"], securityGroupIds: ["sg-1"] } });
  const { policy } = only(made, "aws_iam_role_policy", { name: "network-interfaces" });
  const [allow, deny] = JSON.parse(String(policy)).Statement;
  expect(allow).toMatchObject({ Effect: "Allow", Resource: "*" });
  expect(allow.Action.every((action: string) => action.startsWith("ec2:"))).toBe(true);
  expect(deny).toMatchObject({
    Effect: "Deny",
    Action: allow.Action,
    Condition: { ArnLike: { "lambda:SourceFunctionArn": "arn:*:lambda:*:*:function:worker" } },
  });
  expect(only(made, "aws_lambda_function").depends_on).toEqual([
    expect.stringMatching(/^aws_iam_role_policy\.worker_network-interfaces-policy_/),
  ]);
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
  [
    { policies: { a: JSON.stringify({ Statement: Array(800).fill("statement-100") }) } },
    "characters in all; IAM takes at most 10240 for the inline policies of a role.",
  ],
  [{ policies: { a: "read" } }, 'policies has "a", which is not the JSON text of a policy document.'],
  [{ environment: { "1A": "a" } }, 'environment names "1A"; Lambda takes names of two or more letters'],
  [{ environment: { LONG: "a".repeat(4093) } }, "environment has 4097 characters; Lambda takes at most 4096"],
  [
    { vpc: { subnetIds: ["subnet-1", "subnet-1"], securityGroupIds: ["sg-1"] } },
    'vpc.subnetIds names "subnet-1" twice; each ID is named once.',
  ],
  [{ runtime: "java21" }, 'runtime is "java21"; it takes a runtime of Node.js or Python'],
  [{ handler: "handler" }, 'handler is "handler"; it takes the file and the function in it'],
  [{ layers: Array(6).fill(layer) }, "layers has 6 ARNs; Lambda takes at most 5."],
  [{ layers: [layer.replace(":7", "")] }, 'layer:tools"; it takes ARNs of layer versions'],
  [{ vpc: { subnetIds: [], securityGroupIds: ["sg-1"] } }, "vpc.subnetIds has 0 IDs; Lambda takes 1 to 16"],
  [{ vpc: { subnetIds: ["subnet-1"], securityGroupIds: [] } }, "vpc.securityGroupIds has 0 IDs; Lambda"],
  [{ name: "a.b" }, 'name is "a.b"; a Lambda function name has 1 to 64'],
  [{ architecture: "arm" as never }, 'architecture is "arm"; allowed are "arm64", "x86_64".'],
  [{ memorySize: 64 }, "memorySize is 64; Lambda takes whole numbers from 128 to 10240."],
  [{ timeout: 901 }, "timeout is 901; Lambda takes whole numbers from 1 to 900."],
  [{ maximumRetryAttempts: 3 }, "maximumRetryAttempts is 3; Lambda takes whole numbers from 0 to 2."],
  [
    { maximumEventAgeSeconds: 59 },
    "maximumEventAgeSeconds is 59; Lambda takes whole numbers from 60 to 21600.",
  ],
  [
    { reservedConcurrentExecutions: -2 },
    "reservedConcurrentExecutions is -2; Lambda takes whole numbers from 0; -1 reserves none.",
  ],
  [{ logRetentionDays: 2 }, "logRetentionDays is 2; CloudWatch Logs takes 0, 1, 3, 5"],
])("refuses %j with the value found and the values allowed", (props, message) => {
  expect(() => handler(props)).toThrow(message);
});
