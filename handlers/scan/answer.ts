import * as v from "valibot";
import { jobStatuses } from "../../scan-database/statuses";

/** The answer of `POST /scan`. */
export const scanAnswer = v.object({
  job_id: v.pipe(v.string(), v.uuid()),
  status: v.picklist(jobStatuses),
  /** The job of an earlier request that was the same. */
  duplicate: v.boolean(),
});
export type ScanAnswer = v.InferOutput<typeof scanAnswer>;
