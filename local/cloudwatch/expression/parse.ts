/** A metric math expression. */
export type Node =
  | { kind: "number"; value: number }
  | { kind: "word"; word: string }
  | { kind: "id"; id: string }
  | { kind: "list"; items: Node[] }
  | { kind: "call"; name: string; args: Node[] }
  | { kind: "negative"; of: Node }
  | { kind: "binary"; operator: string; left: Node; right: Node };

const TOKEN = /\s*(?:(\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|([A-Za-z_]\w*)|(\|\||&&|[<>=!]=|[-+*/^<>()[\],]))/y;

// From the loosest to the tightest.
const OPERATORS = [
  ["||", "OR"],
  ["&&", "AND"],
  ["<", "<=", ">", ">=", "==", "!="],
  ["+", "-"],
  ["*", "/"],
  ["^"],
];
const SAME: Record<string, string> = { OR: "||", AND: "&&" };

/** Parses a metric math expression. Throws with the position of what is not understood. */
export function parseExpression(text: string): Node {
  const tokens = tokensOf(text);
  let at = 0;
  const peek = () => tokens[at]?.text;
  const fail = (): never => {
    throw new Error(`not understood at ${JSON.stringify(peek() ?? "its end")}`);
  };
  const take = (expected?: string): string => {
    const token = peek();
    if (token === undefined || (expected !== undefined && token !== expected)) return fail();
    at += 1;
    return token;
  };
  const list = (end: string): Node[] => {
    const items: Node[] = [];
    while (peek() !== end) {
      if (items.length > 0) take(",");
      items.push(binary(0));
    }
    take(end);
    return items;
  };
  const binary = (level: number): Node => {
    const operators = OPERATORS[level];
    if (!operators) return unary();
    let left = binary(level + 1);
    for (let token = peek(); token !== undefined && operators.includes(token); token = peek()) {
      const operator = SAME[take()] ?? token;
      left = { kind: "binary", operator, left, right: binary(level + 1) };
    }
    return left;
  };
  const unary = (): Node => {
    if (peek() !== "-") return primary();
    take();
    return { kind: "negative", of: unary() };
  };
  const primary = (): Node => {
    const token = tokens[at];
    if (token?.kind === "number") return { kind: "number", value: Number(take()) };
    if (token?.kind === "name") return named(take());
    if (peek() === "[") {
      take();
      return { kind: "list", items: list("]") };
    }
    take("(");
    const inner = binary(0);
    take(")");
    return inner;
  };
  const named = (name: string): Node => {
    if (peek() === "(") {
      take();
      return { kind: "call", name, args: list(")") };
    }
    // The id of a metric begins with a lower-case letter.
    return /^[a-z]/.test(name) ? { kind: "id", id: name } : { kind: "word", word: name };
  };
  const parsed = binary(0);
  return at < tokens.length ? fail() : parsed;
}

interface Token {
  kind: "number" | "name" | "symbol";
  text: string;
}

function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  const pattern = new RegExp(TOKEN);
  const end = text.trimEnd().length;
  while (pattern.lastIndex < end) {
    const start = pattern.lastIndex;
    const found = pattern.exec(text);
    if (!found) throw new Error(`not understood at ${JSON.stringify(text.slice(start, start + 20).trim())}`);
    const [, number, name, symbol] = found;
    const kind = number !== undefined ? "number" : name !== undefined ? "name" : "symbol";
    tokens.push({ kind, text: number ?? name ?? symbol ?? "" });
  }
  return tokens;
}
