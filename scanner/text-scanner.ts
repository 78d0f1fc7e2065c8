import { CLASS, DIGIT, JOINER, SPECIAL, WORD } from "./bytes";
import { accessKeyLength, findAccessKey } from "./detectors/aws-access-key";
import { findSecretKey, secretKeyLength } from "./detectors/aws-secret-key";
import { findCreditCard } from "./detectors/credit-card";
import { continuesBefore, DigitGroups, isPlainNumber } from "./detectors/digit-groups";
import { findEmail } from "./detectors/email";
import { findBracketedPhone, findInternational, findPhone } from "./detectors/phone";
import { findSsn } from "./detectors/ssn";
import type { Match } from "./finding";
import { contextReach } from "./mask";
import { charactersOf, RunningCount, unitsOf } from "./running-count";
import { lookAhead, lookBack, Window } from "./window";

/** A match with its place in the text. `start`, `end` and `lineStart` are offsets in the text, not in the window. */
export type LocatedMatch = Match & {
  lineNumber: number;
  columnStart: number;
  columnEnd: number;
  lineStart: number;
};

/** What is in memory around a match. */
export type Surroundings = {
  bytes: Buffer;
  /** Where the bytes of the text end in `bytes`. */
  filled: number;
  /** Offset in the text of the first byte. */
  base: number;
  /** In the order of the text: all matches near this one, and at which place it is. */
  matches: readonly LocatedMatch[];
  place: number;
};

export type TextScannerOptions<Result> = {
  /** Makes of a match what the scanner gives out. */
  report: (match: LocatedMatch, byteOffset: number, surroundings: Surroundings) => Result;
  /** Findings after which the scan of a text ends. */
  maxFindings: number;
  /** True if the text was UTF-16, whose bytes its offsets count. @default false */
  isUtf16?: boolean;
  /** Bytes of the file before the text. @default 0 */
  startOffset?: number;
  /** Bytes that are in memory at a time. The findings do not depend on it. */
  windowBytes?: number;
};

const newline = 0x0a;

/**
 * Bytes of one call of the pass. V8 optimizes a function well that has returned before; one that runs for a whole window is
 * optimized while it runs, without knowing its end, and that again and again.
 */
const stepBytes = 16 * 1024;

/**
 * Finds sensitive data in a text of UTF-8 that comes in pieces, in one pass over its bytes. The bytes are in a window that
 * keeps what detectors look back at, and scans up to where they have enough to look ahead. So the findings do not depend on
 * how the text is split, a line may have any length, and memory is bounded.
 */
export class TextScanner<Result> {
  /** True if the text has more findings than allowed; the rest was not scanned. */
  truncated = false;
  private readonly bytes: Buffer;
  private readonly window: Window;
  private readonly groups = new DigitGroups();
  /** Offset in the text of the window's first byte. */
  private base = -lookBack;
  private filled = lookBack;

  // The state of the pass, as indices of the window.
  private position = lookBack;
  private wordStart = -1;
  private runStart = lookBack;
  /** Bytes by which escapes make the run longer than what it means. */
  private runEscapes = 0;
  /** The run that has them. */
  private escapedRun = -1;
  /** Digits before it are of a finding. */
  private digitsDoneTo = 0;

  private lineNumber = 1;
  /** Characters from the start of the line. */
  private readonly column = new RunningCount(lookBack, charactersOf);
  /** Units of UTF-16 from the start of the text. */
  private readonly units = new RunningCount(lookBack, unitsOf);

  /** Findings in the order of the text: those whose context is not complete, and earlier ones that a context can touch. */
  private recorded: LocatedMatch[] = [];
  private emitted = 0;
  private emittedInAll = 0;

  constructor(private readonly options: TextScannerOptions<Result>) {
    const size = options.windowBytes ?? 256 * 1024;
    this.bytes = Buffer.alloc(lookBack + size + lookAhead, newline);
    this.window = new Window(this.bytes);
    this.window.lineStart = lookBack;
  }

