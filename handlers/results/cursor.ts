import * as v from "valibot";
import type { FindingFilter } from "../../scan-database";
import { PermanentError } from "../shared/failures";
import { fromJson } from "../shared/json";

const cursor = v.strictObject({
  finding_id: v.pipe(v.number(), v.safeInteger(), v.minValue(1)),
  job_id: v.nullable(v.string()),
  finding_type: v.nullable(v.string()),
});

const toFields = ({ jobId, type }: FindingFilter) => ({
  job_id: jobId?.toLowerCase() ?? null,
  finding_type: type ?? null,
});

/** The place after a finding in the findings of a filter. */
export const writeCursor = (findingId: number, filter: FindingFilter): string =>
  Buffer.from(JSON.stringify({ finding_id: findingId, ...toFields(filter) })).toString("base64url");

/**
 * @returns the id of the last finding of the page before
 * @throws PermanentError when it is no cursor, or one of another filter: findings would be missing
 */
export const readCursor = (text: string, filter: FindingFilter): number => {
  const parsed = v.safeParse(cursor, fromJson(Buffer.from(text, "base64url").toString("utf8")));
  if (!parsed.success)
    throw new PermanentError("BadRequest", "cursor: expected next_cursor of an earlier page");
  const { finding_id: findingId, ...given } = parsed.output;
  const asked = toFields(filter);
  if (given.job_id === asked.job_id && given.finding_type === asked.finding_type) return findingId;
  throw new PermanentError(
    "BadRequest",
    "cursor: expected a cursor of the same job_id and finding_type, found one of others",
  );
};
