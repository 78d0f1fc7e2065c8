import { CLASS, LETTER } from "./bytes";
import type { Window } from "./window";

const isLetter = (code: number): boolean => (CLASS[code & 0xff]! & LETTER) !== 0;
const isLower = (code: number): boolean => code >= 0x61 && code <= 0x7a;

/** Words that say what a value is. */
class Keywords {
  private readonly pattern: RegExp;

  /** @param words in lower case; where they have a blank, a text can have a blank, `_`, `-`, or nothing in camelCase */
  constructor(words: readonly string[]) {
    const alternatives = words.map((word) =>
      word.replace(/[a-z]/g, (letter) => `[${letter}${letter.toUpperCase()}]`).replaceAll(" ", "[ _.\\-]?"),
    );
    this.pattern = new RegExp(`(?:${alternatives.join("|")})(?![a-z])`, "g");
  }

  test(text: string): boolean {
    return this.find(text, () => true);
  }

  /** True if nothing but punctuation follows a keyword. */
  testAtEnd(text: string): boolean {
    return this.find(text, (end) => !/[A-Za-z0-9]/.test(text.slice(end)));
  }

  // "ssn" must begin a word: "classname" has it too. The pattern does not say so, because without it the search is faster.
  private find(text: string, isRight: (end: number) => boolean): boolean {
    const { pattern } = this;
    pattern.lastIndex = 0;
    for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
      const before = match.index === 0 ? 0x20 : text.charCodeAt(match.index - 1);
      const beginsWord = !isLetter(before) || (isLower(before) && !isLower(text.charCodeAt(match.index)));
      if (beginsWord && isRight(pattern.lastIndex)) return true;
      pattern.lastIndex = match.index + 1;
    }
    return false;
  }
}

const words = (...alternatives: readonly string[]): Keywords => new Keywords(alternatives);

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
    "desk",
    "reach",
    "answering at",
    "messages? to",
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
    "zip ?(?:code)?",
    "lat(?:itude)?",
    "lon(?:gitude)?",
  ),
};

/** What is between two values of a list. */
const betweenValues = /^["']?\s*[,;|\s]\s*["']?$/;

/**
 * What a text calls the value at an index: the name of its column, else its key, else the words before it. With a key, other
 * words before it belong to another value. In a list, the values have the label of the first one.
 */
export const labelOf = (window: Window, index: number): string => {
  if (window.labelIndex === index) return window.label;
  window.labelIndex = index;
  window.label = findLabel(window, index);
  return window.label;
};

const findLabel = (window: Window, index: number): string => {
  const column = window.columns.nameAt(index);
  if (column !== undefined) return column;
  const since = window.textSincePrevious(index);
  if (since !== undefined && betweenValues.test(since)) return window.previousLabel;
  return window.keyBefore(index) ?? window.textBefore(index);
};
