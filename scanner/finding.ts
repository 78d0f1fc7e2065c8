export const findingTypes = [
  "ssn",
  "credit_card",
  "aws_access_key",
  "aws_secret_key",
  "email",
  "phone_us",
  "phone_intl",
] as const;
export type FindingType = (typeof findingTypes)[number];
export type Confidence = "low" | "medium" | "high";

/** Where a detector found what. `start` and `end` are indices of the window's bytes. */
export type Match = {
  type: FindingType;
  confidence: Confidence;
  start: number;
  /** Exclusive. */
  end: number;
  /** Why the confidence is low. */
  note?: string | undefined;
  /** The account that the id of an AWS access key has in it. */
  accountId?: string | undefined;
};

/** A finding as it leaves the scanner: without the value itself, which is in no field of it. */
export type Finding = {
  type: FindingType;
  confidence: Confidence;
  /** HMAC-SHA-256 of the normalized value, as 64 hex characters. */
  valueHash: string;
  /** From 1. A line ends with LF, CR LF or CR. */
  lineNumber: number;
  /** In characters of the line, from 0. */
  columnStart: number;
  /** Exclusive. */
  columnEnd: number;
  /** From the start of the file, or of the text of `entry`. */
  byteOffset: number;
  /** The line, 50 characters to each side, with every finding in it replaced by its type and length: `[ssn:11]`. */
  context: string;
  note?: string;
  accountId?: string;
  /** The file inside the archive: `inner.csv`, `inner.zip!/data.csv`. */
  entry?: string;
};
