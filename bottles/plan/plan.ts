import type { SizedBottle } from "../bottle";

/** Where a plan is, and what its bytes must be. It is part of the event that starts a sync. */
export type PlanReference = {
  /** Key in the mirror's bucket: `sync/plans/<runId>.jsonl.gz`. */
  key: string;
  /** Of the object's bytes, as 64 hexadecimal digits in lower case. */
  sha256: string;
};

/** What a run has to do. */
export type Plan = {
  /** Bottles that the mirror lacks, and after them one of each formula of which it lacks only the index. */
  bottles: readonly SizedBottle[];
};
