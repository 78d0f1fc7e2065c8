import { type IResolveContext, Token } from "cdktf";

/** A value that JSON can hold; strings and numbers may be CDKTF tokens. `undefined` members are left out. */
export type Json =
  | string
  | number
  | boolean
  | null
  | undefined
  | readonly Json[]
  | { readonly [key: string]: Json };

/**
 * JSON text with the same bytes as Terraform's `jsonencode`: keys sorted, no spaces, `<`, `>` and `&`
 * escaped. A token may stand wherever a string or number may; what it resolves to is escaped by Terraform,
 * so a value that holds quotes cannot break the text.
 *
 * `Fn.jsonencode` cannot do this: in cdktf 0.21 it leaves quotes and backslashes of literals unescaped.
 */
export function json(value: Json): string {
  if (typeof value === "string") return text(value);
  if (Array.isArray(value)) return `[${value.map((item: Json) => json(item ?? null)).join(",")}]`;
  if (typeof value === "object" && value !== null) return object(value as { readonly [key: string]: Json });
  if (typeof value === "number" && Token.isUnresolved(value)) return Token.asString(value);
  return JSON.stringify(value ?? null);
}

function object(value: { readonly [key: string]: Json }): string {
  const members = Object.keys(value)
    .filter((key) => value[key] !== undefined)
    .sort()
    .map((key) => `${text(key)}:${json(value[key])}`);
  return `{${members.join(",")}}`;
}

const tokenMarker = /(\$\{TfToken\[[^\]]+\]\})/;

const text = (value: string): string =>
  `"${value
    .split(tokenMarker)
    .map((part) => (tokenMarker.test(part) ? encodedByTerraform(part) : escapeLiteral(part)))
    .join("")}"`;

const htmlSensitive = /[<>&\u2028\u2029]/g;

const escapeLiteral = (literal: string): string =>
  JSON.stringify(literal)
    .slice(1, -1)
    .replace(htmlSensitive, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`);

/**
 * Terraform's JSON encoding of a string that only it will know, without the quotes around it. One token of its own,
 * for `Fn` makes one of every call, which adds up: policies are full of these.
 */
const encodedByTerraform = (token: string): string =>
  Token.asString({
    creationStack: [],
    resolve: (context: IResolveContext) => {
      const withinExpression = context.suppressBraces;
      context.suppressBraces = true;
      const call = `trimprefix(trimsuffix(jsonencode(${context.resolve(token)}), "\\""), "\\"")`;
      return withinExpression ? call : `\${${call}}`;
    },
  });
