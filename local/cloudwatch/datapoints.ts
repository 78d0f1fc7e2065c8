import { merged, type Sample, statisticOf } from "./statistics";

export interface Metric {
  namespace: string;
  name: string;
  dimensions: Record<string, string>;
}

export const MINUTE_MS = 60_000;
// AWS keeps datapoints of a minute for 15 days. An alarm looks back one day.
const KEPT_MS = 2 * 24 * 3_600_000;

interface Stored {
  metric: Metric;
  unit: string;
  /** by the start of the minute */
  minutes: Map<number, Sample>;
}

/** The metrics of an account in a region, minute by minute. */
export class Datapoints {
  private readonly byKey = new Map<string, Stored>();

  put(metric: Metric, at: number, sample: Sample, unit = "None"): void {
    const key = keyOf(metric);
    const stored = this.byKey.get(key) ?? { metric, unit, minutes: new Map<number, Sample>() };
    this.byKey.set(key, stored);
    const minute = Math.floor(at / MINUTE_MS) * MINUTE_MS;
    const before = stored.minutes.get(minute);
    stored.minutes.set(minute, merged(before ? [before, sample] : [sample]) as Sample);
    for (const old of stored.minutes.keys()) {
      if (old >= at - KEPT_MS) break;
      stored.minutes.delete(old);
    }
  }

  /** The value of a statistic in each period that begins at one of these times. */
  values(metric: Metric, statistic: string, periodMs: number, starts: number[]): (number | undefined)[] {
    const minutes = this.byKey.get(keyOf(metric))?.minutes;
    return starts.map((start) => statisticOf(statistic, minutes && this.sample(minutes, start, periodMs)));
  }

  unitOf(metric: Metric): string {
    return this.byKey.get(keyOf(metric))?.unit ?? "None";
  }

  metrics(): Metric[] {
    return [...this.byKey.values()].map(({ metric }) => metric);
  }

  private sample(minutes: Map<number, Sample>, start: number, periodMs: number): Sample | undefined {
    const found: Sample[] = [];
    for (let minute = start; minute < start + periodMs; minute += MINUTE_MS) {
      const sample = minutes.get(Math.floor(minute / MINUTE_MS) * MINUTE_MS);
      if (sample) found.push(sample);
    }
    return merged(found);
  }
}

/** A sample of one value. */
export function single(value: number): Sample {
  return { count: 1, sum: value, min: value, max: value, values: [value] };
}

function keyOf({ namespace, name, dimensions }: Metric): string {
  return JSON.stringify([namespace, name, Object.entries(dimensions).sort()]);
}
