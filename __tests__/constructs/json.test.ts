import { SqsQueue } from "@cdktf/provider-aws/lib/sqs-queue";
import { Fn, TerraformOutput, TerraformStack, TerraformVariable, Testing, Token } from "cdktf";
import * as fc from "fast-check";
import { type Json, json } from "../../src/core/json";

/** The JSON text in the synthesized stack. */
function synthesized(build: (queue: SqsQueue) => Json): string {
  const stack = new TerraformStack(Testing.app(), "test");
  const queue = new SqsQueue(stack, "queue", {});
  new TerraformOutput(stack, "out", { value: json(build(queue)) });
  return JSON.parse(Testing.synth(stack)).output.out.value as string;
}

test("sorts keys, drops undefined, keeps null and escapes like Terraform's jsonencode", () => {
  expect(json({ b: null, a: [1, true, "<x> & \u2028"], c: undefined })).toBe(
    '{"a":[1,true,"\\u003cx\\u003e \\u0026 \\u2028"],"b":null}',
  );
});

test("parses to the given value", () => {
  fc.assert(
    fc.property(fc.jsonValue({ depthSize: "small" }), (value) => {
      // The CDK libraries write number tokens as such numbers.
      fc.pre(!/-[\d.]+e\+(29|30)\d/.test(JSON.stringify(value)));
      expect(JSON.parse(json(value as Json))).toEqual(JSON.parse(JSON.stringify(value)));
    }),
  );
});

test("lets Terraform encode a token, and encodes the text around it", () => {
  expect(synthesized((queue) => ({ arn: `say "${queue.arn}/*"` }))).toBe(
    '{"arn":"say \\"${trimprefix(trimsuffix(jsonencode(aws_sqs_queue.queue.arn), "\\""), "\\"")}/*\\""}',
  );
});

test("encodes JSON text with tokens as a value in JSON text", () => {
  const encoded = 'trimprefix(trimsuffix(jsonencode(aws_sqs_queue.queue.arn), "\\""), "\\"")';
  expect(synthesized((queue) => ({ inner: json({ arn: queue.arn }) }))).toBe(
    `{"inner":"{\\"arn\\":\\"\${trimprefix(trimsuffix(jsonencode(${encoded}), "\\""), "\\"")}\\"}"}`,
  );
});

test("keeps a number token a number", () => {
  expect(synthesized((queue) => ({ delay: queue.delaySeconds }))).toBe(
    '{"delay":${aws_sqs_queue.queue.delay_seconds}}',
  );
});

test("lets Terraform encode lists and maps that are tokens", () => {
  const stack = new TerraformStack(Testing.app(), "test");
  const variable = new TerraformVariable(stack, "given", { type: "any" });
  const value: Json = {
    list: variable.listValue,
    map: Token.asStringMap(variable.value),
    numbers: Token.asNumberList(variable.value),
    result: Fn.tolist(variable.value),
  };
  new TerraformOutput(stack, "out", { value: json(value) });
  expect(JSON.parse(Testing.synth(stack)).output.out.value).toBe(
    '{"list":${jsonencode(var.given)},"map":${jsonencode(var.given)},"numbers":${jsonencode(var.given)},"result":${jsonencode(tolist(var.given))}}',
  );
});
