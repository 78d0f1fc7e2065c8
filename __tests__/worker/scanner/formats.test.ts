import { Readable } from "node:stream";
import { gzipSync } from "node:zlib";
import { strToU8, zipSync } from "fflate";
import { scanSource } from "../../../scanner";
import { limits } from "../../../scanner/limits";
import { scanFile } from "../../../testing/scan/scan-text";

const text = "é ssn 536-22-6789 here\n";
const found = async (bytes: Uint8Array, options?: { pieceBytes: number }) => {
  const { findings, outcome } = await scanFile(bytes, options);
  return {
    found: findings.map(({ type, entry, byteOffset }) => [type, entry, byteOffset]),
    skipped: outcome.skipped,
  };
};
const utf16be = (value: string): Buffer => Buffer.from(value, "utf16le").swap16();

test.each<[what: string, bytes: Buffer, byteOffset: number]>([
  ["UTF-8", Buffer.from(text), 7],
  ["UTF-8 with a byte order mark", Buffer.from(`\ufeff${text}`), 10],
  ["UTF-16 with a byte order mark", Buffer.from(`\ufeff${text}`, "utf16le"), 14],
  ["UTF-16 without", Buffer.from(text, "utf16le"), 12],
  ["UTF-16, big-endian", utf16be(`\ufeff${text}`), 14],
  ["UTF-16, big-endian without", utf16be(text), 12],
  ["UTF-16 with characters of four bytes", Buffer.from(`\ufeff😀${text}`, "utf16le"), 18],
])("reads %s", async (_, bytes, byteOffset) => {
  for (const pieceBytes of [1, 7, 64 * 1024])
    expect(await found(bytes, { pieceBytes })).toEqual({
      found: [["ssn", undefined, byteOffset]],
      skipped: [],
    });
});

test("reads gzip, also of several members", async () => {
  const members = Buffer.concat([gzipSync("first\n"), gzipSync(text)]);
  expect(await found(members, { pieceBytes: 11 })).toEqual({ found: [["ssn", undefined, 13]], skipped: [] });
});

test("reads zip archives, two deep, and names the entry", async () => {
  const inner = zipSync({ "data/a.txt": strToU8(text) });
  const three = zipSync({ "b.gz": gzipSync(text), "inner.zip": zipSync({ "c.gz": gzipSync(text) }) });
  expect(await found(zipSync({ "inner.zip": inner, "three.zip": three, "t.txt": strToU8(text) }))).toEqual({
    found: [
      ["ssn", "inner.zip!/data/a.txt", 7],
      ["ssn", "t.txt", 7],
    ],
    skipped: [
      { entry: "three.zip!/b.gz", reason: "an archive in 2 others" },
      { entry: "three.zip!/inner.zip", reason: "an archive in 2 others" },
    ],
  });
});

test("reads the text of an office document, whose values are in several tags", async () => {
  const xml =
    "<w:p><w:r><w:t>ssn 536-</w:t></w:r><w:r><w:t>22-6789</w:t></w:r></w:p><w:p><w:t>joe&#64;firma.de</w:t></w:p>";
  const document = zipSync({
    "[Content_Types].xml": strToU8("<Types/>"),
    "word/document.xml": strToU8(xml),
    "word/media/image.png": new Uint8Array([0x89, 0x50, 0x4e, 0x47]),
  });
  const { findings, outcome } = await scanFile(document);
  expect(findings.map(({ type, lineNumber, entry }) => [type, lineNumber, entry])).toEqual([
    ["ssn", 1, "word/document.xml"],
    ["email", 2, "word/document.xml"],
  ]);
  expect(outcome.skipped).toEqual([]);
});

/** Sets the flag of encrypted entries in both headers. */
const encrypted = (zip: Uint8Array): Buffer => {
  const bytes = Buffer.from(zip);
  bytes[6]! |= 1;
  bytes[bytes.indexOf("504b0102", 0, "hex") + 8]! |= 1;
  return bytes;
};
const zip = Buffer.from(zipSync({ "a.txt": strToU8(text) }));

test.each<[what: string, bytes: Buffer, skipped: { entry?: string; reason: string }]>([
  ["an encrypted entry", encrypted(zip), { entry: "a.txt", reason: "encrypted" }],
  ["a zip that is cut", zip.subarray(0, 50), { reason: expect.stringMatching(/^damaged: /) }],
  ["a gzip that is cut", gzipSync(text).subarray(0, 25), { reason: "damaged: unexpected end of file" }],
  ["a PDF document", Buffer.from("%PDF-1.7"), { reason: "a PDF document, which is not read" }],
  ["a Parquet file", Buffer.from("PAR1"), { reason: "a Parquet file, which is not read" }],
  ["binary data", Buffer.from("a\0b\x01"), { reason: "binary: it has a zero byte in the first 8 KB" }],
])("skips %s with the reason", async (_, bytes, skipped) => {
  expect(await found(bytes)).toEqual({ found: [], skipped: [skipped] });
});

test("an empty file has no findings", async () => {
  expect(await found(Buffer.alloc(0))).toEqual({ found: [], skipped: [] });
});

test("throws what reading throws", async () => {
  const failing = async function* () {
    yield Buffer.from(text);
    throw Object.assign(new Error("read"), { code: "EIO" });
  };
  const scan = scanSource({ size: 100, read: () => Readable.from(failing()) }, { hashKey: Buffer.alloc(1) });
  await expect(scan.next()).rejects.toThrow("read");
});

describe("with small limits", () => {
  const before = { ...limits };
  beforeEach(() =>
    Object.assign(limits, { alwaysAllowedBytes: 20_000, entries: 3, nestedArchiveBytes: 1000 }),
  );
  afterEach(() => Object.assign(limits, before));

  const bomb = (bytes: number) => `${text}${" ".repeat(bytes)}`;

  test.each([
    ["gzip", gzipSync(bomb(1_000_000)), undefined],
    ["zip", zipSync({ "a.txt": strToU8(bomb(1_000_000)) }), "a.txt"],
    ["gzip in gzip", gzipSync(gzipSync(bomb(30_000_000))), undefined],
  ])("stops a bomb in %s", async (_, bytes, entry) => {
    const { outcome } = await scanFile(bytes);
    expect(outcome.skipped).toEqual([
      { ...(entry !== undefined && { entry }), reason: "it unpacks to more than 100 times its size" },
    ]);
  });

  test("counts all entries together, as they may overlap", async () => {
    limits.unpackedBytes = 30_000;
    const entry = strToU8(" ".repeat(12_000));
    const { outcome } = await scanFile(zipSync({ a: entry, b: entry, c: entry }, { level: 0 }));
    expect(outcome.skipped).toEqual([{ entry: "c", reason: "it unpacks to more than 2 GB" }]);
  });

  test("refuses too many entries and a large archive in another one", async () => {
    const many = zipSync(Object.fromEntries([1, 2, 3, 4].map((name) => [`${name}`, strToU8("x")])));
    expect((await scanFile(many)).outcome.skipped).toEqual([{ reason: "it has more than 3 entries" }]);
    const nested = gzipSync(zipSync({ a: strToU8("x".repeat(2000)) }, { level: 0 }));
    expect((await scanFile(nested)).outcome.skipped).toEqual([
      { reason: "a zip archive of more than 32 MB inside another archive" },
    ]);
  });
});
