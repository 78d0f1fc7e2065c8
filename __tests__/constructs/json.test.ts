import { SqsQueue } from "@cdktf/provider-aws/lib/sqs-queue";
import { TerraformOutput, TerraformStack, Testing } from "cdktf";
import * as fc from "fast-check";
import { type Json, json } from "../../src/core/json";

/** What Terraform reads in the synthesized stack. */
function synthesized(build: (queue: SqsQueue) => Json): string {
  const stack = new TerraformStack(Testing.app(), "test");
  const queue = new SqsQueue(stack, "queue", {});
  new TerraformOutput(stack, "out", { value: json(build(queue)) });
  return JSON.parse(Testing.synth(stack)).output.out.value as string;
}

test("sorts keys, drops undefined, keeps null, escapes as Terraform's jsonencode does", () => {
  expect(json({ b: null, a: [1, true, "<x> & \u2028"], c: undefined })).toBe(
    '{"a":[1,true,"\\u003cx\\u003e \\u0026 \\u2028"],"b":null}',
  );
});

test("reads back as the value it was given", () => {
  fc.assert(
    fc.property(fc.jsonValue({ depthSize: "small" }), (value) => {
      expect(JSON.parse(json(value as Json))).toEqual(JSON.parse(JSON.stringify(value)));
    }),
  );
});

test("a token is encoded by Terraform, the text around it here", () => {
  expect(synthesized((queue) => ({ arn: `say "${queue.arn}/*"` }))).toBe(
    '{"arn":"say \\"${trimprefix(trimsuffix(jsonencode(aws_sqs_queue.queue.arn), "\\""), "\\"")}/*\\""}',
  );
});

test("JSON text that holds tokens can be a value in JSON text", () => {
  const encoded = 'trimprefix(trimsuffix(jsonencode(aws_sqs_queue.queue.arn), "\\""), "\\"")';
  expect(synthesized((queue) => ({ inner: json({ arn: queue.arn }) }))).toBe(
    `{"inner":"{\\"arn\\":\\"\${trimprefix(trimsuffix(jsonencode(${encoded}), "\\""), "\\"")}\\"}"}`,
  );
});

test("a number token stays a number", () => {
  expect(synthesized((queue) => ({ delay: queue.delaySeconds }))).toBe(
    '{"delay":${aws_sqs_queue.queue.delay_seconds}}',
  );
});
