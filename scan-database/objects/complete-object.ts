import type { Confidence, FindingType } from "../../scanner/finding";
import type { Database } from "../connect";
import { countObjects } from "../jobs/count-objects";
import type { Query } from "../query";
import { storable, storableOrNull } from "../text";
import type { Scan } from "./scan-lease";

/** A finding as it is stored: that of the scanner, whose fields it has. */
export type FoundValue = {
  type: FindingType;
  confidence: Confidence;
  valueHash: string;
  lineNumber?: number;
  columnStart?: number;
  columnEnd?: number;
  byteOffset?: number;
  context: string;
  note?: string;
  accountId?: string;
  entry?: string;
};

export type CompletedScan = Scan & {
  findings: readonly FoundValue[];
  /** More findings than a file may have: the scan ended before the end of the file. */
  truncated?: boolean;
  /** Version of the detectors: an object scanned again by others gets other findings. */
  detectorVersion: string;
};

/** `lost`: the scan is somebody else's now, and nothing was stored. `findings`: rows in the database. */
export type CompleteOutcome = { outcome: "completed"; findings: number } | { outcome: "lost" };

const close = `
  UPDATE job_objects o SET status = 'completed', truncated = $3, detector_version = $4, error_message = NULL,
    claimed_by = NULL, lease_until = NULL, scanned_at = now()
  WHERE o.object_id = $1 AND o.attempt = $2 AND o.status = 'scanning'
  RETURNING o.job_id, o.findings_count, o.s3_etag, o.s3_version_id`;

type ClosedRow = {
  job_id: string;
  findings_count: number;
  s3_etag: string | null;
  s3_version_id: string | null;
};

/** The same attempt has committed before, and did not learn it. */
const selectCompleted = `
  SELECT findings_count FROM job_objects WHERE object_id = $1 AND attempt = $2 AND status = 'completed'`;

// Findings of another version of the object or of the detectors. Then none is there: findings are stored by this transaction only.
const removeOld = "DELETE FROM findings WHERE object_id = $1";

const insert = `
  INSERT INTO findings (object_id, job_id, s3_etag, s3_version_id, detector_version, finding_type, confidence, value_hash,
    line_number, column_start, column_end, byte_offset, context, note, account_id, entry)
  SELECT $1, $2, $3, $4, $5, found.*
  FROM unnest($6::text[], $7::text[], $8::text[], $9::integer[], $10::integer[], $11::integer[], $12::bigint[],
    $13::text[], $14::text[], $15::text[], $16::text[]) AS found
  ON CONFLICT DO NOTHING`;

const setCount = "UPDATE job_objects SET findings_count = $2 WHERE object_id = $1";

const insertFindings = async (query: Query, scan: CompletedScan, row: ClosedRow): Promise<number> => {
  const { findings } = scan;
  if (findings.length === 0) return 0;
  const { count } = await query(insert, [
    scan.objectId,
    row.job_id,
    row.s3_etag,
    row.s3_version_id,
    scan.detectorVersion,
    findings.map(({ type }) => type),
    findings.map(({ confidence }) => confidence),
    findings.map(({ valueHash }) => valueHash),
    findings.map(({ lineNumber }) => lineNumber ?? null),
    findings.map(({ columnStart }) => columnStart ?? null),
    findings.map(({ columnEnd }) => columnEnd ?? null),
    findings.map(({ byteOffset }) => byteOffset ?? null),
    findings.map(({ context }) => storable(context)),
    findings.map(({ note }) => storableOrNull(note)),
    findings.map(({ accountId }) => storableOrNull(accountId)),
    findings.map(({ entry }) => storableOrNull(entry)),
  ]);
  return count;
};

/**
 * Stores the findings of a scan, completes its object, and moves the counters of the job, all in one transaction of as many
 * statements for any number of findings. Equal findings are stored once.
 */
export const completeObject = (database: Database, scan: CompletedScan): Promise<CompleteOutcome> =>
  database.transaction(async (query): Promise<CompleteOutcome> => {
    const { objectId, attempt, truncated = false, detectorVersion } = scan;
    const closed = await query<ClosedRow>(close, [objectId, attempt, truncated, detectorVersion]);
    const row = closed.rows[0];
    if (row === undefined) {
      const { rows } = await query<{ findings_count: number }>(selectCompleted, [objectId, attempt]);
      return rows[0] ? { outcome: "completed", findings: rows[0].findings_count } : { outcome: "lost" };
    }
    await query(removeOld, [objectId]);
    const findings = await insertFindings(query, scan, row);
    await query(setCount, [objectId, findings]);
    await countObjects(query, row.job_id, "completed", { findings: findings - row.findings_count });
    return { outcome: "completed", findings };
  });
