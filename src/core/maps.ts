/** Entries of a map, sorted by key: the order in which Terraform iterates. */
export const sortedEntries = <T>(map: Readonly<Record<string, T>> | undefined): [string, T][] =>
  Object.entries(map ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));

/** Values of a map, sorted by key: the order in which Terraform iterates. */
export const sortedValues = <T>(map: Readonly<Record<string, T>> | undefined): T[] =>
  sortedEntries(map).map(([, value]) => value);
