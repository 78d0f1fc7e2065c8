const longestValue = 80;
const longestName = 128;
const longestReason = 1_000;
const maxNames = 10;

// Control characters and halves of characters would each become six characters of JSON.
const printable = (text: string): string => text.replaceAll(/\p{C}/gu, " ");

const cut = (text: string, length: number): string =>
  printable(text.length <= length ? text : `${text.slice(0, length - 1)}…`);

/** A name that input decides, as logs and messages get it. */
export const cutName = (name: string): string => cut(name, longestName);

/** A value of a message in quotes, cut where it is long. */
export const quoted = (text: string): string => JSON.stringify(cut(text, longestValue));

/** The first `most` of a list, as `show` says them, and how many more there are. */
export const fewOf = <Item>(items: readonly Item[], most: number, show: (item: Item) => string): string[] => {
  const shown = items.slice(0, most).map(show);
  return items.length > most ? [...shown, `and ${items.length - most} more`] : shown;
};

/** A few names of a list, and how many more there are. */
export const listed = (names: readonly string[], quote: (name: string) => string = (name) => name): string =>
  fewOf(names, maxNames, (name) => quote(cut(name, longestValue))).join(", ") || "none";

/**
 * A reason as logs, answers and dead-letter queues get it: about 1 KB at most. Input decides what is in a reason, and
 * must not decide how long it is.
 */
export const cutReason = (reason: string): string => cut(reason, longestReason);
