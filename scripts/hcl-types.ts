/** Type of an input: a list is `[item]`, a map `{ "*": value }`; an object has its members, an optional one with `?`. */
export type InputType = string | readonly [InputType] | { readonly [member: string]: InputType };

/** Parses a type constraint of Terraform, such as `map(object({ port = number, name = optional(string) }))`. */
export function parseType(text: string): InputType {
  const tokens = text.match(/\w+|[(){},=]|"[^"]*"|[[\].-]/g) ?? [];
  let next = 0;
  const peek = () => tokens[next];
  const take = () => tokens[next++];

  function constraint(): InputType {
    const name = take()!;
    if (peek() !== "(") return name;
    take();
    const type = name === "object" ? members() : constraint();
    // What follows is the default of an optional member.
    for (let depth = 0; depth > 0 || peek() !== ")"; ) {
      const token = take()!;
      depth += "({[".includes(token) ? 1 : ")}]".includes(token) ? -1 : 0;
    }
    take();
    if (name === "map") return { "*": type };
    if (name === "list" || name === "set") return [type];
    return type;
  }

  function members(): InputType {
    const found: Record<string, InputType> = {};
    take();
    while (peek() !== "}") {
      const name = take()!;
      if (name === ",") continue;
      take();
      const optional = peek() === "optional" ? "?" : "";
      found[`${name}${optional}`] = constraint();
    }
    take();
    return found;
  }
  return constraint();
}
