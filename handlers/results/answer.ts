import * as v from "valibot";
import { findingTypes } from "../../scanner/finding";

const wholeNumber = v.pipe(v.number(), v.integer());

export const findingAnswer = v.object({
  finding_id: wholeNumber,
  job_id: v.pipe(v.string(), v.uuid()),
  s3_key: v.string(),
  /** The file inside an archive. */
  entry: v.nullable(v.string()),
  finding_type: v.picklist(findingTypes),
  /** HMAC-SHA-256 of the normalized value. */
  value_hash: v.string(),
  line_number: v.nullable(wholeNumber),
  column_start: v.nullable(wholeNumber),
  column_end: v.nullable(wholeNumber),
  byte_offset: v.nullable(wholeNumber),
  /** The text around the finding, with every finding in it masked. */
  context: v.nullable(v.string()),
  confidence: v.picklist(["low", "medium", "high"]),
  note: v.nullable(v.string()),
  /** Account of an AWS access key. */
  account_id: v.nullable(v.string()),
  detected_at: v.pipe(v.string(), v.isoTimestamp()),
});
export type FindingAnswer = v.InferOutput<typeof findingAnswer>;

/** The answer of `GET /results`. */
export const resultsAnswer = v.object({
  findings: v.array(findingAnswer),
  count: wholeNumber,
  has_more: v.boolean(),
  /** Present when there are more. */
  next_cursor: v.optional(v.string()),
});
export type ResultsAnswer = v.InferOutput<typeof resultsAnswer>;
