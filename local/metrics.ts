/** What was counted: metric → function or rule → how often. */
export type MetricCounts = Record<string, Record<string, number>>;

/**
 * Losses that AWS tells in CloudWatch metrics only, under their names there. Nothing of this kind is silent in local AWS:
 * each is a line of its log as well.
 */
export class Metrics {
  private readonly counts: MetricCounts = {};

  constructor(private readonly log: (line: string) => void) {}

  /**
   * @param of the function or rule, as the metric's dimension names it
   * @param why what happened, for the log
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
