/** Limits against archives that are small and unpack to very much. */
export const limits = {
  /** Bytes that one file may unpack to, all its layers together. */
  unpackedBytes: 2 * 1024 ** 3,
  /** Bytes that one file may unpack to for each of its own. */
  ratio: 100,
  /** So many bytes may be unpacked whatever the ratio: they are scanned in a second. */
  alwaysAllowedBytes: 64 * 1024 ** 2,
  entries: 10_000,
  /** Archives inside archives: `outer.zip!/inner.gz` has depth 2. */
  depth: 2,
  /** An archive inside another one is in memory while it is read. */
  nestedArchiveBytes: 32 * 1024 ** 2,
};

/** A limit that a file exceeds, in words for the person who reads why it was skipped. */
export class LimitExceeded extends Error {}

/** Counts what one file unpacks to. */
export class UnpackedBytes {
  private total = 0;

  constructor(private readonly packedBytes: number) {}

  /** @throws LimitExceeded */
  add(bytes: number): void {
    this.total += bytes;
    if (this.total > limits.unpackedBytes) throw new LimitExceeded("it unpacks to more than 2 GB");
    if (this.total > limits.alwaysAllowedBytes && this.total > limits.ratio * this.packedBytes)
      throw new LimitExceeded(`it unpacks to more than ${limits.ratio} times its size`);
  }
}
