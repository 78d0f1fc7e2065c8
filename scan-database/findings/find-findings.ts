import { type FindingType, findingTypes } from "../../scanner/finding";
import type { Database } from "../connect";

export type FindingFilter = { jobId?: string | undefined; type?: FindingType | undefined };

export type StoredFinding = {
  findingId: number;
  jobId: string;
  key: string;
  type: FindingType;
  valueHash: string;
  lineNumber: number | null;
  columnStart: number | null;
  columnEnd: number | null;
  byteOffset: number | null;
  entry: string | null;
  context: string | null;
  confidence: "low" | "medium" | "high";
  note: string | null;
  accountId: string | null;
  detectedAt: Date;
};

export type FindingPage = { findings: StoredFinding[]; hasMore: boolean };

type Row = {
  finding_id: number;
  job_id: string;
  s3_key: string;
  finding_type: FindingType;
  value_hash: string;
  line_number: number | null;
  column_start: number | null;
  column_end: number | null;
  byte_offset: number | null;
  entry: string | null;
  context: string | null;
  confidence: "low" | "medium" | "high";
  note: string | null;
  account_id: string | null;
  detected_at: Date;
};

/**
 * The newest findings with these values in the first columns of an index. Rows are compared as a whole, since with `=` the
 * planner may read all findings in the order of their ids, and an old job has its own far down.
 */
const newest = (columns: readonly string[], values: readonly string[]): string => {
  const row = `(${[...columns, "finding_id"].join(", ")})`;
  const bound = (id: string): string => `(${[...values, id].join(", ")})`;
  const order = [...columns, "finding_id"].map((column) => `${column} DESC`).join(", ");
  return `SELECT * FROM findings WHERE ${row} < ${bound("$1")} AND ${row} > ${bound("0")} ORDER BY ${order} LIMIT $2`;
};

const pageOf = ({ jobId, type }: FindingFilter): { text: string; values: unknown[] } => {
  if (jobId !== undefined) {
    // The index of a job has its types one after the other, so each type gives its newest ones.
    const text = `
      SELECT of_type.* FROM unnest($4::text[]) AS type
      CROSS JOIN LATERAL (${newest(["job_id", "finding_type"], ["$3::uuid", "type"])}) AS of_type`;
    return { text, values: [jobId, type === undefined ? findingTypes : [type]] };
  }
  if (type !== undefined) return { text: newest(["finding_type"], ["$3::text"]), values: [type] };
  return { text: newest([], []), values: [] };
};

/**
 * A page of findings, newest first.
 * @param before ids below this one only: the last id of the page before. Undefined: the first page
 */
export const findFindings = async (
  database: Database,
  filter: FindingFilter,
  { limit, before = Number.MAX_SAFE_INTEGER }: { limit: number; before?: number | undefined },
): Promise<FindingPage> => {
  const { text, values } = pageOf(filter);
  const statement = `
    SELECT page.*, o.s3_key FROM (
      SELECT * FROM (${text}) AS newest ORDER BY finding_id DESC LIMIT $2
    ) AS page JOIN job_objects o USING (object_id) ORDER BY finding_id DESC`;
  // One more than asked shows whether there are more.
  const { rows } = await database.read((query) => query<Row>(statement, [before, limit + 1, ...values]));
  const findings = rows.slice(0, limit).map((row) => ({
    findingId: row.finding_id,
    jobId: row.job_id,
    key: row.s3_key,
    type: row.finding_type,
    valueHash: row.value_hash,
    lineNumber: row.line_number,
    columnStart: row.column_start,
    columnEnd: row.column_end,
    byteOffset: row.byte_offset,
    entry: row.entry,
    context: row.context,
    confidence: row.confidence,
    note: row.note,
    accountId: row.account_id,
    detectedAt: row.detected_at,
  }));
  return { findings, hasMore: rows.length > limit };
};
