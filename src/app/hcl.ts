import { type Literal, type Members, SyntaxProblem } from "./literal";

/**
 * Reads what Terraform allows in `*.tfvars` and `*.tfbackend` files: names and literal values, each with its line for
 * error messages. Libraries that convert HCL to JSON do not keep the lines. Expressions are refused, as Terraform does.
 *
 * @throws SyntaxProblem when the text is not of that form.
 */
export const readHclFile = (text: string): Members => new HclReader(text).file();

/** Reads one value, as Terraform reads the environment variable `TF_VAR_<name>` of a list, map or object. */
export const readHclValue = (text: string): Literal => new HclReader(text).wholeValue();

/**
 * Reads a JSON file in the same way, with the line of each value. As in Terraform, its strings are plain text, in which
 * `${` has no meaning.
 *
 * @throws SyntaxProblem when the text is not one JSON object.
 */
export function readJsonFile(text: string): Members {
  const { line, value } = new JsonReader(text).wholeValue();
  if (!(value instanceof Map)) throw new SyntaxProblem(line, "the file must contain one JSON object");
  try {
    JSON.parse(text);
  } catch (error) {
    // Valid HCL that is not JSON, for instance a comment.
    const { message } = error as SyntaxError;
    const position = Number(/position (\d+)/.exec(message)?.[1] ?? 0);
    throw new SyntaxProblem(text.slice(0, position).split("\n").length, `not JSON: ${message}`);
  }
  return value;
}

/** Spaces and comments within a line. */
export const blank = /(?:[ \t]|\r(?=\n)|#.*|\/\/.*|\/\*[\s\S]*?\*\/)+/y;
const blankAndNewlines = /(?:\s|#.*|\/\/.*|\/\*[\s\S]*?\*\/)+/y;
const identifier = /[\p{ID_Start}_][\p{ID_Continue}-]*/uy;
const number = /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const quoted = /"((?:[^"\\\n]|\\.)*)"/y;
export const heredoc = /<<(-?)([\p{ID_Start}_][\p{ID_Continue}-]*)\r?\n([\s\S]*?)^[ \t]*\2[ \t]*$/muy;
const escapes: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t", '"': '"', "\\": "\\" };
const allowedEscapes = 'use \\n, \\r, \\t, \\", \\\\, \\uNNNN or \\UNNNNNNNN';
const keywords = new Map<string, boolean | null>([
  ["true", true],
  ["false", false],
  ["null", null],
]);

class HclReader {
  private at = 0;

  constructor(private readonly text: string) {
    if (text.startsWith("\ufeff")) this.at = 1;
  }

  file(): Members {
    const members = new Map<string, Literal>();
    this.match(blankAndNewlines);
    while (this.at < this.text.length) {
      const name = this.match(identifier)?.[0] ?? this.fail("a name is expected here");
      this.match(blank);
      this.take("=") || this.fail(`"=" is expected after "${name}"`);
      this.add(members, name);
      this.match(blank);
      if (this.at < this.text.length && !this.take("\n")) this.notLiteral(`"${name}"`);
      this.match(blankAndNewlines);
    }
    return members;
  }

  wholeValue(): Literal {
    this.match(blankAndNewlines);
    const value = this.value();
    this.match(blankAndNewlines);
    if (this.at < this.text.length) this.notLiteral("the value");
    return value;
  }

  private value(): Literal {
    const line = this.line();
    if (this.take("[")) return { line, value: this.list() };
    if (this.take("{")) return { line, value: this.object() };
    const start = this.at;
    const text = this.match(quoted);
    if (text) return { line, value: this.string(text[1]!, start) };
    const block = this.match(heredoc);
    if (block)
      return { line, value: normal(unescapeTemplate(this.heredoc(block), () => this.template(start))) };
    const digits = this.match(number);
    if (digits) return { line, value: Number(digits[0]) };
    const word = this.match(identifier)?.[0];
    if (word !== undefined && keywords.has(word)) return { line, value: keywords.get(word)! };
    this.at = start;
    return this.fail(
      "a string, number, true, false, null, list or map is expected here; expressions are not allowed",
    );
  }

