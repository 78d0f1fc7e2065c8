/** A policy of steps and the alarm that applies it, under the names of both. */
export interface StepPolicy {
  readonly description: string;
  readonly adjustment: "ExactCapacity" | "ChangeInCapacity";
  readonly cooldown: number;
  readonly steps: readonly Step[];
  readonly statistic: "Maximum" | "Average";
  readonly operator: string;
  readonly threshold: number;
  /** Minutes, of which each must be beyond the threshold. */
  readonly periods: number;
  /** What missing values are taken for. */
  readonly missing: "breaching" | "notBreaching";
  readonly expression: string;
  readonly label: string;
  readonly namespace: string;
  /** Names of metrics, by their names in the expression. */
  readonly metrics: Readonly<Record<string, string>>;
  readonly dimensions: Record<string, string>;
}

/** Bounds are relative to the threshold of the alarm. */
export interface Step {
  readonly count: number;
  readonly from?: string;
  readonly to?: string;
}
