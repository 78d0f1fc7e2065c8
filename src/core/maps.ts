/** Entries in the order in which Terraform walks a map: by key. */
export const sortedEntries = <T>(map: Readonly<Record<string, T>> | undefined): [string, T][] =>
  Object.entries(map ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));

/** Values in the order in which Terraform walks a map: by key. */
export const sortedValues = <T>(map: Readonly<Record<string, T>> | undefined): T[] =>
  sortedEntries(map).map(([, value]) => value);
