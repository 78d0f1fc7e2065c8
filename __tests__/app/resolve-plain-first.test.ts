import { SqsQueue } from "@cdktf/provider-aws/lib/sqs-queue";
import { DefaultTokenResolver, Fn, Lazy, StringConcat, TerraformStack, Testing, Token } from "cdktf";
import { resolve as resolveByCdktf } from "cdktf/lib/tokens/private/resolve";
import * as fc from "fast-check";
import { resolve } from "../../scripts/bundle/resolve-plain-first";

const stack = new TerraformStack(Testing.app(), "test");
const queue = new SqsQueue(stack, "queue", {});
const options = { scope: stack, preparing: false, resolver: new DefaultTokenResolver(new StringConcat()) };

const tokens = [
  queue.arn,
  queue.delaySeconds,
  queue.tagsAll,
  `${queue.arn}/*`,
  `$\{trimprefix(${queue.arn}, "x")}`,
  `every ${queue.delaySeconds} s`,
  Fn.split(",", queue.arn),
  Token.asNumberList(Fn.range(0, 3)),
  Token.asAnyMap(Fn.zipmap(["a"], ["b"])),
  Lazy.anyValue({ produce: () => ({ lazy: [queue.arn, undefined] }) }),
  Token.nullValue(),
  { creationStack: [], resolve: () => ({ tags: queue.tagsAll }) },
];
const lookAlikes = [
  "${aws_sqs_queue.other.arn}",
  "$${literal}",
  "1e5",
  "-1.5e+3",
  "{",
  "TfToken[1]",
  -1,
  -0.5,
  Number.NaN,
];

/** Values that a stack must not have. */
const misplaced = [() => 1, queue, "String Map Token Value", "Any Map Token Value", -123456789];

const { value: anything } = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    fc.constantFrom<unknown>(...tokens, ...lookAlikes, ...misplaced, undefined, null, true),
    fc.oneof(fc.string(), fc.integer(), fc.double()),
    fc.array(tie("value"), { maxLength: 4 }),
    fc.dictionary(fc.oneof(fc.string(), fc.constantFrom("tags", queue.arn, "${x}")), tie("value"), {
      maxKeys: 4,
    }),
  ),
}));

const outcome = (attempt: () => unknown) => {
  try {
    return { resolved: attempt() };
  } catch (error) {
    return { refused: (error as Error).message };
  }
};

test("resolves every value like cdktf, and refuses the same values with the same message", () => {
  fc.assert(
    fc.property(anything, (value) => {
      const theirs = outcome(() => resolveByCdktf(value, options));
      expect(outcome(() => resolve(value, options))).toStrictEqual(theirs);
    }),
    { numRuns: 1000 },
  );
});

test("refuses a value that contains itself", () => {
  const circle: Record<string, unknown> = {};
  circle.again = circle;
  expect(() => resolve(circle, options)).toThrow("circular");
});
