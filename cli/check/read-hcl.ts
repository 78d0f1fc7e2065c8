import { type Token, tokenize } from "./tokens";

/** A value as it is written. `members` and `items` are there when it is the literal of an object or a list. */
export type Expression = {
  line: number;
  tokens: readonly Token[];
  members?: ReadonlyMap<string, Expression>;
  items?: readonly Expression[];
};

export type Block = {
  type: string;
  labels: readonly string[];
  line: number;
  attributes: ReadonlyMap<string, Expression>;
};

const opening = ["(", "[", "{"];
const closing = [")", "]", "}"];
const unquote = (text: string): string => (text.startsWith('"') ? text.slice(1, -1) : text);

/**
 * Reads the blocks of a Terraform file, as far as a check of names needs it: every literal of an object or a list is
 * read into, every other expression is passed over. Libraries that convert HCL to JSON do not keep the lines.
 * @throws Error that names the line of a block without its braces
 */
export const readBlocks = (source: string): Block[] => new Reader(tokenize(source)).blocks();

const invalid = (line: number, problem: string): Error =>
  new Error(`line ${line}: ${problem}; "terraform validate" says more.`);

class Reader {
  private at = 0;

  constructor(private readonly tokens: readonly Token[]) {}

  blocks(): Block[] {
    const blocks: Block[] = [];
    for (this.skipNewlines(); this.text() !== undefined; this.skipNewlines()) blocks.push(this.block());
    return blocks;
  }

  private block(): Block {
    const { line } = this.tokens[this.at]!;
    const [type = "", ...labels] = this.takeWhile((text) => /^[\p{ID_Start}_"]/u.test(text)).map(unquote);
    if (!this.take("{"))
      throw invalid(line, `expected a block, such as module "name" {, found ${type || this.text()}`);
    return { type, labels, line, attributes: this.body(line) };
  }

  private body(line: number): Map<string, Expression> {
    const attributes = new Map<string, Expression>();
    for (this.skipNewlines(); !this.take("}"); this.skipNewlines()) {
      if (this.text() === undefined) throw invalid(line, "the block that begins here is never closed");
      if (this.tokens[this.at + 1]?.text !== "=") {
        this.block();
        continue;
      }
      const name = this.text()!;
      this.at += 2;
      attributes.set(name, this.expression());
    }
    return attributes;
  }

  /** Ends before a comma, a line break or the bracket that closes what is around it. */
  private expression(): Expression {
    const start = this.at;
    const { line = 0 } = this.tokens[start] ?? {};
    const literal = this.text() === "{" ? this.object() : this.text() === "[" ? this.list() : {};
    const end = this.at;
    this.skipExpression();
    // `{ … }.name` and `[ … ][0]` are not the literal that they begin with.
    const parts = this.at === end ? literal : {};
    return { line, tokens: this.tokens.slice(start, this.at), ...parts };
  }

  private object(): Partial<Expression> {
    const start = this.at;
    const members = new Map<string, Expression>();
    this.at += 1;
    for (this.skipSeparators(); !this.take("}"); this.skipSeparators()) {
      const key = this.key();
      if (!this.take("=") && !this.take(":")) return this.passOver(start);
      members.set(key, this.expression());
    }
    return { members };
  }

  /** A computed key has the form `${(expression)}`. */
  private key(): string {
    const start = this.at;
    if (this.text() === "(") this.passOver(start);
    else this.at += 1;
    const text = this.tokens.slice(start, this.at).map((token) => token.text);
    return text.length > 1 ? `\${${text.join("")}}` : unquote(text[0] ?? "");
  }

  private list(): Partial<Expression> {
    const start = this.at;
    const items: Expression[] = [];
    this.at += 1;
    for (this.skipSeparators(); !this.take("]"); this.skipSeparators()) {
      if (this.text() === undefined || this.text() === "for") return this.passOver(start);
      items.push(this.expression());
    }
    return { items };
  }

  /** Passes over what is in brackets from `start`, for instance a `for` expression. */
  private passOver(start: number): Partial<Expression> {
    this.at = start;
    let depth = 0;
    do {
      if (opening.includes(this.text() ?? "")) depth += 1;
      if (closing.includes(this.text() ?? "")) depth -= 1;
      this.at += 1;
    } while (depth > 0 && this.at < this.tokens.length);
    return {};
  }

  private skipExpression(): void {
    for (let text = this.text(); text !== undefined; text = this.text()) {
      if (["\n", ",", ...closing].includes(text)) return;
      if (opening.includes(text)) this.passOver(this.at);
      else this.at += 1;
    }
  }

  private skipNewlines(): void {
    this.takeWhile((text) => text === "\n");
  }

  private skipSeparators(): void {
    this.takeWhile((text) => text === "\n" || text === ",");
  }

  private takeWhile(wanted: (text: string) => boolean): string[] {
    const taken: string[] = [];
    for (let text = this.text(); text !== undefined && wanted(text); text = this.text()) {
      taken.push(text);
      this.at += 1;
    }
    return taken;
  }

  private take(text: string): boolean {
    if (this.text() !== text) return false;
    this.at += 1;
    return true;
  }

  private text(): string | undefined {
    return this.tokens[this.at]?.text;
  }
}
