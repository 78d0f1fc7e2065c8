import { isContinuation } from "./bytes";

/** Characters between two indices. */
export const charactersOf = (bytes: Uint8Array, start: number, end: number): number => {
  let count = 0;
  for (let index = start; index < end; index++) if (!isContinuation(bytes[index]!)) count++;
  return count;
};

/** Units that the text between two indices has in UTF-16: two for a character of four bytes. */
export const unitsOf = (bytes: Uint8Array, start: number, end: number): number => {
  let count = 0;
  for (let index = start; index < end; index++) {
    const byte = bytes[index]!;
    if (!isContinuation(byte)) count += byte >= 0xf0 ? 2 : 1;
  }
  return count;
};

/** A count of what is before an index. It counts on from the last one, so that a long line is counted once. */
export class RunningCount {
  private count = 0;

  constructor(
    private index: number,
    private readonly countOf: (bytes: Uint8Array, start: number, end: number) => number,
  ) {}

  at(bytes: Uint8Array, index: number): number {
    if (index < this.index) return this.count - this.countOf(bytes, index, this.index);
    this.count += this.countOf(bytes, this.index, index);
    this.index = index;
    return this.count;
  }

  restart(index: number): void {
    this.count = 0;
    this.index = index;
  }

  /** The bytes before `shift` leave the window. */
  slide(bytes: Uint8Array, shift: number): void {
    if (this.index < shift) this.at(bytes, shift);
    this.index -= shift;
  }
}
