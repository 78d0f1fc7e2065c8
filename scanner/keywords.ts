import type { Window } from "./window";

// Words may be joined by a blank, `_`, `-`, or by nothing in camelCase. "ssn" alone must be a word: "classname" has it too.
const startsWord = "(?:(?<![A-Za-z])|(?<=[a-z])(?=[A-Z]))";
const endsWord = "(?![a-z])";
const gap = "[ _.\\-]?";
const anyCase = (text: string): string =>
  text.replace(/[a-z]/g, (letter) => `[${letter}${letter.toUpperCase()}]`);
const words = (...alternatives: readonly string[]): RegExp =>
  new RegExp(
    `${startsWord}(?:${alternatives.map((text) => anyCase(text).replaceAll(" ", gap)).join("|")})${endsWord}`,
  );

/** Keywords that say what a value is. */
export const keywords = {
  ssn: words("ssns?", "ss ?#", "soc sec", "social sec", "social security", "tax id", "tin"),
  card: words(
    "(?:credit|debit|payment|bank) cards?",
    "cards?",
    "cc ?(?:num|no|number|#)?",
    "pan",
    "card (?:num|no|nr|number)",
    "visa",
    "master ?card",
    "amex",
    "discover",
    "maestro",
    "diners",
    "jcb",
  ),
  phone: words(
    "(?:tele)?phones?",
    "phone (?:num|no|nr|number)",
    "tel",
    "mobile",
    "cell",
    "fax",
    "call",
    "sms",
    "whatsapp",
    "contact(?: number)?",
    "dial",
  ),
  secretKey: words(
    "secret access key",
    "aws secret(?: key)?",
    "secret key",
    "aws secret access key",
    "access key secret",
  ),
  aws: words("aws", "secret", "access key"),
  /** A bare number with such a label is what the label says. */
  identifier: words(
    "id",
    "ids",
    "uu ?id",
    "order(?: no| number)?",
    "ref(?:erence)?",
    "trace",
    "span",
    "imei",
    "isbn",
    "serial",
    "sku",
    "tracking",
    "time ?(?:stamp)?",
    "ts",
    "seq(?:uence)?",
    "offset",
    "hash",
    "version",
    "build",
    "invoice",
    "batch",
    "record",
    "row",
    "zip ?(?:code)?",
    "lat(?:itude)?",
    "lon(?:gitude)?",
  ),
};

/** A value with a key before it, as in JSON, YAML, a query, XML or a sentence: `"customerId": "`, `ssn=`, `<ssn>`, `Phone: (`. */
const keyed = /(?:([A-Za-z0-9_.\-# \x80-\xff]+)["']?\s*(?::|=>?)|<([A-Za-z][\w:.-]*)[^<>]*>)\s*["'([]*$/;
/** What is between two values of a list. */
const betweenValues = /^["']?\s*[,;|\s]\s*["']?$/;

/**
 * What a text calls the value at an index: the name of its column, else its key, else the words before it. With a key, other
 * words before it belong to another value. In a list, the values have the label of the first one.
 */
export const labelOf = (window: Window, index: number): string => {
  const column = window.columnName(index);
  if (column !== undefined) return column;
  const since = window.textSincePrevious(index);
  if (since !== undefined && betweenValues.test(since)) return window.previousLabel;
  const before = window.textBefore(index);
  const key = keyed.exec(before);
  if (key === null) return before;
  // A long name is cut.
  return key[1] !== undefined && key.index === 0
    ? (keyed.exec(window.nameBefore(index))?.[1] ?? key[1])
    : (key[1] ?? key[2]!);
};
