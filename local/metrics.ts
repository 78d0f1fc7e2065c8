/** Metric → function or rule → count. */
export type MetricCounts = Record<string, Record<string, number>>;

/**
 * The CloudWatch metrics of AWS that count lost events, by their names on AWS. Local AWS also writes each count to its
 * log.
 */
export class Metrics {
  private readonly counts: MetricCounts = {};

  constructor(private readonly log: (line: string) => void) {}

  /**
   * @param of name of the function or rule, as in the metric's dimension
   * @param why reason for the log
   */
  count(metric: `AWS/${"Events" | "Lambda"} ${string}`, of: string, why: string): void {
    const name = metric.split(" ")[1] ?? metric;
    this.counts[name] ??= {};
    const counted = (this.counts[name][of] ?? 0) + 1;
    this.counts[name][of] = counted;
    this.log(`metric ${metric} of ${of} is ${counted}: ${why}`);
  }

  counted(): MetricCounts {
    return structuredClone(this.counts);
  }
}
