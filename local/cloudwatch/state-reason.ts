import type { AlarmSettings } from "./alarm";
import type { StateValue } from "./alarm-state";

const WORDS: Record<string, string> = {
  GreaterThanOrEqualToThreshold: "greater than or equal to",
  GreaterThanThreshold: "greater than",
  LessThanOrEqualToThreshold: "less than or equal to",
  LessThanThreshold: "less than",
};

type ReasonedSettings = Pick<
  AlarmSettings,
  "ComparisonOperator" | "EvaluationPeriods" | "Threshold" | "TreatMissingData"
>;

/** Why an alarm has its state, in words and as data. */
export function reasonOf(
  state: StateValue,
  values: (number | undefined)[],
  starts: number[],
  { ComparisonOperator, EvaluationPeriods, Threshold, TreatMissingData = "missing" }: ReasonedSettings,
  at: number,
): { reason: string; reasonData: string } {
  const recent = values.slice(-EvaluationPeriods);
  const known = recent.flatMap((value, index) =>
    value === undefined ? [] : [{ value, at: new Date(starts.slice(-EvaluationPeriods)[index] ?? at) }],
  );
  const reasonData = JSON.stringify({
    version: "1.0",
    queryDate: new Date(at).toISOString(),
    recentDatapoints: known.map(({ value }) => value),
    threshold: Threshold,
    evaluatedDatapoints: known.map(({ value, at: start }) => ({ timestamp: start.toISOString(), value })),
  });
  const missing = recent.length - known.length;
  const treated = `${missing} missing datapoint${missing === 1 ? " was" : "s were"} treated as [${TreatMissingData}]`;
  if (state === "INSUFFICIENT_DATA") {
    const datapoints = missing === 1 ? "1 datapoint was" : `${missing} datapoints were`;
    return { reason: `Insufficient Data: ${datapoints} unknown.`, reasonData };
  }
  if (known.length === 0)
    return { reason: `Threshold Crossed: no datapoints were received; ${treated}.`, reasonData };
  const listed = known.map(({ value, at: start }) => `${value} (${start.toISOString()})`).join(", ");
  const verb = `${known.length === 1 ? "datapoint" : "datapoints"} [${listed}] ${known.length === 1 ? "was" : "were"}`;
  const than = `${state === "OK" ? "not " : ""}${WORDS[ComparisonOperator]} the threshold (${Threshold})`;
  return {
    reason: `Threshold Crossed: ${known.length} ${verb} ${than}${missing > 0 ? `, and ${treated}` : ""}.`,
    reasonData,
  };
}
