import { Token } from "cdktf";
import { expression } from "./expression";
import { isToken } from "./validation";

/** The name in the ARN of a role or a cluster: what follows the last slash. */
export const nameIn = (arn: string): string =>
  isToken(arn) ? Token.asString(expression`reverse(split("/", ${arn}))[0]`) : arn.split("/").pop()!;
