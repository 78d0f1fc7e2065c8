import { AwsError } from "../aws-error";
import { messageOf } from "../message-of";
import type { Datapoints, Metric } from "./datapoints";
import { checkExpression, evaluate } from "./expression/evaluate";
import type { Series } from "./expression/functions";
import { parseExpression } from "./expression/parse";
import { checkStatistic } from "./statistics";

export interface Dimension {
  Name: string;
  Value: string;
}

/** A metric or an expression of an alarm or of GetMetricData. */
export interface MetricQuery {
  Id: string;
  Expression?: string;
  Label?: string;
  Period?: number;
  ReturnData?: boolean;
  MetricStat?: {
    Metric: { Namespace: string; MetricName: string; Dimensions?: Dimension[] };
    Period: number;
    Stat: string;
    Unit?: string;
  };
}

/** Throws ValidationError if a query has something that local AWS cannot evaluate. */
export function checkQueries(queries: MetricQuery[]): void {
  const ids = queries.map(({ Id }) => Id);
  for (const { Id, Expression, MetricStat } of queries) {
    if (MetricStat) checkStatistic(MetricStat.Stat);
    if (Expression === undefined) continue;
    try {
      checkExpression(
        parseExpression(Expression),
        ids.filter((id) => id !== Id),
      );
    } catch (error) {
      throw new AwsError("ValidationError", `The expression of ${Id}, ${Expression}: ${messageOf(error)}.`);
    }
  }
}

export function metricOf(namespace: string, name: string, dimensions: Dimension[] = []): Metric {
  return {
    namespace,
    name,
    dimensions: Object.fromEntries(dimensions.map(({ Name, Value }) => [Name, Value])),
  };
}

/** The values of a query in each period that begins at one of these times. */
export function seriesOf(
  queries: MetricQuery[],
  id: string,
  periodMs: number,
  starts: number[],
  datapoints: Datapoints,
): Series {
  const query = queries.find(({ Id }) => Id === id);
  if (query?.MetricStat) {
    const { Metric, Stat } = query.MetricStat;
    const metric = metricOf(Metric.Namespace, Metric.MetricName, Metric.Dimensions);
    return datapoints.values(metric, Stat, periodMs, starts);
  }
  const value = evaluate(parseExpression(query?.Expression ?? "0"), (inner) =>
    seriesOf(queries, inner, periodMs, starts, datapoints),
  );
  if (typeof value === "number") return starts.map(() => value);
  return Array.isArray(value) && !value.some(Array.isArray) ? (value as Series) : starts.map(() => undefined);
}

/** The period of a query: its own, or the longest of the metrics. */
export function periodOf(queries: MetricQuery[], { Period }: Pick<MetricQuery, "Period">): number {
  return Period ?? Math.max(60, ...queries.map(({ MetricStat }) => MetricStat?.Period ?? 0));
}
