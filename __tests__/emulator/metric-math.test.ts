import { checkExpression, evaluate } from "../../local/cloudwatch/expression/evaluate";
import { parseExpression } from "../../local/cloudwatch/expression/parse";

const series: Record<string, (number | undefined)[]> = {
  a: [1, 2, undefined],
  b: [10, undefined, 30],
};
const value = (expression: string) => evaluate(parseExpression(expression), (id) => series[id] ?? []);

test.each([
  ["a + b", [11, undefined, undefined]],
  ["a * 2 - 1", [1, 3, undefined]],
  ["2 + 3 * 4 ^ 2", 50],
  ["(2 + 3) * 4", 20],
  ["-a", [-1, -2, undefined]],
  ["a / 0", [undefined, undefined, undefined]],
  ["FILL(a, 0) + FILL(b, 0)", [11, 2, 30]],
  ["FILL(a, REPEAT)", [1, 2, 2]],
  ["MAX([a, b])", [10, undefined, undefined]],
  ["MAX([a / 2, FILL(b, 0) / 5])", [2, 1, undefined]],
  ["SUM([FILL(a, 0), FILL(b, 0)])", [11, 2, 30]],
  ["MIN(b)", [10, 10, 10]],
  ["AVG([a, b])", [5.5, undefined, undefined]],
  ["IF(a > 1, 5, 0)", [0, 5, undefined]],
  ["IF(a >= 1 && FILL(b, 0) != 10, 1)", [undefined, 1, undefined]],
  ["a == 1 || b == 30", [1, undefined, undefined]],
  ["CEIL(a / 2) + FLOOR(1.5) + ABS(-1)", [3, 3, undefined]],
  ["1e3", 1000],
])("%s", (expression, expected) => {
  expect(value(expression)).toEqual(expected);
});

test.each([
  ["a +", /not understood at "its end"/],
  ["a b", /not understood at "b"/],
  ["a $ b", /not understood at "\$ b"/],
  ["(a", /not understood at "its end"/],
  ["c", /there is no metric with the id c/],
  ["SEARCH(a, b)", /does not know the function SEARCH; it knows ABS, /],
  ["FILL(a)", /FILL has 1 arguments; it takes 2 to 2/],
  ["a + REPEAT", /REPEAT is not known to local AWS/],
  ["FILL(a, LINEAR)", /LINEAR is not known to local AWS/],
])("refuses %s", (expression, message) => {
  expect(() => checkExpression(parseExpression(expression), ["a", "b"])).toThrow(message);
});
