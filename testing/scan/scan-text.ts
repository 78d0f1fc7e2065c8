import { Readable } from "node:stream";
import {
  createMaskedFinding,
  type Finding,
  type RandomAccess,
  type ScanOutcome,
  scanSource,
  TextScanner,
} from "../../scanner";

export const hashKey = Buffer.from("a key of tests");

/** All findings of a text, given to the scanner in these pieces. */
export const scanPieces = (pieces: Iterable<Uint8Array>, windowBytes?: number): Finding[] => {
  const scanner = new TextScanner({
    report: createMaskedFinding(hashKey),
    maxFindings: 100_000,
    ...(windowBytes !== undefined && { windowBytes }),
  });
  const findings: Finding[] = [];
  for (const piece of pieces) findings.push(...scanner.push(piece));
  return [...findings, ...scanner.end()];
};

export const scanText = (text: string | Buffer): Finding[] => scanPieces([Buffer.from(text)]);

/** A file in memory, which is read in pieces of this length. */
export const sourceOf = (bytes: Uint8Array, pieceBytes = 64 * 1024): RandomAccess => ({
  size: bytes.length,
  read: (start, end) => {
    const pieces: Buffer[] = [];
    for (let from = start; from < end; from += pieceBytes)
      pieces.push(Buffer.from(bytes.subarray(from, Math.min(from + pieceBytes, end))));
    return Readable.from(pieces);
  },
});

export const scanFile = async (
  bytes: Uint8Array,
  options: { maxFindings?: number; pieceBytes?: number } = {},
): Promise<{ findings: Finding[]; outcome: ScanOutcome }> => {
  const { maxFindings = 10_000, pieceBytes } = options;
  const scan = scanSource(sourceOf(bytes, pieceBytes), { hashKey, maxFindings });
  const findings: Finding[] = [];
  let step = await scan.next();
  for (; !step.done; step = await scan.next()) findings.push(...step.value);
  return { findings, outcome: step.value };
};
