const maxValueLength = 80;
const maxNameLength = 128;
const maxReasonLength = 1_000;
const maxNames = 10;

// Control characters and lone surrogates would become six characters each in JSON.
const replaceControlCharacters = (text: string): string => text.replaceAll(/\p{C}/gu, " ");

const truncate = (text: string, length: number): string =>
  replaceControlCharacters(text.length <= length ? text : `${text.slice(0, length - 1)}…`);

/** Truncates a name from the input, for logs and messages. */
export const truncateName = (name: string): string => truncate(name, maxNameLength);

/** Quotes and truncates a value for a message. */
export const quote = (text: string): string => JSON.stringify(truncate(text, maxValueLength));

/** The first `max` items of a list as texts, and how many more there are. */
export const listFirst = <Item>(
  items: readonly Item[],
  max: number,
  show: (item: Item) => string,
): string[] => {
  const shown = items.slice(0, max).map(show);
  return items.length > max ? [...shown, `and ${items.length - max} more`] : shown;
};

/** The first ten names of a list, and how many more there are. */
export const listNames = (
  names: readonly string[],
  quote: (name: string) => string = (name) => name,
): string => listFirst(names, maxNames, (name) => quote(truncate(name, maxValueLength))).join(", ") || "none";

/**
 * Truncates a reason to about 1 KB. Reasons quote the input, and must not make log lines and DLQ messages as long as it.
 */
export const truncateReason = (reason: string): string => truncate(reason, maxReasonLength);
