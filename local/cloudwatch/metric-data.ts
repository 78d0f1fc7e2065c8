import { AwsError } from "../aws-error";
import { type Datapoints, type Metric, MINUTE_MS, single } from "./datapoints";
import type { Output } from "./protocol";
import { timeOf } from "./protocol";
import { checkQueries, type Dimension, type MetricQuery, metricOf, periodOf, seriesOf } from "./queries";
import { checkStatistic, type Sample } from "./statistics";

type Time = string | number;
type Numeric = string | number;

export interface MetricDatum {
  MetricName: string;
  Dimensions?: Dimension[];
  Timestamp?: Time;
  Value?: Numeric;
  Values?: Numeric[];
  Counts?: Numeric[];
  StatisticValues?: Record<"SampleCount" | "Sum" | "Minimum" | "Maximum", Numeric>;
  Unit?: string;
}

export interface MetricDataInput {
  Namespace?: string;
  MetricData?: MetricDatum[];
  MetricName?: string;
  Dimensions?: (Dimension | { Name: string; Value?: string })[];
  MetricDataQueries?: MetricQuery[];
  StartTime?: Time;
  EndTime?: Time;
  Period?: number;
  ScanBy?: string;
  Statistics?: string[];
  ExtendedStatistics?: string[];
}

/** PutMetricData. */
export function putMetricData(
  datapoints: Datapoints,
  { MetricData = [], Namespace }: MetricDataInput,
  now: Date,
): void {
  if (!Namespace) throw new AwsError("MissingParameter", "The parameter Namespace is required.");
  for (const datum of MetricData) {
    const metric = metricOf(Namespace, datum.MetricName, datum.Dimensions);
    datapoints.put(metric, timeOf(datum.Timestamp, now), sampleOf(datum), datum.Unit);
  }
}

function sampleOf({ Counts = [], MetricName, StatisticValues, Value, Values }: MetricDatum): Sample {
  if (StatisticValues) {
    const { Maximum, Minimum, SampleCount, Sum } = StatisticValues;
    return {
      count: Number(SampleCount),
      sum: Number(Sum),
      min: Number(Minimum),
      max: Number(Maximum),
      values: [],
    };
  }
  if (Values?.length) {
    const values = Values.flatMap((value, index) =>
      Array<number>(Number(Counts[index] ?? 1)).fill(Number(value)),
    );
    const sum = values.reduce((total, value) => total + value, 0);
    return { count: values.length, sum, min: Math.min(...values), max: Math.max(...values), values };
  }
  const value = Number(Value);
  if (Value === undefined || Number.isNaN(value)) {
    throw new AwsError("MissingParameter", `${MetricName} has none of Value, Values and StatisticValues.`);
  }
  return single(value);
}

/** GetMetricData. */
export function getMetricData(datapoints: Datapoints, input: MetricDataInput, now: Date): Output {
  const queries = input.MetricDataQueries ?? [];
  checkQueries(queries);
  const results = queries
    .filter(({ ReturnData }) => ReturnData ?? true)
    .map((query): Output => {
      const period = periodOf(queries, query.MetricStat ?? query);
      const starts = startsOf(input, period, now);
      const values = seriesOf(queries, query.Id, period * 1000, starts, datapoints);
      const found = starts.flatMap((start, index) => {
        const value = values[index];
        return value === undefined ? [] : [{ start, value }];
      });
      if (input.ScanBy !== "TimestampAscending") found.reverse();
      return {
        Id: query.Id,
        Label: query.Label ?? query.MetricStat?.Metric.MetricName ?? query.Id,
        Timestamps: found.map(({ start }) => new Date(start)),
        Values: found.map(({ value }) => value),
        StatusCode: "Complete",
      };
    });
  return { MetricDataResults: results, Messages: [] };
}

/** GetMetricStatistics. */
export function getMetricStatistics(datapoints: Datapoints, input: MetricDataInput, now: Date): Output {
  const { Dimensions = [], ExtendedStatistics = [], MetricName = "", Namespace = "", Period = 60 } = input;
  const { Statistics = [] } = input;
  for (const statistic of [...Statistics, ...ExtendedStatistics]) checkStatistic(statistic);
  const metric = metricOf(Namespace, MetricName, Dimensions as Dimension[]);
  const starts = startsOf(input, Period, now);
  const valuesOf = (statistics: string[]) =>
    statistics.map((name) => ({ name, values: datapoints.values(metric, name, Period * 1000, starts) }));
  const plain = valuesOf(Statistics);
  const extended = valuesOf(ExtendedStatistics);
  const Datapoints = starts.flatMap((start, index): Output[] => {
    const at = ({ name, values }: (typeof plain)[number]) => [name, values[index]] as const;
    if ([...plain, ...extended].every(({ values }) => values[index] === undefined)) return [];
    return [
      {
        Timestamp: new Date(start),
        ...Object.fromEntries(plain.map(at)),
        ...(extended.length > 0 ? { ExtendedStatistics: Object.fromEntries(extended.map(at)) } : {}),
        Unit: datapoints.unitOf(metric),
      },
    ];
  });
  return { Label: MetricName, Datapoints };
}

/** ListMetrics. */
export function listMetrics(datapoints: Datapoints, input: MetricDataInput): Output {
  const { Dimensions = [], MetricName, Namespace } = input;
  const matches = ({ dimensions, name, namespace }: Metric) =>
    (Namespace === undefined || namespace === Namespace) &&
    (MetricName === undefined || name === MetricName) &&
    Dimensions.every(
      ({ Name, Value }) => Name in dimensions && (Value ?? dimensions[Name]) === dimensions[Name],
    );
  return {
    Metrics: datapoints
      .metrics()
      .filter(matches)
      .map(({ dimensions, name, namespace }) => ({
        Namespace: namespace,
        MetricName: name,
        Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
      })),
  };
}

// The most periods that one request returns.
const MAX_PERIODS = 100_800;

function startsOf({ EndTime, StartTime }: MetricDataInput, period: number, now: Date): number[] {
  const periodMs = period * 1000;
  const start =
    Math.floor(timeOf(StartTime, now) / Math.max(periodMs, MINUTE_MS)) * Math.max(periodMs, MINUTE_MS);
  const end = timeOf(EndTime, now);
  const count = Math.min(MAX_PERIODS, Math.max(0, Math.ceil((end - start) / periodMs)));
  return Array.from({ length: count }, (_, index) => start + index * periodMs);
}
