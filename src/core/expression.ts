import { type IResolvable, type IResolveContext, Token, Tokenization } from "cdktf";

/**
 * A Terraform expression, as a template: the text is HCL, and each value becomes HCL. Tokens and expressions in the values
 * are references and calls.
 *
 * @example
 * expression`length(${subnetIds}) > 0`
 */
export const expression = (text: TemplateStringsArray, ...values: readonly unknown[]): IResolvable => ({
  creationStack: [],
  resolve: (context: IResolveContext) => {
    const withinExpression = context.suppressBraces;
    context.suppressBraces = true;
    const body = text.map((part, index) => part + (index < values.length ? hcl(values[index], context) : ""));
    return withinExpression ? body.join("") : `\${${body.join("")}}`;
  },
});

/** A value as HCL. */
function hcl(value: unknown, context: IResolveContext): string {
  if (typeof value === "string") return template(value, context);
  if (Token.isUnresolved(value)) {
    const resolved: unknown = context.resolve(value);
    return typeof resolved === "string" ? resolved : hcl(resolved, context);
  }
  if (Array.isArray(value)) return `[${value.map((item) => hcl(item, context)).join(", ")}]`;
  if (typeof value === "object" && value !== null) {
    const members = Object.entries(value).filter(([, member]) => member !== undefined);
    return `{${members.map(([key, member]) => `(${hcl(key, context)}) = ${hcl(member, context)}`).join(", ")}}`;
  }
  return String(value ?? null);
}

function template(value: string, context: IResolveContext): string {
  const { literals, tokens } = Tokenization.reverseString(value);
  if (tokens.length === 1 && literals.length === 0) return String(context.resolve(value));
  const parts = value
    .split(tokenMarker)
    .map((part) => (tokenMarker.test(part) ? `\${${context.resolve(part)}}` : escapeLiteral(part)));
  return `"${parts.join("")}"`;
}

/** How CDKTF writes a token in a string. */
export const tokenMarker = /(\$\{TfToken\[[^\]]+\]\})/;

const escapeLiteral = (literal: string): string =>
  literal.replace(/[\\"]/g, "\\$&").replace(/\p{Cc}/gu, (char) => `\\u${hex(char)}`);

const hex = (char: string): string => char.charCodeAt(0).toString(16).padStart(4, "0");
