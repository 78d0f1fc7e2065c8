import type { Confidence, Match } from "../finding";
import { keywords, labelOf } from "../keywords";
import type { Window } from "../window";
import { continuesAfter, DASH, type DigitGroups, DOT } from "./digit-groups";

/** Numbers that advertisements and examples made known. The Social Security Administration gives them to nobody. */
const samples = /^(?:123456789|078051120|219099999|98765432\d)$/;

/** The Social Security Administration gives no number with these areas, group 00 or serial 0000. */
const isIssued = (digits: string): boolean =>
  !/^(?:000|666|9)|^...00|0000$/.test(digits) && !/^(\d)\1{8}$/.test(digits);

export const findSsn = (window: Window, groups: DigitGroups): Match | undefined => {
  const separated = groups.isGrouped([3, 2, 4]);
  if (!separated && groups.lengths[0] !== 9) return undefined;
  const { bytes } = window;
  const start = groups.starts[0]!;
  const end = groups.end(separated ? 2 : 0);
  if (continuesAfter(bytes, end)) return undefined;
  const digits = groups.text(bytes, separated ? 3 : 1);
  const isSample = samples.test(digits);
  if (!isSample && !isIssued(digits)) return undefined;
  const byDashes = separated && groups.separators[1] === DASH;
  const confidence = ((): Confidence | undefined => {
    if (byDashes) return "high";
    if (keywords.ssn.test(labelOf(window, start))) return separated ? "high" : "medium";
    return separated && groups.separators[1] !== DOT ? "medium" : undefined;
  })();
  if (confidence === undefined) return undefined;
  return isSample
    ? { type: "ssn", confidence: "low", start, end, note: "number of examples" }
    : { type: "ssn", confidence, start, end };
};
