import { blank, heredoc } from "../../src/app/hcl";

/** A word, string, heredoc, number or sign of HCL. */
export type Token = { text: string; line: number };

const word = /[\p{ID_Start}_][\p{ID_Continue}-]*|\d[\w.]*|=>/uy;

/** The index after a string or template that begins at `start`; expressions in it may have strings of their own. */
function endOfText(source: string, start: number, end: '"' | "}"): number {
  let at = start + 1;
  while (at < source.length && source[at] !== end) {
    const two = source.slice(at, at + 2);
    if (end === '"' && source[at] === "\\") at += 2;
    else if (end === '"' && (two === "$$" || two === "%%")) at += 2;
    else if (two === "${" || two === "%{") at = endOfText(source, at + 1, "}");
    else if (end === "}" && source[at] === '"') at = endOfText(source, at, '"');
    else if (end === "}" && source[at] === "{") at = endOfText(source, at, "}");
    else at += 1;
  }
  return at + 1;
}

/** Splits HCL into tokens; a line break is one, comments are none. */
export function tokenize(source: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  let line = 1;
  const match = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    return pattern.exec(source)?.[0];
  };
  while (at < source.length) {
    const skipped = match(blank);
    const text =
      skipped ??
      match(heredoc) ??
      (source[at] === '"' ? source.slice(at, endOfText(source, at, '"')) : (match(word) ?? source[at]!));
    if (skipped === undefined) tokens.push({ text, line });
    at += text.length;
    line += text.split("\n").length - 1;
  }
  return tokens;
}
