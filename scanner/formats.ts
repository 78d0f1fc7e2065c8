/** What the first bytes of a file say about it. */
export type Format =
  | { kind: "text"; charset: Charset; bomBytes: number }
  | { kind: "gzip" }
  | { kind: "zip" }
  | { kind: "unsupported"; reason: string };
export type Charset = "utf-8" | "utf-16le" | "utf-16be";

/** Bytes of a file that its format is detected by. */
export const headBytes = 8192;

/** Formats whose text the scanner does not read, by their first bytes. */
const unsupported: readonly (readonly [name: string, hex: string])[] = [
  ["a PDF document", "255044462d"],
  ["a Parquet file", "50415231"],
  ["an Avro file", "4f626a01"],
  ["an ORC file", "4f5243"],
  ["a 7z archive", "377abcaf271c"],
  ["a RAR archive", "526172211a07"],
  ["a bzip2 file", "425a68"],
  ["an xz file", "fd377a585a00"],
  ["a Zstandard file", "28b52ffd"],
  ["an LZ4 file", "04224d18"],
  ["a document of an old or encrypted Office format", "d0cf11e0a1b11ae1"],
  ["an SQLite database", "53514c69746520666f726d6174203300"],
  ["a PNG image", "89504e470d0a1a0a"],
  ["a JPEG image", "ffd8ff"],
  ["a GIF image", "47494638"],
  ["a program", "7f454c46"],
];

const startsWith = (head: Buffer, hex: string): boolean =>
  head.subarray(0, hex.length / 2).toString("hex") === hex;

/** Text that is mostly ASCII has a zero in every second byte of UTF-16. */
const utf16Without = (head: Buffer): Charset | undefined => {
  const pairs = Math.min(head.length, 1024) >> 1;
  let [even, odd] = [0, 0];
  for (let pair = 0; pair < pairs; pair++) {
    if (head[2 * pair] === 0) even++;
    if (head[2 * pair + 1] === 0) odd++;
  }
  if (odd > 0.7 * pairs && even < 0.1 * pairs) return "utf-16le";
  return even > 0.7 * pairs && odd < 0.1 * pairs ? "utf-16be" : undefined;
};

/** @param head the first bytes of a file, `headBytes` if it has so many */
export const detectFormat = (head: Buffer): Format => {
  if (startsWith(head, "1f8b")) return { kind: "gzip" };
  if (startsWith(head, "504b0304") || startsWith(head, "504b0506")) return { kind: "zip" };
  const known = unsupported.find(([, hex]) => startsWith(head, hex));
  if (known !== undefined) return { kind: "unsupported", reason: `${known[0]}, which is not read` };
  if (startsWith(head, "efbbbf")) return { kind: "text", charset: "utf-8", bomBytes: 3 };
  if (startsWith(head, "fffe") && !startsWith(head, "fffe0000"))
    return { kind: "text", charset: "utf-16le", bomBytes: 2 };
  if (startsWith(head, "feff")) return { kind: "text", charset: "utf-16be", bomBytes: 2 };
  const charset = utf16Without(head);
  if (charset !== undefined) return { kind: "text", charset, bomBytes: 0 };
  if (head.includes(0))
    return { kind: "unsupported", reason: "binary: it has a zero byte in the first 8 KB" };
  return { kind: "text", charset: "utf-8", bomBytes: 0 };
};
