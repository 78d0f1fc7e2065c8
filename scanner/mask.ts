import { isContinuation, isDigit } from "./bytes";
import type { LocatedMatch, Surroundings } from "./text-scanner";

const contextCharacters = 50;
/** Bytes after a finding that its context can have, and as many for a finding that begins there. */
export const contextReach = 4 * contextCharacters + 400;

const isLineEnd = (byte: number): boolean => byte === 0x0a || byte === 0x0d;

/** Where the context of a finding begins: 50 characters before it, on its line. */
const contextStart = (bytes: Buffer, start: number, lineStart: number): number => {
  let index = start;
  for (let characters = 0; index > lineStart && characters < contextCharacters; ) {
    index--;
    if (!isContinuation(bytes[index]!)) characters++;
  }
  // A number that is cut would not be recognized as one.
  while (index < start && isDigit(bytes[index - 1]!) && isDigit(bytes[index]!)) index++;
  return index;
};

/** Where the context of a finding ends: 50 characters after it, on its line. */
const contextEnd = (bytes: Buffer, end: number, filled: number): number => {
  let index = end;
  for (let characters = 0; index < filled && !isLineEnd(bytes[index]!); index++)
    if (!isContinuation(bytes[index]!) && ++characters > contextCharacters) break;
  while (index > end && isDigit(bytes[index - 1]!) && isDigit(bytes[index]!)) index--;
  return index;
};

/** Numbers that are no finding can still be one of the same value, without a word that says so. */
const withoutNumbers = (text: string): string =>
  text.replace(/\d(?:[-. ]?\d){8,}/g, (number) => `[number:${number.length}]`);

/** The context of a match: the line around it, with every finding that touches it replaced by its type and length. */
export const maskedContext = (
  match: LocatedMatch,
  { bytes, filled, base, matches, place }: Surroundings,
): string => {
  const from = contextStart(bytes, match.start - base, Math.max(match.lineStart - base, 0));
  const to = contextEnd(bytes, match.end - base, filled);
  let first = place;
  while (first > 0 && matches[first - 1]!.end - base > from) first--;
  let text = "";
  let index = from;
  for (let next = first; next < matches.length && matches[next]!.start - base < to; next++) {
    const { type, start, end, columnStart, columnEnd } = matches[next]!;
    if (start - base > index) text += withoutNumbers(bytes.toString("utf8", index, start - base));
    text += `[${type}:${columnEnd - columnStart}]`;
    index = end - base;
  }
  return index < to ? text + withoutNumbers(bytes.toString("utf8", index, to)) : text;
};
