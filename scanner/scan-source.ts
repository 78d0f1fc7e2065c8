import { Readable } from "node:stream";
import { isNativeError } from "node:util/types";
import { createGunzip } from "node:zlib";
import { isOfficeText, officeText } from "./archives/office-text";
import { type RandomAccess, type ZipEntry, zipEntries } from "./archives/zip-entries";
import type { Finding } from "./finding";
import { type Charset, detectFormat, headBytes } from "./formats";
import { LimitExceeded, limits, UnpackedBytes } from "./limits";
import { createMaskedFinding } from "./masked-finding";
import { TextScanner } from "./text-scanner";

export type ScanOptions = {
  /** Key of the hashes of values. */
  hashKey: Uint8Array;
  /** @default 10000 */
  maxFindings?: number;
};

/** What a scan could not read, and why. Without `entry`, the file itself. */
export type Skipped = { entry?: string; reason: string };

export type ScanOutcome = {
  findings: number;
  /** True if there are more findings than `maxFindings`; the rest was not scanned. */
  truncated: boolean;
  skipped: Skipped[];
};

/** Findings after which the scan of a file ends: an address book of 500 MB has ten million. */
const defaultMaxFindings = 10_000;

/**
 * Finds sensitive data in a file: text in UTF-8 or UTF-16, also in gzip, zip and office documents. What it cannot read is in
 * the outcome with the reason.
 * @throws what reading the source throws
 */
export async function* scanSource(
  source: RandomAccess,
  { hashKey, maxFindings = defaultMaxFindings }: ScanOptions,
): AsyncGenerator<Finding[], ScanOutcome> {
  const scan = new SourceScan(hashKey, maxFindings, new UnpackedBytes(source.size));
  yield* scan.source(source, [], 0);
  return scan.outcome;
}

/** The bytes of a stream, after its first ones. */
async function* withHead(head: Buffer, rest: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  yield head;
  for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value;
}

/** An error of what a file contains, not of reading it: zlib and yauzl throw plain errors, file systems and AWS other ones. */
const isOfContent = (error: unknown): error is Error => {
  if (!isNativeError(error)) return false;
  const { code } = error as NodeJS.ErrnoException;
  return (
    error instanceof LimitExceeded ||
    (error.name === "Error" && (code === undefined || code.startsWith("Z_")))
  );
};

class SourceScan {
  readonly outcome: ScanOutcome = { findings: 0, truncated: false, skipped: [] };

  constructor(
    private readonly hashKey: Uint8Array,
    private readonly maxFindings: number,
    private readonly unpacked: UnpackedBytes,
  ) {}

  /** @param path the entries of archives that lead to the source */
  async *source(source: RandomAccess, path: readonly string[], depth: number): AsyncGenerator<Finding[]> {
    const stream = source.read(0, source.size);
    try {
      yield* this.stream(stream, path, depth, source);
    } finally {
      stream.destroy();
    }
  }

  private async *stream(
    stream: AsyncIterable<Buffer>,
    path: readonly string[],
    depth: number,
    source?: RandomAccess,
  ): AsyncGenerator<Finding[]> {
    const pieces = stream[Symbol.asyncIterator]();
    let head: Buffer = Buffer.alloc(0);
    while (head.length < headBytes) {
      const next = await pieces.next();
      if (next.done) break;
      head = Buffer.concat([head, next.value]);
    }
    const all = withHead(head, pieces);
    const format = detectFormat(head);
    switch (format.kind) {
      case "unsupported":
        return this.skip(path, format.reason);
      case "text":
        return yield* this.text(all, path, format.charset, format.bomBytes);
      case "gzip":
        if (depth === limits.depth) return this.skip(path, `an archive in ${limits.depth} others`);
        return yield* this.unpack(path, this.stream(this.gunzip(all), path, depth + 1));
      case "zip":
        if (depth === limits.depth) return this.skip(path, `an archive in ${limits.depth} others`);
        return yield* this.unpack(path, this.zip(source ?? (await inMemory(all)), path, depth));
    }
  }

