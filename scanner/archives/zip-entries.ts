import type { Readable } from "node:stream";
import { type Entry, fromRandomAccessReader, RandomAccessReader, type ZipFile } from "yauzl";
import { LimitExceeded, limits } from "../limits";

/** Bytes that can be read from any place: a file, an object by ranges, or bytes in memory. */
export type RandomAccess = {
  size: number;
  /** @param end exclusive */
  read(start: number, end: number): Readable;
};

class Reader extends RandomAccessReader {
  constructor(private readonly source: RandomAccess) {
    super();
  }
  override _readStreamForRange(start: number, end: number): Readable {
    return this.source.read(start, end);
  }
}

export type ZipEntry = {
  name: string;
  isEncrypted: boolean;
  open(): Promise<Readable>;
};

const open = (source: RandomAccess): Promise<ZipFile> =>
  new Promise((resolve, reject) =>
    fromRandomAccessReader(
      new Reader(source),
      source.size,
      // Sizes in the directory are what the archive says; the scanner counts what comes out.
      { lazyEntries: true, autoClose: false, validateEntrySizes: false },
      (error, zip) => (error ? reject(error) : resolve(zip)),
    ),
  );

/** The files of a zip archive, as its directory at the end lists them. */
export async function* zipEntries(source: RandomAccess): AsyncGenerator<ZipEntry> {
  const zip = await open(source);
  try {
    if (zip.entryCount > limits.entries)
      throw new LimitExceeded(`it has more than ${limits.entries} entries`);
    for (let count = 0; count < zip.entryCount; count++) {
      const entry = await nextEntry(zip);
      if (entry === undefined) return;
      if (entry.fileName.endsWith("/")) continue;
      yield {
        name: entry.fileName,
        isEncrypted: entry.isEncrypted(),
        open: () =>
          new Promise((resolve, reject) =>
            zip.openReadStream(entry, (error, stream) => (error ? reject(error) : resolve(stream))),
          ),
      };
    }
  } finally {
    zip.close();
  }
}

const nextEntry = (zip: ZipFile): Promise<Entry | undefined> =>
  new Promise((resolve, reject) => {
    const done = (act: () => void) => {
      zip.removeAllListeners();
      act();
    };
    zip.once("entry", (entry: Entry) => done(() => resolve(entry)));
    zip.once("end", () => done(() => resolve(undefined)));
    zip.once("error", (error: Error) => done(() => reject(error)));
    zip.readEntry();
  });
