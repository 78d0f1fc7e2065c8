import type { Window } from "./window";

/** A heading must be within so many bytes, and be in the first window. */
const maxHeading = 4096;
const quote = 0x22;

/** A cell of a heading: a name, not a value. */
const isName = (cell: string): boolean => /^[\p{L}_][\p{L}\p{N} _.\-#/()]{0,63}$/u.test(cell);

/** The columns of a table of text (CSV, TSV), if its first line is a heading. */
export class TableColumns {
  private names: readonly string[] = [];
  private delimiter = 0;
  private lineStart = -1;
  // Where in the line the columns were counted to.
  private countedTo = 0;
  private column = 0;
  private isQuoted = false;

  constructor(private readonly window: Window) {}

  readHeading(start: number, filled: number): void {
    const { bytes } = this.window;
    const end = bytes.indexOf(0x0a, start);
    if (end === -1 || end >= filled || end - start > maxHeading) return;
    const heading = bytes
      .toString("utf8", start, end)
      .replace(/^\ufeff/, "")
      .trimEnd();
    const delimiter = [",", "\t", ";", "|"].find((character) => heading.includes(character));
    const cells = (delimiter === undefined ? [heading] : heading.split(delimiter)).map((cell) =>
      cell.trim().replace(/^"(.*)"$/, "$1"),
    );
    // A line with a blank and no delimiter is rather prose.
    if (!cells.every(isName) || (delimiter === undefined && !/^\w+$/.test(heading))) return;
    this.names = cells;
    this.delimiter = delimiter === undefined ? 0 : delimiter.charCodeAt(0);
  }

  /** The name of the column that has the byte at an index, undefined if the text has no heading. */
  nameAt(index: number): string | undefined {
    if (this.names.length === 0) return undefined;
    const { bytes, lineStart } = this.window;
    if (this.lineStart !== lineStart) {
      this.lineStart = lineStart;
      this.countedTo = lineStart;
      this.column = 0;
      this.isQuoted = false;
    }
    this.window.examined += Math.abs(index - this.countedTo);
    for (; this.countedTo < index; this.countedTo++) this.count(bytes[this.countedTo]!, 1);
    // The same backwards, since the columns before were counted and may have left the window.
    for (; this.countedTo > index; this.countedTo--) this.count(bytes[this.countedTo - 1]!, -1);
    return this.names[this.column];
  }

  /** The window moves by so many bytes. */
  slide(shift: number): void {
    if (this.window.lineStart < shift) this.nameAt(shift);
    this.countedTo -= shift;
    this.lineStart -= shift;
  }

  private count(byte: number, step: 1 | -1): void {
    if (byte === quote) this.isQuoted = !this.isQuoted;
    else if (byte === this.delimiter && !this.isQuoted) this.column += step;
  }
}