  /** Bytes that detectors looked at beside the one pass over all. */
  get examined(): number {
    return this.window.examined;
  }

  /** Scans a piece of the text. */
  push(piece: Uint8Array): Result[] {
    const findings: Result[] = [];
    for (let from = 0; from < piece.length && !this.truncated; ) {
      const space = this.bytes.length - lookAhead - this.filled;
      const part = piece.subarray(from, from + space);
      this.bytes.set(part, this.filled);
      this.filled += part.length;
      from += part.length;
      if (part.length === space) this.scanWindow(false, findings);
    }
    return findings;
  }

  /** Scans the rest. */
  end(): Result[] {
    const findings: Result[] = [];
    if (!this.truncated) this.scanWindow(true, findings);
    return findings;
  }

  private scanWindow(isLast: boolean, findings: Result[]): void {
    // What follows the text must not look like a part of it.
    if (isLast) this.bytes.fill(newline, this.filled, this.filled + lookAhead);
    const limit = isLast ? this.filled + 1 : this.filled - lookAhead;
    if (this.base === -lookBack) this.window.columns.readHeading(lookBack, this.filled);
    while (this.position < limit) this.scanTo(Math.min(this.position + stepBytes, limit));
    this.emit(isLast ? Number.POSITIVE_INFINITY : limit, findings);
    if (!isLast) this.slide();
  }

  /** The pass over the bytes. Everything that needs more than a look at one byte is in the methods that it calls. */
  private scanTo(limit: number): void {
    const { bytes } = this;
    const classes = CLASS;
    let { position: index, wordStart, runStart } = this;
    for (;;) {
      if (wordStart === -1) {
        for (; index < limit; index++) {
          const flags = classes[bytes[index]!]!;
          if ((flags & WORD) !== 0) break;
          if ((flags & JOINER) === 0) {
            if (index - runStart >= secretKeyLength) this.endOfRun(runStart, index);
            if ((flags & SPECIAL) === 0 || !this.continuesRun(index, runStart)) runStart = index + 1;
          }
          if ((flags & SPECIAL) !== 0) this.special(index);
        }
        if (index >= limit) break;
        wordStart = index;
        if ((classes[bytes[index]!]! & DIGIT) !== 0) this.digits(index);
      }
      while (index < limit && (classes[bytes[index]!]! & WORD) !== 0) index++;
      if (index >= limit) break;
      if (index - wordStart === accessKeyLength && bytes[wordStart] === 0x41)
        this.record(findAccessKey(this.window, wordStart));
      wordStart = -1;
    }
    this.position = index;
    this.wordStart = wordStart;
    this.runStart = runStart;
  }

  private special(index: number): void {
    switch (this.bytes[index]) {
      case newline:
        this.newLine(index + 1);
        break;
      case 0x0d:
        if (this.bytes[index + 1] !== newline) this.newLine(index + 1);
        break;
      case 0x40:
        this.record(findEmail(this.window, index));
        break;
      case 0x2b:
        if ((this.bytes[index + 1]! - 0x31) >>> 0 < 9 && index >= this.digitsDoneTo)
          this.record(findInternational(this.window, index));
        break;
      case 0x28:
        this.record(findBracketedPhone(this.window, index, this.groups));
        break;
    }
  }

  /** An escaped slash or plus sign continues a run of base64: `\/`, `%2F`, `%2B`. */
  private continuesRun(index: number, runStart: number): boolean {
    const { bytes } = this;
    if (bytes[index] !== 0x5c && bytes[index] !== 0x25) return false;
    if (this.escapedRun !== runStart) {
      this.escapedRun = runStart;
      this.runEscapes = 0;
    }
    const next = bytes[index + 1]!;
    if (bytes[index] === 0x5c && next === 0x2f) {
      this.runEscapes += 1;
      return true;
    }
    if (bytes[index] === 0x25 && next === 0x32) {
      const last = bytes[index + 2]! | 0x20;
      if (last === 0x66 || last === 0x62) {
        this.runEscapes += 2;
        return true;
      }
    }
    return false;
  }

