/** Type of an input: a list is `[item]`, a map `{ "*": value }`; an object has its members, an optional one with `?`. */
export type InputType = string | readonly [InputType] | { readonly [member: string]: InputType };

/** The name of a member of an {@link InputType}, without the mark of an optional one. */
export const memberName = (marked: string): string => marked.replace("?", "");

/** Whether a type is that of a map. */
export const isMap = (type: InputType): type is { readonly "*": InputType } =>
  typeof type === "object" && "*" in type;

/** Every member of a type, at every depth. */
export const membersIn = (type: InputType): [name: string, type: InputType][] => {
  if (typeof type === "string") return [];
  if (Array.isArray(type)) return membersIn(type[0]);
  return Object.entries(type).flatMap(([marked, member]) => [
    [memberName(marked), member] as [string, InputType],
    ...membersIn(member),
  ]);
};
