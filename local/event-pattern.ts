// https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html

type Test = (value: unknown) => boolean;

/** Throws if EventBridge would reject the pattern. The message names the path of the invalid part. */
export function checkPattern(pattern: unknown): void {
  compile(pattern, "");
}

/** Whether an event matches the pattern. Throws if the pattern is invalid. */
export function matchesPattern(pattern: unknown, event: unknown): boolean {
  return compile(pattern, "")([event]);
}

/** A node tests all values at its path. An array in an event counts as its items. */
type Node = (values: unknown[]) => boolean;

function compile(pattern: unknown, path: string): Node {
  if (!isObject(pattern)) throw invalid(path, "an object or an array", pattern);
  if (Object.keys(pattern).length === 0) throw invalid(path, "at least one field", pattern);
  const fields = Object.entries(pattern).map(([name, wanted]): Node => {
    const where = path ? `${path}.${name}` : name;
    if (name === "$or") return anyOf(wanted, path);
    const node = Array.isArray(wanted) ? leaf(wanted, where) : compile(wanted, where);
    return (values) => node(values.flatMap((value) => children(value, name)));
  });
  return (values) => fields.every((matches) => matches(values));
}

function anyOf(alternatives: unknown, path: string): Node {
  if (!Array.isArray(alternatives) || alternatives.length === 0) {
    throw invalid(`${path}.$or`, "an array of patterns", alternatives);
  }
  const nodes = alternatives.map((alternative) => compile(alternative, path));
  return (values) => nodes.some((matches) => matches(values));
}

function children(value: unknown, name: string): unknown[] {
  if (!isObject(value) || !(name in value)) return [];
  const child = value[name];
  return Array.isArray(child) && child.length > 0 ? child.flat(Number.POSITIVE_INFINITY) : [child];
}

function leaf(wanted: unknown[], path: string): Node {
  if (wanted.length === 0) throw invalid(path, "at least one value", wanted);
  const nodes = wanted.map((item): Node => {
    if (isObject(item) && "exists" in item) {
      if (typeof item.exists !== "boolean") throw invalid(path, "exists: true or false", item);
      return (values) => values.some((value) => !isObject(value)) === item.exists;
    }
    const test = valueTest(item, path);
    return (values) => values.some(test);
  });
  return (values) => nodes.some((matches) => matches(values));
}

function valueTest(item: unknown, path: string): Test {
  if (!isObject(item)) {
    if (Array.isArray(item)) throw invalid(path, "a value or an operator", item);
    return (value) => value === item;
  }
  const [operator, ...others] = Object.keys(item);
  const build = operator === undefined ? undefined : OPERATORS[operator];
  if (!build || others.length > 0)
    throw invalid(path, `one of ${Object.keys(OPERATORS).join(", ")}, exists`, item);
  return build(item[operator as string], path);
}

const OPERATORS: Record<string, (operand: unknown, path: string) => Test> = {
  prefix: (operand, path) => affix(operand, path, "prefix"),
  suffix: (operand, path) => affix(operand, path, "suffix"),
  "equals-ignore-case": (operand, path) => {
    const wanted = text(operand, path).toLowerCase();
    return onText((value) => value.toLowerCase() === wanted);
  },
  wildcard: (operand, path) => onText(wildcard(text(operand, path), path)),
  "anything-but": anythingBut,
  numeric,
  cidr,
};

function affix(operand: unknown, path: string, side: "prefix" | "suffix"): Test {
  const ignoreCase = isObject(operand) && "equals-ignore-case" in operand;
  const wanted = text(ignoreCase ? operand["equals-ignore-case"] : operand, path);
  const fold = (value: string) => (ignoreCase ? value.toLowerCase() : value);
  return onText((value) =>
    side === "prefix" ? fold(value).startsWith(fold(wanted)) : fold(value).endsWith(fold(wanted)),
  );
}

function anythingBut(operand: unknown, path: string): Test {
  if (!isObject(operand)) {
    const excluded = Array.isArray(operand) ? operand : [operand];
    if (excluded.length === 0) throw invalid(path, "at least one value", operand);
    return (value) => !excluded.includes(value);
  }
  const [operator = "", ...others] = Object.keys(operand);
  const build =
    ["prefix", "suffix", "equals-ignore-case", "wildcard"].includes(operator) && OPERATORS[operator];
  if (!build || others.length > 0)
    throw invalid(path, "prefix, suffix, equals-ignore-case or wildcard", operand);
  const operands = operand[operator];
  const tests = (Array.isArray(operands) ? operands : [operands]).map((each) => build(each, path));
  return (value) => !tests.some((test) => test(value));
}

const COMPARISONS: Record<string, (value: number, limit: number) => boolean> = {
  "=": (value, limit) => value === limit,
  "<": (value, limit) => value < limit,
  "<=": (value, limit) => value <= limit,
  ">": (value, limit) => value > limit,
  ">=": (value, limit) => value >= limit,
};

function numeric(operand: unknown, path: string): Test {
  if (!Array.isArray(operand) || ![2, 4].includes(operand.length)) {
    throw invalid(path, 'numeric: like [">", 0, "<=", 5]', operand);
  }
  const tests: ((value: number) => boolean)[] = [];
  for (let index = 0; index < operand.length; index += 2) {
    const compare = COMPARISONS[String(operand[index])];
    const limit: unknown = operand[index + 1];
    if (!compare || typeof limit !== "number")
      throw invalid(path, 'numeric: like [">", 0, "<=", 5]', operand);
    tests.push((value) => compare(value, limit));
  }
  return (value) => typeof value === "number" && tests.every((test) => test(value));
}

function cidr(operand: unknown, path: string): Test {
  const [address = "", bits = ""] = text(operand, path).split("/");
  const base = ipNumber(address);
  const length = Number(bits);
  if (base === undefined || !/^\d+$/.test(bits) || length > 32)
    throw invalid(path, "an IPv4 range like 10.0.0.0/8", operand);
  const block = 2 ** (32 - length);
  return onText((value) => {
    const ip = ipNumber(value);
    return ip !== undefined && Math.floor(ip / block) === Math.floor(base / block);
  });
}

function ipNumber(address: string): number | undefined {
  const parts = address.split(".");
  if (parts.length !== 4 || !parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) < 256))
    return undefined;
  return parts.reduce((sum, part) => sum * 256 + Number(part), 0);
}

/** `*` matches any characters, `\*` an asterisk and `\\` a backslash. */
function wildcard(pattern: string, path: string): (value: string) => boolean {
  if (/(^|[^\\])(\\\\)*\*\*/.test(pattern))
    throw invalid(path, "wildcard without consecutive asterisks", pattern);
  const source = pattern.replace(/\\([*\\])|([*])|([^*\\]+|\\)/g, (_match, escaped, star, literal) => {
    if (star) return ".*";
    return (escaped ?? literal).replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  });
  const expression = new RegExp(`^${source}$`, "s");
  return (value) => expression.test(value);
}

function onText(test: (value: string) => boolean): Test {
  return (value) => typeof value === "string" && test(value);
}

function text(operand: unknown, path: string): string {
  if (typeof operand !== "string") throw invalid(path, "a string", operand);
  return operand;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function invalid(path: string, allowed: string, found: unknown): Error {
  return new Error(
    `Event pattern is not valid. At ${path || "its root"}: ${JSON.stringify(found)}; allowed: ${allowed}`,
  );
}
