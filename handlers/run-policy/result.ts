/** What became of one run. */
export type RunResult = {
  finding: string;
  resource?: string;
  mapping?: string;
  policy?: string;
} & (
  | { taskArn: string; duplicate: boolean }
  /** It is in the DLQ, for this reason. */
  | { rejected: string }
  | { ignored: string }
);

export type PolicyRuns = { runs: readonly RunResult[] };
