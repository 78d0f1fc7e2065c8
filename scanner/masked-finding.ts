import type { Finding } from "./finding";
import { maskedContext } from "./mask";
import type { LocatedMatch, Surroundings } from "./text-scanner";
import { hashValue } from "./value-hash";

/** Makes findings of matches: what leaves the scanner has a hash of the value, and its context masked. */
export const createMaskedFinding =
  (hashKey: Uint8Array) =>
  (match: LocatedMatch, byteOffset: number, surroundings: Surroundings): Finding => {
    const { type, confidence, start, end, lineNumber, columnStart, columnEnd, note, accountId } = match;
    const { bytes, base } = surroundings;
    return {
      type,
      confidence,
      valueHash: hashValue(hashKey, type, bytes.toString("utf8", start - base, end - base)),
      lineNumber,
      columnStart,
      columnEnd,
      byteOffset,
      context: maskedContext(match, surroundings),
      ...(note !== undefined && { note }),
      ...(accountId !== undefined && { accountId }),
    };
  };
