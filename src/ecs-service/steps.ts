/** A policy of steps and the alarm that applies it. */
export interface StepPolicy {
  /** Description of the alarm. */
  readonly description: string;
  /** What the count of a step is: the number of tasks, or how many more. */
  readonly adjustment: "ExactCapacity" | "ChangeInCapacity";
  /** Seconds between two changes. */
  readonly cooldown: number;
  /** The steps, from the lowest value to the highest. */
  readonly steps: readonly Step[];
  /** How Application Auto Scaling aggregates the values of the alarm. */
  readonly statistic: "Maximum" | "Average";
  /** How the alarm compares a value with the threshold. */
  readonly operator: string;
  /** Threshold of the alarm. */
  readonly threshold: number;
  /** Minutes of which each must have a value beyond the threshold. */
  readonly periods: number;
  /** What a minute without a value is taken for. */
  readonly missing: "breaching" | "notBreaching";
  /** What the alarm watches: an expression of the metrics. */
  readonly expression: string;
  /** Label of the expression. */
  readonly label: string;
  /** The metrics, by their names in the expression. */
  readonly metrics: Readonly<Record<string, StepMetric>>;
}

/** A metric of CloudWatch. */
export interface StepMetric {
  /** Namespace, such as `AWS/SQS`. */
  readonly namespace: string;
  /** Name in the namespace. */
  readonly name: string;
  /** Dimensions, by name. */
  readonly dimensions: Readonly<Record<string, string>>;
  /** Statistic of each minute. */
  readonly statistic: string;
}

/** What applies while the difference between value and threshold is within bounds. */
export interface Step {
  /** A number of tasks, or how many more. */
  readonly count: number;
  /**
   * Lower bound.
   * @default - none
   */
  readonly from?: string;
  /**
   * Upper bound.
   * @default - none
   */
  readonly to?: string;
}
