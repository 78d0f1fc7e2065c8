import * as v from "valibot";
import { type Database, type FindingFilter, findFindings, type StoredFinding } from "../../scan-database";
import { PermanentError } from "../shared/failures";
import type { WriteLine } from "../shared/log";
import { createRestHandler } from "../shared/rest-handler";
import { findQueryParameter, type RestRequest } from "../shared/rest-request";
import { scanService } from "../shared/scan-metrics";
import { describeIssues } from "../shared/schema";
import type { FindingAnswer, ResultsAnswer } from "./answer";
import { readCursor, writeCursor } from "./cursor";
import type { ResultsSettings } from "./environment";
import { resultsQuery } from "./query";

export type ResultsParts = {
  database: Database;
  environment: ResultsSettings;
  now: () => number;
  /** Where log and metrics go. Default stdout. */
  write?: WriteLine;
};

/** Lambda allows 6 MB for an answer. Keys and paths inside archives can be long. */
const maxAnswerBytes = 5_000_000;

const toBody = (finding: StoredFinding): FindingAnswer => ({
  finding_id: finding.findingId,
  job_id: finding.jobId,
  s3_key: finding.key,
  entry: finding.entry,
  finding_type: finding.type,
  value_hash: finding.valueHash,
  line_number: finding.lineNumber,
  column_start: finding.columnStart,
  column_end: finding.columnEnd,
  byte_offset: finding.byteOffset,
  context: finding.context,
  confidence: finding.confidence,
  note: finding.note,
  account_id: finding.accountId,
  detected_at: finding.detectedAt.toISOString(),
});

/** The first findings that fit into an answer, at least one. */
const takeFitting = (findings: readonly StoredFinding[]) => {
  const taken: FindingAnswer[] = [];
  let bytes = 0;
  for (const finding of findings) {
    const body = toBody(finding);
    // The body is text inside the JSON of Lambda's answer, where each of its quotes takes two bytes.
    bytes += Buffer.byteLength(JSON.stringify(JSON.stringify(body)));
    if (bytes > maxAnswerBytes && taken.length > 0) break;
    taken.push(body);
  }
  return taken;
};

const readQuery = (request: RestRequest) => {
  const names = ["job_id", "finding_type", "limit", "cursor"];
  const given = Object.fromEntries(names.map((name) => [name, findQueryParameter(request, name)]));
  const query = v.safeParse(resultsQuery, given);
  if (!query.success) throw new PermanentError("BadRequest", describeIssues(query.issues, "query"));
  return query.output;
};

/** The function `results`: `GET /results` gives findings page by page, newest first. */
export const createResults = (parts: ResultsParts) =>
  createRestHandler(
    { ...parts, service: scanService, logLevel: parts.environment.LOG_LEVEL },
    async (request) => {
      const { job_id: jobId, finding_type: type, limit, cursor } = readQuery(request);
      const filter: FindingFilter = { jobId, type };
      const before = cursor === undefined ? undefined : readCursor(cursor, filter);
      const page = await findFindings(parts.database, filter, { limit, before });
      const findings = takeFitting(page.findings);
      const hasMore = page.hasMore || findings.length < page.findings.length;
      const body: ResultsAnswer = {
        findings,
        count: findings.length,
        has_more: hasMore,
        ...(hasMore && { next_cursor: writeCursor(findings.at(-1)!.finding_id, filter) }),
      };
      return { statusCode: 200, body };
    },
  );
