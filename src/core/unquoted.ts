const quoted = /("(?:[^"\\]|\\.)*")/;

/** The text with `change` made to the parts outside quotes: what is in quotes is a value of the user. */
export const mapUnquoted = (text: string, change: (part: string) => string): string =>
  text
    .split(quoted)
    .map((part, index) => (index % 2 === 1 ? part : change(part)))
    .join("");

/** The text without what is in quotes. */
export const unquoted = (text: string): string =>
  text
    .split(quoted)
    .filter((_, index) => index % 2 === 0)
    .join(" ");