  private newLine(start: number): void {
    this.lineNumber++;
    this.window.lineStart = start;
    this.column.restart(start);
  }

  private digits(index: number): void {
    const { bytes } = this;
    if (index < this.digitsDoneTo || continuesBefore(bytes, index) || isPlainNumber(bytes, index)) return;
    const { groups, window } = this;
    groups.read(window, index);
    if (groups.digits < 8) return;
    this.record(findCreditCard(window, groups) ?? findPhone(window, groups) ?? findSsn(window, groups));
  }

  private endOfRun(start: number, end: number): void {
    const escapes = this.escapedRun === start ? this.runEscapes : 0;
    if (end - start - escapes !== secretKeyLength) return;
    this.record(findSecretKey(this.window, start, end));
  }

  /** Keeps a finding. One that contains earlier ones replaces them; one inside another is dropped. */
  private record(match: Match | undefined): void {
    if (match === undefined) return;
    const { recorded, base } = this;
    const start = match.start + base;
    for (let last = recorded.at(-1); last !== undefined && last.end > start; last = recorded.at(-1)) {
      if (last.start < start) return;
      recorded.pop();
    }
    const columnStart = this.column.at(this.bytes, match.start);
    const { type, confidence, note, accountId } = match;
    recorded.push({
      type,
      confidence,
      note,
      accountId,
      start,
      end: match.end + base,
      lineNumber: this.lineNumber,
      columnStart,
      columnEnd: columnStart + charactersOf(this.bytes, match.start, match.end),
      lineStart: this.window.lineStart + base,
    });
    const { window } = this;
    window.previousLabel = window.labelIndex === match.start ? window.label : "";
    window.previousEnd = match.end;
    window.labelIndex = -1;
    this.digitsDoneTo = match.end;
  }

  /** Gives out the findings whose context is complete when all before `limit` is scanned. */
  private emit(limit: number, findings: Result[]): void {
    const { bytes, filled, base, recorded: matches } = this;
    const { report, maxFindings, isUtf16 = false, startOffset = 0 } = this.options;
    for (; this.emitted < matches.length; this.emitted++) {
      const match = matches[this.emitted]!;
      if (match.end - base + contextReach > limit) return;
      if (this.emittedInAll === maxFindings) {
        this.truncated = true;
        return;
      }
      this.emittedInAll++;
      const offset = isUtf16 ? 2 * this.units.at(bytes, match.start - base) : match.start;
      findings.push(
        report(match, startOffset + offset, { bytes, filled, base, matches, place: this.emitted }),
      );
    }
  }

  /** Drops what no detector can look back at any more. */
  private slide(): void {
    const shift = this.position - lookBack;
    this.column.slide(this.bytes, shift);
    if (this.options.isUtf16) this.units.slide(this.bytes, shift);
    this.window.columns.slide(shift);
    this.bytes.copyWithin(0, shift, this.filled);
    this.base += shift;
    this.filled -= shift;
    this.position -= shift;
    if (this.wordStart !== -1) this.wordStart = Math.max(this.wordStart - shift, 0);
    // What began before the window is too long for a value anyway.
    this.escapedRun = this.escapedRun === this.runStart ? Math.max(this.escapedRun - shift, 0) : -1;
    this.runStart = Math.max(this.runStart - shift, 0);
    this.digitsDoneTo -= shift;
    this.window.lineStart -= shift;
    this.window.previousEnd -= shift;
    this.window.labelIndex = -1;
    const kept = this.recorded.findIndex(({ end }, place) => place >= this.emitted || end > this.base);
    const dropped = kept === -1 ? this.recorded.length : kept;
    this.recorded.splice(0, dropped);
    this.emitted -= dropped;
  }
}
