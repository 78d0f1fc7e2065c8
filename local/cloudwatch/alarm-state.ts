export type StateValue = "OK" | "ALARM" | "INSUFFICIENT_DATA";

export interface Evaluated {
  /** M: how many of the evaluated datapoints must be breaching */
  datapointsToAlarm: number;
  /** N: how many datapoints are evaluated */
  evaluationPeriods: number;
  treatMissingData: string;
  breaches(value: number): boolean;
}

/** How many periods more than N an alarm reads, so that missing datapoints are replaced by older ones. */
export const EXTRA_PERIODS = 2;

/**
 * The state of an alarm after its evaluation
 * (https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html).
 *
 * @param values of the evaluation range, oldest first; undefined: missing
 */
export function evaluatedState(
  values: (number | undefined)[],
  before: StateValue,
  alarm: Evaluated,
): StateValue {
  const { breaches, datapointsToAlarm, evaluationPeriods, treatMissingData } = alarm;
  const existing = values.filter((value) => value !== undefined);
  if (existing.length === 0) return withoutData(treatMissingData, before);
  const breaching = existing.slice(-evaluationPeriods).filter(breaches).length;
  const toFill = Math.max(0, evaluationPeriods - existing.length);
  if (breaching >= datapointsToAlarm) return "ALARM";
  if (toFill === 0 || treatMissingData === "notBreaching") return "OK";
  if (treatMissingData === "breaching") return breaching + toFill >= datapointsToAlarm ? "ALARM" : "OK";
  if (isEarlyAlarm(values, alarm)) return treatMissingData === "ignore" ? before : "ALARM";
  return existing.some((value) => !breaches(value)) ? "OK" : before;
}

function withoutData(treatMissingData: string, before: StateValue): StateValue {
  if (treatMissingData === "breaching") return "ALARM";
  if (treatMissingData === "notBreaching") return "OK";
  return treatMissingData === "ignore" ? before : "INSUFFICIENT_DATA";
}

/** Whether one of the last N is breaching, at least M periods old, and every newer one is breaching or missing. */
function isEarlyAlarm(
  values: (number | undefined)[],
  { breaches, datapointsToAlarm, evaluationPeriods }: Evaluated,
): boolean {
  const last = values.slice(-evaluationPeriods);
  const isBreaching = (value: number | undefined) => value !== undefined && breaches(value);
  return last.some(
    (value, index) =>
      isBreaching(value) &&
      last.length - index >= datapointsToAlarm &&
      last.slice(index).every((newer) => newer === undefined || isBreaching(newer)),
  );
}

type Compare = (value: number, threshold: number) => boolean;

export const COMPARISONS: Record<string, Compare> = {
  GreaterThanOrEqualToThreshold: (value, threshold) => value >= threshold,
  GreaterThanThreshold: (value, threshold) => value > threshold,
  LessThanOrEqualToThreshold: (value, threshold) => value <= threshold,
  LessThanThreshold: (value, threshold) => value < threshold,
};
