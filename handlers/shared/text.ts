const longestValue = 80;
const longestReason = 1_000;
const mostNames = 10;

const cut = (text: string, length: number): string =>
  text.length <= length ? text : `${text.slice(0, length - 1)}…`;

/** A value of a message in quotes, cut where it is long. */
export const quoted = (text: string): string => JSON.stringify(cut(text, longestValue));

/** A few names of a list, and how many more there are. */
export const listed = (
  names: readonly string[],
  quote: (name: string) => string = (name) => name,
): string => {
  const shown = names.slice(0, mostNames).map((name) => quote(cut(name, longestValue)));
  const more = names.length - shown.length;
  return [...shown, ...(more > 0 ? [`and ${more} more`] : [])].join(", ") || "none";
};

/**
 * A reason as logs, answers and dead-letter queues get it: about 1 KB at most. Input decides what is in a reason, and
 * must not decide how long it is.
 */
export const cutReason = (reason: string): string => cut(reason, longestReason);
