import { eachPeriod, FUNCTIONS, isSeries, type Series, type Value } from "./functions";
import type { Node } from "./parse";

const OPERATIONS: Record<string, (left: number, right: number) => number | undefined> = {
  "+": (left, right) => left + right,
  "-": (left, right) => left - right,
  "*": (left, right) => left * right,
  // A division by zero gives no datapoint.
  "/": (left, right) => (right === 0 ? undefined : left / right),
  "^": (left, right) => left ** right,
  "<": (left, right) => Number(left < right),
  "<=": (left, right) => Number(left <= right),
  ">": (left, right) => Number(left > right),
  ">=": (left, right) => Number(left >= right),
  "==": (left, right) => Number(left === right),
  "!=": (left, right) => Number(left !== right),
  "&&": (left, right) => Number(left !== 0 && right !== 0),
  "||": (left, right) => Number(left !== 0 || right !== 0),
};

/** Evaluates an expression over the values of metrics, period by period. */
export function evaluate(node: Node, seriesOf: (id: string) => Series): Value {
  const of = (inner: Node) => evaluate(inner, seriesOf);
  switch (node.kind) {
    case "number":
      return node.value;
    case "word":
      return "REPEAT";
    case "id":
      return seriesOf(node.id);
    case "list":
      return node.items.map(of).filter(isSeries);
    case "negative":
      return eachPeriod([of(node.of)], ([number = 0]) => -number);
    case "binary": {
      const operation = OPERATIONS[node.operator];
      return eachPeriod([of(node.left), of(node.right)], ([left = 0, right = 0]) => operation?.(left, right));
    }
    case "call":
      return FUNCTIONS[node.name]?.apply(node.args.map(of)) ?? [];
  }
}

/** Throws if the expression has a function, an id or a word that is not known. */
export function checkExpression(node: Node, ids: string[], inFill = false): void {
  const check = (inner: Node, fill = false) => checkExpression(inner, ids, fill);
  switch (node.kind) {
    case "number":
      return;
    case "word":
      if (node.word === "REPEAT" && inFill) return;
      throw new Error(`${node.word} is not known to local AWS`);
    case "id":
      if (ids.includes(node.id)) return;
      throw new Error(`there is no metric with the id ${node.id}`);
    case "list":
      for (const item of node.items) check(item);
      return;
    case "negative":
      check(node.of);
      return;
    case "binary":
      check(node.left);
      check(node.right);
      return;
    case "call": {
      const known = FUNCTIONS[node.name];
      if (!known) {
        throw new Error(
          `local AWS does not know the function ${node.name}; it knows ${Object.keys(FUNCTIONS).join(", ")}`,
        );
      }
      const [min, max] = known.args;
      if (node.args.length < min || node.args.length > max) {
        throw new Error(`${node.name} has ${node.args.length} arguments; it takes ${min} to ${max}`);
      }
      for (const [index, arg] of node.args.entries()) check(arg, node.name === "FILL" && index === 1);
    }
  }
}
