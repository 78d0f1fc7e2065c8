import { Token } from "cdktf";
import { expression } from "./expression";
import { isToken } from "./validation";

type Tags = Readonly<Record<string, string>>;

/** Tags of a resource itself and the tags of its block, which take precedence and may be a token. */
export const withTags = (own: Tags, tags: Tags | undefined): Tags =>
  isToken(tags) ? Token.asStringMap(expression`merge(${own}, ${tags})`) : { ...own, ...tags };
