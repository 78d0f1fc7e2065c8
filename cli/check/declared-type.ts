import type { Token } from "./tokens";

/** What a variable's type says about names: the members of objects, at every depth. */
export type DeclaredType =
  | { kind: "object"; members: ReadonlyMap<string, { optional: boolean; type: DeclaredType }> }
  | { kind: "map" | "list"; of: DeclaredType }
  | { kind: "other"; name: string };

/** Reads the type of a variable, for instance `map(object({ image = string, port = optional(number) }))`. */
export function readType(tokens: readonly Token[]): DeclaredType {
  const texts = tokens.map(({ text }) => text).filter((text) => text !== "\n");
  let at = 0;

  const skipTo = (ends: readonly string[]): void => {
    for (let depth = 0; at < texts.length; at += 1) {
      const text = texts[at]!;
      if (depth === 0 && ends.includes(text)) return;
      if (["(", "[", "{"].includes(text)) depth += 1;
      if ([")", "]", "}"].includes(text)) depth -= 1;
    }
  };

  const members = () => {
    const found = new Map<string, { optional: boolean; type: DeclaredType }>();
    at += 1;
    while (at < texts.length && texts[at] !== "}") {
      const name = texts[at]!;
      at += 2;
      found.set(name, { optional: texts[at] === "optional", type: type() });
      if (texts[at] === ",") at += 1;
    }
    at += 1;
    return found;
  };

  const type = (): DeclaredType => {
    const name = texts[at]!;
    at += 1;
    if (texts[at] !== "(") return { kind: "other", name };
    at += 1;
    let found: DeclaredType = { kind: "other", name };
    if (name === "object") found = { kind: "object", members: members() };
    else if (name === "optional") found = type();
    else if (name === "map") found = { kind: "map", of: type() };
    else if (name === "list" || name === "set") found = { kind: "list", of: type() };
    // The default of an optional attribute, or the types of a tuple.
    skipTo([")"]);
    at += 1;
    return found;
  };

  return type();
}
