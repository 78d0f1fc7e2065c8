import { CLASS, isDigit, isWord, SEPARATOR, WORD } from "../bytes";
import type { Window } from "../window";

export const DASH = 1;
export const BLANK = 2;
export const DOT = 3;

const maxGroups = 6;
const maxDigits = 20;

/** Groups of digits with one separator between them, such as 123-45-6789. Read again for each candidate. */
export class DigitGroups {
  count = 0;
  readonly starts = new Int32Array(maxGroups);
  readonly lengths = new Int32Array(maxGroups);
  /** The kind of separator before a group; of the first one 0. */
  readonly separators = new Uint8Array(maxGroups);
  /** Digits of all groups. */
  digits = 0;

  /** Reads the groups that begin at an index. A group that letters follow is none. */
  read(window: Window, start: number): void {
    const { bytes } = window;
    this.count = 0;
    this.digits = 0;
    let index = start;
    let separator = 0;
    while (this.count < maxGroups) {
      let end = index;
      while (isDigit(bytes[end]!) && end - index <= maxDigits) end++;
      if (end === index || (isWord(bytes[end]!) && !isExtension(bytes, end))) break;
      this.starts[this.count] = index;
      this.lengths[this.count] = end - index;
      this.separators[this.count] = separator;
      this.digits += end - index;
      this.count++;
      const width = separatorWidth(bytes, end);
      if (width === 0) break;
      separator = separatorKind(bytes, end);
      index = end + width;
    }
    window.examined += index - start;
  }

  end(group: number): number {
    return this.starts[group]! + this.lengths[group]!;
  }

  /** The digits of the first groups, as text. */
  text(bytes: Buffer, groups: number): string {
    let text = "";
    for (let group = 0; group < groups; group++)
      text += bytes.toString("latin1", this.starts[group]!, this.end(group));
    return text;
  }

  /** True if the first groups have these lengths, and the same separator between all of them. */
  isGrouped(lengths: readonly number[]): boolean {
    if (this.count < lengths.length) return false;
    for (let group = 0; group < lengths.length; group++) {
      if (this.lengths[group] !== lengths[group]) return false;
      if (group > 1 && this.separators[group] !== this.separators[1]) return false;
    }
    return true;
  }
}

/** Length in bytes of the separator at an index, 0 if there is none. */
export const separatorWidth = (bytes: Buffer, index: number): number => {
  const byte = bytes[index]!;
  if (byte === 0x2d || byte === 0x20 || byte === 0x2e) return 1;
  // No-break space.
  if (byte === 0xc2 && bytes[index + 1] === 0xa0) return 2;
  if (byte === 0xe2) {
    const [second, third] = [bytes[index + 1]!, bytes[index + 2]!];
    // Hyphens and dashes (U+2010 to U+2014), narrow no-break space (U+202F), minus (U+2212).
    if (second === 0x80 && ((third >= 0x90 && third <= 0x94) || third === 0xaf)) return 3;
    if (second === 0x88 && third === 0x92) return 3;
  }
  return 0;
};

const separatorKind = (bytes: Buffer, index: number): number => {
  const byte = bytes[index]!;
  if (byte === 0x2e) return DOT;
  if (byte === 0x20 || byte === 0xc2 || bytes[index + 2] === 0xaf) return BLANK;
  return DASH;
};

/** An extension can follow a phone number: `202-456-1111x42`. */
export const isExtension = (bytes: Buffer, index: number): boolean => {
  if (bytes[index] !== 0x78) return false;
  let end = index + 1;
  while (isDigit(bytes[end]!) && end - index <= 6) end++;
  return end > index + 1 && end - index <= 6 && !isWord(bytes[end]!);
};

/** True if the digits at start are a part of something longer: `0.123`, `12-123`, `1f2e-123`, `v1.123`. */
export const continuesBefore = (bytes: Buffer, start: number): boolean => {
  const previous = bytes[start - 1]!;
  return previous === 0x2e || ((previous === 0x2d || previous === 0x2f) && isWord(bytes[start - 2]!));
};

/** True if what ends at an index goes on after it: `…-12`, `….5`. A full stop or a dash in a sentence does not. */
export const continuesAfter = (bytes: Buffer, end: number): boolean => {
  const next = bytes[end]!;
  if (isWord(next)) return !isExtension(bytes, end);
  return (next === 0x2d || next === 0x2e || next === 0x2f) && isWord(bytes[end + 1]!);
};

/**
 * True if the digits at an index are of no value: a short number, a date, an address of a network, a decimal number. Nearly all
 * digits of a log are such, so this is decided before the groups are read.
 */
export const isPlainNumber = (bytes: Buffer, start: number): boolean => {
  let end = start + 1;
  while (isDigit(bytes[end]!) && end - start <= maxDigits) end++;
  const next = bytes[end]!;
  const flags = CLASS[next]!;
  if ((flags & WORD) !== 0) return next !== 0x78 || !isExtension(bytes, end);
  const length = end - start;
  if (length >= 9) return false;
  if ((flags & SEPARATOR) === 0) return true;
  const second = end + separatorWidth(bytes, end);
  if (second === end || !isDigit(bytes[second]!)) return true;
  if (length === 1)
    return bytes[start] !== 0x31 || !isDigit(bytes[second + 1]!) || !isDigit(bytes[second + 2]!);
  if (next === 0x2e) return length !== 3 && bytes[start] !== 0x30;
  return length === 4 && isDigit(bytes[second + 1]!) && !isDigit(bytes[second + 2]!);
};
