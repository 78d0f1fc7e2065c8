import { CLASS, isContinuation, WORD } from "./bytes";
import { TableColumns } from "./table-columns";

/** Detectors look at most so many bytes ahead of where they start, and so many back. */
export const lookAhead = 1024;
export const lookBack = 4096;

/** How far a keyword may be from a value, in characters. */
const keywordDistance = 30;
/** How long the name of a field can be. */
const maxName = 64;
/** How many bytes can be between a key and its value, and between two values of a list. */
const maxGap = 64;

const isLineEnd = (byte: number): boolean => byte === 0x0a || byte === 0x0d;
/** Blanks, quotes and opening brackets, which can be between a key and its value. */
const isBeforeValue = (byte: number): boolean =>
  byte === 0x20 || byte === 0x09 || byte === 0x22 || byte === 0x27 || byte === 0x28 || byte === 0x5b;

/** What keys consist of: letters, digits, blanks and `_ . - #`. */
const isOfKey = (byte: number): boolean =>
  byte >= 0x80 ||
  (CLASS[byte]! & WORD) !== 0 ||
  byte === 0x20 ||
  byte === 0x5f ||
  byte === 0x2e ||
  byte === 0x2d ||
  byte === 0x23;

/** The part of a text that is in memory, as detectors see it. All indices are of `bytes`. */
export class Window {
  /** Start of the line that is scanned; below 0 if it has left the window. */
  lineStart = 0;
  /** End of the last finding. A keyword before it belongs to that one. */
  previousEnd = 0;
  /** What the text calls the value at `labelIndex`. */
  label = "";
  labelIndex = -1;
  /** What the text calls the last finding. */
  previousLabel = "";
  /** Bytes that detectors looked at, beside the one pass over all: what a text costs does not depend on the machine. */
  examined = 0;
  /** The columns, if the text is a table. */
  readonly columns: TableColumns;

  constructor(readonly bytes: Buffer) {
    this.columns = new TableColumns(this);
  }

  /** The text before an index, as far as a keyword counts: 30 characters, not beyond a finding or the line. */
  textBefore(index: number): string {
    const end = this.endOfKey(index);
    const earliest = this.earliest(end);
    let from = end;
    for (let characters = 0; characters < keywordDistance && from > earliest; ) {
      from--;
      if (!isContinuation(this.bytes[from]!)) characters++;
    }
    return this.text(from, end);
  }

  /** The key of a value, as in JSON, YAML, a query, XML or a sentence: `"ssn": "`, `ssn=`, `<ssn>`, `Phone: (`. */
  keyBefore(index: number): string | undefined {
    const { bytes } = this;
    let end = this.endOfKey(index);
    const earliest = Math.max(this.earliest(end), end - maxName - maxGap);
    while (end > earliest && isBeforeValue(bytes[end - 1]!)) end--;
    const sign = bytes[end - 1];
    if (sign === 0x3e && bytes[end - 2] !== 0x3d) return this.tagBefore(end - 1, earliest);
    if (sign === 0x3e) end--;
    else if (sign !== 0x3a && sign !== 0x3d) return undefined;
    end--;
    while (end > earliest && isBeforeValue(bytes[end - 1]!)) end--;
    let start = end;
    while (start > earliest && end - start < maxName && isOfKey(bytes[start - 1]!)) start--;
    return start === end ? undefined : this.text(start, end);
  }

  /** The name in the tag that ends at an index. */
  private tagBefore(end: number, earliest: number): string | undefined {
    let start = end;
    while (start > earliest && this.bytes[start - 1] !== 0x3c) start--;
    return start === earliest ? undefined : this.text(start, end);
  }

  private earliest(end: number): number {
    return Math.max(end < this.lineStart ? 0 : this.lineStart, this.previousEnd, 0);
  }

  /** What is between the last finding and an index, if that is little. */
  textSincePrevious(index: number): string | undefined {
    const { previousEnd } = this;
    return previousEnd > 0 && index - previousEnd <= maxGap ? this.text(previousEnd, index) : undefined;
  }

  text(start: number, end: number): string {
    this.examined += end - start;
    return this.bytes.toString("latin1", start, end);
  }

  /** The key of a value can be on the line before it, if that line ends as in `"numbers": [`. */
  private endOfKey(index: number): number {
    const { bytes } = this;
    let end = index;
    while (index - end < maxGap && isBeforeValue(bytes[end - 1]!)) end--;
    if (!isLineEnd(bytes[end - 1]!)) return index;
    let last = end - 1;
    while (index - last < maxGap && (isLineEnd(bytes[last - 1]!) || bytes[last - 1] === 0x20)) last--;
    this.examined += index - last;
    const byte = bytes[last - 1];
    return byte === 0x5b || byte === 0x3a || byte === 0x3e ? last : index;
  }
}
