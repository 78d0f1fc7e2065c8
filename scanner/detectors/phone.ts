import { isDigit, isWord } from "../bytes";
import type { Confidence, Match } from "../finding";
import { keywords, labelOf } from "../keywords";
import type { Window } from "../window";
import { continuesAfter, type DigitGroups, DOT, isExtension, separatorWidth } from "./digit-groups";
import { isInternationalNumber, isNationalNumber } from "./numbering-plans";

const plus = 0x2b;
const opening = 0x28;
const closing = 0x29;

/** Area code and exchange of the North American plan begin with 2 to 9 and are no service code such as 911. */
const isNorthAmerican = (digits: string): boolean => /^[2-9](?!11)\d\d[2-9](?!11)\d{6}$/.test(digits);

/** 555-0100 to 555-0199 are for films and examples, and the area 555 is given to nobody. */
const isFictitious = (digits: string): boolean => /^(?:555|...55501\d\d$)/.test(digits);

const american = (digits: string, start: number, end: number, confidence: Confidence): Match | undefined => {
  if (!isNorthAmerican(digits)) return undefined;
  return isFictitious(digits)
    ? { type: "phone_us", confidence: "low", start, end, note: "number of examples" }
    : { type: "phone_us", confidence, start, end };
};

/** Number of groups of 202-555-0143, 1-202-555-0143 or 001-202-555-0143; 0 if it is none. */
const groupsOfAmerican = (bytes: Buffer, groups: DigitGroups): number => {
  if (groups.isGrouped([3, 3, 4])) return 3;
  if (!groups.isGrouped([1, 3, 3, 4]) && !groups.isGrouped([3, 3, 3, 4])) return 0;
  return /^(?:00)?1$/.test(bytes.toString("latin1", groups.starts[0]!, groups.end(0))) ? 4 : 0;
};

/** Examines groups of digits: 202-555-0143, 1 202 555 0143, 2025550143 and, with a keyword, numbers of other countries. */
export const findPhone = (window: Window, groups: DigitGroups): Match | undefined => {
  const { bytes } = window;
  const start = groups.starts[0]!;
  const count = groupsOfAmerican(bytes, groups);
  if (count > 0) {
    const end = groups.end(count - 1);
    if (continuesAfter(bytes, end)) return undefined;
    const isNamed = keywords.phone.test(labelOf(window, start));
    return american(groups.text(bytes, count).slice(-10), start, end, isNamed ? "high" : "medium");
  }
  return findNamedPhone(window, groups);
};

/** Numbers that only a keyword before them makes a phone number. */
const findNamedPhone = (window: Window, groups: DigitGroups): Match | undefined => {
  const { bytes } = window;
  const start = groups.starts[0]!;
  const first = groups.lengths[0]!;
  const isBare = first >= 9 && first <= 12;
  const canBeLocal =
    bytes[start] === 0x30 || (groups.count > 1 && groups.digits <= maxDigits && groups.separators[1] !== DOT);
  if (groups.digits < 8 || (!isBare && !canBeLocal)) return undefined;
  if (!keywords.phone.test(labelOf(window, start))) return undefined;
  if (isBare && !continuesAfter(bytes, groups.end(0))) {
    const digits = bytes.toString("latin1", start, groups.end(0)).replace(/^1(?=\d{10}$)/, "");
    const match = american(digits, start, groups.end(0), "medium");
    if (match !== undefined) return match;
  }
  return findInternational(window, start);
};

/** Examines `(202) 555-0143`, also with +1 before it, and with a keyword `(020) 7946 0958`. */
export const findBracketedPhone = (window: Window, open: number, groups: DigitGroups): Match | undefined => {
  const { bytes } = window;
  let close = open + 1;
  while (close - open <= 5 && isDigit(bytes[close]!)) close++;
  if (bytes[close] !== closing || close - open < 3) return undefined;
  const area = bytes.toString("latin1", open + 1, close);
  let next = close + 1;
  next += separatorWidth(bytes, next);
  groups.read(window, next);
  const start = countryStart(bytes, open);
  if (area.length === 3 && groups.isGrouped([3, 4])) {
    const end = groups.end(1);
    return continuesAfter(bytes, end)
      ? undefined
      : american(area + groups.text(bytes, 2), start, end, "high");
  }
  if (groups.count === 0 || !keywords.phone.test(labelOf(window, open))) return undefined;
  return findInternational(window, open);
};

/** `1 ` or `1-` before a bracket is of the number. */
const countryStart = (bytes: Buffer, open: number): number => {
  let one = open - 1;
  if (bytes[one] === 0x20 || bytes[one] === 0x2d) one--;
  return bytes[one] === 0x31 && !isWord(bytes[one - 1]!) && bytes[one - 1] !== 0x2e && bytes[one - 1] !== 0x2d
    ? one
    : open;
};

/** Countries by whose rules a number after a keyword is read, by calling code. */
const withTrunkZero = ["44", "33", "49", "61", "39", "31", "32", "41", "43", "46", "81", "972", "353", "64"];
const withoutTrunkZero = ["34", "91", "55", "45", "47", "48", "351", "36", "420", "357", "65", "52"];
const isLocalNumber = (digits: string): boolean =>
  digits[0] === "0"
    ? withTrunkZero.some((code) => isNationalNumber(code, digits.slice(1)))
    : withoutTrunkZero.some((code) => isNationalNumber(code, digits));

const maxLength = 32;
const maxDigits = 15;
const minDigits = 7;

/** The ends of what can be a phone number at an index, the longest first. */
const endsOfNumber = (window: Window, start: number): number[] => {
  const { bytes } = window;
  const ends: number[] = [];
  let index = start;
  let digits = 0;
  if (bytes[index] === plus) index++;
  while (index - start < maxLength) {
    const from = index;
    while (isDigit(bytes[index]!) && digits <= maxDigits) {
      index++;
      digits++;
    }
    if (digits > maxDigits || (isWord(bytes[index]!) && !isExtension(bytes, index))) break;
    if (index > from && digits >= minDigits && !continuesAfter(bytes, index)) ends.unshift(index);
    // One separator, a bracket, or a bracket beside a separator.
    const gap = index;
    if (bytes[index] === closing) index++;
    index += separatorWidth(bytes, index) || (bytes[index] === 0x2f ? 1 : 0);
    if (bytes[index] === opening) index++;
    if (index === gap || !isDigit(bytes[index]!)) break;
  }
  window.examined += index - start;
  return ends;
};

/** Examines a number that begins with +, or that has a keyword before it. */
export const findInternational = (window: Window, start: number): Match | undefined => {
  const { bytes } = window;
  const hasCountry = bytes[start] === plus;
  const before = bytes[start - 1]!;
  if (hasCountry && (isWord(before) || before === plus || before === 0x2f)) return undefined;
  for (const end of endsOfNumber(window, start)) {
    const text = bytes.toString("latin1", start, end);
    const digits = text.replace(/\D+/g, "");
    window.examined += text.length;
    if (hasCountry && digits[0] === "1") {
      const match = digits.length === 11 ? american(digits.slice(1), start, end, "high") : undefined;
      if (match !== undefined) return match;
      continue;
    }
    const abroad = hasCountry ? digits : digits.startsWith("00") ? digits.slice(2) : undefined;
    if (abroad === undefined ? isLocalNumber(digits) : isInternationalNumber(abroad))
      return { type: "phone_intl", confidence: abroad === undefined ? "medium" : "high", start, end };
  }
  return undefined;
};
