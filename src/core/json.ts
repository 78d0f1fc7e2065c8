import { type IResolvable, type IResolveContext, Token } from "cdktf";
import { expression, tokenMarker } from "./expression";

/**
 * A JSON value. Strings, numbers, lists and maps may be CDKTF tokens, and any value may be a Terraform expression;
 * `undefined` members are left out.
 */
export type Json =
  | string
  | number
  | boolean
  | null
  | undefined
  | IResolvable
  | readonly Json[]
  | { readonly [key: string]: Json };

/**
 * JSON text with the same bytes as Terraform's `jsonencode`: keys sorted, no spaces, `<`, `>` and `&` escaped. Terraform
 * encodes what tokens resolve to, so a value with quotes cannot break the text.
 *
 * `Fn.jsonencode` cannot do this: in cdktf 0.21 it does not escape quotes and backslashes of literals.
 */
export function json(value: Json): string {
  if (typeof value === "string") return text(value);
  if (typeof value === "number" && Token.isUnresolved(value)) return Token.asString(value);
  if (Token.isUnresolved(value)) return Token.asString(expression`jsonencode(${value})`);
  if (Array.isArray(value)) return `[${value.map((item: Json) => json(item ?? null)).join(",")}]`;
  if (typeof value === "object" && value !== null) return object(value as { readonly [key: string]: Json });
  return JSON.stringify(value ?? null);
}

function object(value: { readonly [key: string]: Json }): string {
  const members = Object.keys(value)
    .filter((key) => value[key] !== undefined)
    .sort()
    .map((key) => `${text(key)}:${json(value[key])}`);
  return `{${members.join(",")}}`;
}

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
 * Terraform's JSON encoding of a token, without the quotes around it. It is one token: `Fn` would make one for each of the
 * three calls, which is slow, since policies have many of them.
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
