import type { Confidence, Match } from "../finding";
import { keywords, labelOf } from "../keywords";
import type { Window } from "../window";
import { continuesAfter, type DigitGroups, DOT } from "./digit-groups";

type Issuer = { name: string; prefix: RegExp; lengths: readonly number[]; common?: true };

/** The ranges in which issuers give numbers. Of the common ones a bare number needs no keyword. */
const issuers: readonly Issuer[] = [
  { name: "Visa", prefix: /^4/, lengths: [13, 16, 19], common: true },
  {
    name: "Mastercard",
    prefix: /^(?:5[1-5]|222[1-9]|22[3-9]|2[3-6]|27[01]|2720)/,
    lengths: [16],
    common: true,
  },
  { name: "American Express", prefix: /^3[47]/, lengths: [15], common: true },
  { name: "Discover", prefix: /^(?:6011|64[4-9]|65)/, lengths: [16, 17, 18, 19], common: true },
  { name: "Diners Club", prefix: /^(?:30[0-5]|3095|36|3[89])/, lengths: [14, 15, 16, 17, 18, 19] },
  { name: "JCB", prefix: /^(?:2131|1800)/, lengths: [15] },
  { name: "JCB", prefix: /^35(?:2[89]|[3-8])/, lengths: [16, 17, 18, 19] },
  { name: "UnionPay", prefix: /^(?:62|81)/, lengths: [16, 17, 18, 19] },
  { name: "Mir", prefix: /^220[0-4]/, lengths: [16] },
  { name: "RuPay", prefix: /^(?:60|82|508)/, lengths: [16] },
  { name: "Maestro", prefix: /^(?:50|5[6-9]|6)/, lengths: [12, 13, 14, 15, 16, 17, 18, 19] },
];

/** How issuers print their numbers. */
const groupings: readonly (readonly number[])[] = [
  [4, 4, 4, 4, 3],
  [4, 4, 4, 4],
  [4, 6, 5],
  [4, 6, 4],
  [4, 4, 5],
  [4, 4, 4, 1],
  [6, 13],
];

/** Numbers that payment services publish for tests. */
const testNumbers = new Set([
  "4111111111111111",
  "4012888888881881",
  "4222222222222",
  "4242424242424242",
  "4000056655665556",
  "4000000000000002",
  "5555555555554444",
  "5105105105105100",
  "5200828282828210",
  "2223003122003222",
  "378282246310005",
  "371449635398431",
  "378734493671000",
  "6011111111111117",
  "6011000990139424",
  "30569309025904",
  "38520000023237",
  "3056930009020004",
  "3530111333300000",
  "3566002020360505",
  "6200000000000005",
]);

/** The check digit of Luhn's formula is right. Most numbers end here, so no text is made of the bytes. */
const isLuhnValid = (bytes: Buffer, groups: DigitGroups, count: number): boolean => {
  let sum = 0;
  let isDoubled = false;
  for (let group = count - 1; group >= 0; group--) {
    for (let index = groups.end(group) - 1; index >= groups.starts[group]!; index--) {
      const digit = bytes[index]! - 0x30;
      sum += isDoubled ? (digit > 4 ? 2 * digit - 9 : 2 * digit) : digit;
      isDoubled = !isDoubled;
    }
  }
  return sum % 10 === 0;
};

const issuerOf = (digits: string): Issuer | undefined =>
  issuers.find(({ prefix, lengths }) => lengths.includes(digits.length) && prefix.test(digits));

/** Number of groups that make a card number: 1 if it is bare, 0 if none does. */
const groupsOfCard = (groups: DigitGroups): number => {
  const first = groups.lengths[0]!;
  if (first >= 12 && first <= 19) return 1;
  if (first !== 4 && first !== 6) return 0;
  if (groups.separators[1] === DOT) return 0;
  return groupings.find((lengths) => groups.isGrouped(lengths))?.length ?? 0;
};

export const findCreditCard = (window: Window, groups: DigitGroups): Match | undefined => {
  const count = groupsOfCard(groups);
  if (count === 0) return undefined;
  const { bytes } = window;
  if (!isLuhnValid(bytes, groups, count)) return undefined;
  const digits = groups.text(bytes, count);
  const issuer = issuerOf(digits);
  if (issuer === undefined || /^(\d)\1+$/.test(digits)) return undefined;
  const start = groups.starts[0]!;
  const end = groups.end(count - 1);
  if (continuesAfter(bytes, end)) return undefined;
  if (testNumbers.has(digits))
    return { type: "credit_card", confidence: "low", start, end, note: "test number" };
  const confidence = ((): Confidence => {
    if (count > 1) return "high";
    const label = labelOf(window, start);
    if (keywords.card.test(label)) return "high";
    return issuer.common && !keywords.identifier.testAtEnd(label) ? "medium" : "low";
  })();
  return { type: "credit_card", confidence, start, end };
};