  private async *text(
    pieces: AsyncIterable<Buffer>,
    path: readonly string[],
    charset: Charset,
    bomBytes: number,
  ): AsyncGenerator<Finding[]> {
    const scanner = new TextScanner({
      report: createMaskedFinding(this.hashKey),
      maxFindings: this.maxFindings - this.outcome.findings,
      isUtf16: charset !== "utf-8",
      startOffset: bomBytes,
    });
    let skip = bomBytes;
    // The decoder drops the byte order mark.
    const decoder = charset === "utf-8" ? undefined : new TextDecoder(charset);
    for await (const piece of pieces) {
      const bytes =
        decoder === undefined ? piece.subarray(skip) : Buffer.from(decoder.decode(piece, { stream: true }));
      skip = 0;
      yield* this.found(scanner.push(bytes), path);
      if (scanner.truncated) break;
    }
    yield* this.found(scanner.end(), path);
    this.outcome.truncated ||= scanner.truncated;
  }

  private *found(findings: Finding[], path: readonly string[]): Generator<Finding[]> {
    if (findings.length === 0) return;
    this.outcome.findings += findings.length;
    yield path.length === 0 ? findings : findings.map((finding) => ({ ...finding, entry: path.join("!/") }));
  }

  private async *gunzip(pieces: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    const input = Readable.from(pieces);
    const gunzip = createGunzip({ chunkSize: 256 * 1024 });
    input.on("error", (error) => gunzip.destroy(error));
    try {
      for await (const piece of input.pipe(gunzip)) {
        this.unpacked.add(piece.length);
        yield piece;
      }
    } finally {
      input.destroy();
      gunzip.destroy();
    }
  }

  private async *zip(
    source: RandomAccess,
    path: readonly string[],
    depth: number,
  ): AsyncGenerator<Finding[]> {
    let isOffice = false;
    for await (const entry of zipEntries(source)) {
      isOffice ||= /^(?:\[Content_Types\]\.xml|mimetype)$/.test(entry.name);
      if (isOffice && !isOfficeText(entry.name)) continue;
      const inner = [...path, entry.name];
      if (entry.isEncrypted) {
        this.skip(inner, "encrypted");
        continue;
      }
      yield* this.unpack(inner, this.entry(entry, inner, depth, isOffice));
      if (this.outcome.truncated) return;
    }
  }

  private async *entry(
    entry: ZipEntry,
    path: readonly string[],
    depth: number,
    isOffice: boolean,
  ): AsyncGenerator<Finding[]> {
    const stream = await entry.open();
    const counted = this.counted(stream);
    try {
      yield* this.stream(isOffice ? officeText(counted) : counted, path, depth + 1);
    } finally {
      stream.destroy();
    }
  }

  private async *counted(stream: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const piece of stream) {
      this.unpacked.add(piece.length);
      yield piece;
    }
  }

  /** What an archive has that cannot be read is skipped; findings before it stay. */
  private async *unpack(
    path: readonly string[],
    findings: AsyncGenerator<Finding[]>,
  ): AsyncGenerator<Finding[]> {
    try {
      yield* findings;
    } catch (error) {
      if (!isOfContent(error)) throw error;
      this.skip(path, error instanceof LimitExceeded ? error.message : `damaged: ${error.message}`);
    }
  }

  private skip(path: readonly string[], reason: string): void {
    this.outcome.skipped.push(path.length === 0 ? { reason } : { entry: path.join("!/"), reason });
  }
}

/** An archive inside another one, which can be read only from its start. */
const inMemory = async (stream: AsyncIterable<Buffer>): Promise<RandomAccess> => {
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of stream) {
    size += piece.length;
    if (size > limits.nestedArchiveBytes)
      throw new LimitExceeded("a zip archive of more than 32 MB inside another archive");
    pieces.push(piece);
  }
  const bytes = Buffer.concat(pieces);
  return { size, read: (start, end) => Readable.from([bytes.subarray(start, end)]) };
};
