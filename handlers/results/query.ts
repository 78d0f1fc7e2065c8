import * as v from "valibot";
import { findingTypes } from "../../scanner/finding";
import { isUuid } from "../shared/uuid";

export const defaultLimit = 100;
export const maxLimit = 1000;

const jobId = v.pipe(v.string(), v.check(isUuid, "expected a UUID"));
const limit = v.pipe(
  v.string(),
  v.check((value) => /^\d+$/.test(value) && Number(value) > 0, "expected a whole number above 0"),
  v.transform((value) => Math.min(Number(value), maxLimit)),
);

/** The query of `GET /results`. Other parameters are ignored. */
export const resultsQuery = v.object({
  job_id: v.optional(jobId),
  finding_type: v.optional(v.picklist(findingTypes)),
  limit: v.optional(limit, String(defaultLimit)),
  cursor: v.optional(v.string()),
});