  private list(): Literal[] {
    const items: Literal[] = [];
    for (;;) {
      this.match(blankAndNewlines);
      if (this.take("]")) return items;
      items.push(this.value());
      this.match(blankAndNewlines);
      if (this.take(",")) continue;
      if (!this.take("]")) this.notLiteral('an item of the list; "," or "]" is expected');
      else return items;
    }
  }

  private object(): Map<string, Literal> {
    const members = new Map<string, Literal>();
    for (;;) {
      this.match(blankAndNewlines);
      if (this.take("}")) return members;
      const name = this.key();
      this.match(blankAndNewlines);
      this.take("=") || this.take(":") || this.fail(`"=" is expected after "${name}"`);
      this.add(members, name);
      this.match(blank);
      if (this.take("}")) return members;
      if (!this.take(",") && !this.take("\n")) this.notLiteral(`"${name}"`);
    }
  }

  private key(): string {
    const start = this.at;
    const text = this.match(quoted);
    if (text) return this.string(text[1]!, start);
    const name = this.match(identifier) ?? this.match(number);
    return name?.[0] ?? this.fail('a name or "}" is expected here');
  }

  private add(members: Map<string, Literal>, name: string): void {
    const line = this.line();
    if (members.has(name))
      this.fail(`"${name}" is set twice; the first time is on line ${members.get(name)!.line}`);
    this.match(blank);
    members.set(name, { line, value: this.value().value });
  }

  protected string(raw: string, start: number): string {
    const text = unescapeTemplate(raw, () => this.template(start));
    const unescaped = text.replace(
      /\\(?:u([\da-fA-F]{4})|U([\da-fA-F]{8})|(.))/gu,
      (all, short, long, char) => {
        if (char === undefined) return String.fromCodePoint(Number.parseInt(short ?? long, 16));
        return escapes[char] ?? this.failAt(start, `"${all}" is not an escape sequence; ${allowedEscapes}`);
      },
    );
    return normal(unescaped);
  }

  /** The text of a heredoc; for the indented form (`<<-`) without the common indentation of its lines. */
  private heredoc([, indented, , body]: RegExpMatchArray): string {
    if (!indented) return body!;
    const lines = body!.split("\n");
    const hasText = (line: string): boolean => line.trim() !== "";
    const margin = Math.min(...lines.filter(hasText).map((line) => line.search(/\S/)));
    return lines.map((line) => (hasText(line) ? line.slice(margin) : line)).join("\n");
  }

  private template(start: number): never {
    return this.failAt(
      start,
      '"${" and "%{" start an expression, which is not allowed; write "$${" or "%%{" for literal text',
    );
  }

  private notLiteral(what: string): never {
    return this.fail(`only a literal value is allowed for ${what}; expressions are not allowed`);
  }

  private match(pattern: RegExp): RegExpMatchArray | undefined {
    pattern.lastIndex = this.at;
    const match = pattern.exec(this.text) ?? undefined;
    if (match) this.at = pattern.lastIndex;
    return match;
  }

  private take(char: string): boolean {
    const taken = this.text.startsWith(char, this.at);
    if (taken) this.at += char.length;
    return taken;
  }

  private line(at = this.at): number {
    return this.text.slice(0, at).split("\n").length;
  }

  private fail(message: string): never {
    return this.failAt(this.at, message);
  }

  protected failAt(at: number, message: string): never {
    throw new SyntaxProblem(this.line(at), message);
  }
}

class JsonReader extends HclReader {
  protected override string(raw: string, start: number): string {
    try {
      return normal(JSON.parse(`"${raw}"`));
    } catch {
      return this.failAt(start, `"${raw}" is not a JSON string`);
    }
  }
}

/** Replaces the escapes `$${` and `%%{` by `${` and `%{`; without the escape they start an expression. */
const unescapeTemplate = (text: string, refuse: () => never): string =>
  text.replace(/([$%])(\1?)\{/g, (_, sign: string, escaped: string) => (escaped ? `${sign}{` : refuse()));

/** Terraform normalizes strings to Unicode form NFC. */
const normal = (text: string): string => text.normalize("NFC");
