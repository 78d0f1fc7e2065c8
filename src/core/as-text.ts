import { Token } from "cdktf";
import { isToken } from "./validation";

/** A number as the value of an environment variable. */
export const asText = (value: number): string => (isToken(value) ? Token.asString(value) : String(value));
