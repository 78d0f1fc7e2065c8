import { ownFolder } from "../names";

/** Key of the plan of a run. */
export const planKeyOf = (runId: string): string => `${ownFolder}plans/${runId}.jsonl.gz`;

const maxLength = 128;

/** An id of a run that is safe in a key: `2026-11-29T03:00:00Z` is `2026-11-29T03-00-00Z`. */
export const toRunId = (id: string): string => id.replaceAll(/[^A-Za-z0-9._-]/g, "-").slice(0, maxLength);
