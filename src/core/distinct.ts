import { Token } from "cdktf";
import { expression } from "./expression";
import { isToken } from "./validation";

/** The values, each once. Only Terraform knows whether two tokens have the same value. */
export function distinct(values: readonly string[]): readonly string[] {
  const different = [...new Set(values)];
  return different.length > 1 && different.some(isToken)
    ? Token.asList(expression`distinct(${different})`)
    : different;
}
