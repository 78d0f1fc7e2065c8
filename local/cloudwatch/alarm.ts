import { AwsError } from "../aws-error";
import { COMPARISONS, EXTRA_PERIODS, evaluatedState, type StateValue } from "./alarm-state";
import type { Datapoints } from "./datapoints";
import { checkQueries, type Dimension, type MetricQuery, periodOf, seriesOf } from "./queries";
import { reasonOf } from "./state-reason";

/** What PutMetricAlarm gets. */
export interface AlarmSettings {
  AlarmName: string;
  AlarmDescription?: string;
  ActionsEnabled?: boolean;
  OKActions?: string[];
  AlarmActions?: string[];
  InsufficientDataActions?: string[];
  MetricName?: string;
  Namespace?: string;
  Statistic?: string;
  ExtendedStatistic?: string;
  Dimensions?: Dimension[];
  Period?: number;
  Unit?: string;
  EvaluationPeriods: number;
  DatapointsToAlarm?: number;
  Threshold?: number;
  ComparisonOperator: string;
  TreatMissingData?: string;
  EvaluateLowSampleCountPercentile?: string;
  Metrics?: MetricQuery[];
  ThresholdMetricId?: string;
}

export interface AlarmState {
  value: StateValue;
  reason: string;
  reasonData: string;
  at: Date;
}

const TREATMENTS = ["breaching", "notBreaching", "ignore", "missing"];

/** A metric alarm and its state. */
export class Alarm {
  state: AlarmState;
  configuredAt: Date;

  constructor(
    readonly arn: string,
    public settings: AlarmSettings,
    now: Date,
  ) {
    checkAlarm(settings);
    this.configuredAt = now;
    this.state = {
      value: "INSUFFICIENT_DATA",
      reason: "Unchecked: Initial alarm creation",
      reasonData: "",
      at: now,
    };
  }

  configure(settings: AlarmSettings, now: Date): void {
    checkAlarm(settings);
    this.settings = settings;
    this.configuredAt = now;
  }

  get name(): string {
    return this.settings.AlarmName;
  }

  /** The metrics and expressions of the alarm, also of one with a single metric. */
  get queries(): MetricQuery[] {
    return queriesOf(this.settings);
  }

  /** The actions of a state. */
  actions(value: StateValue): string[] {
    const { ActionsEnabled = true, AlarmActions, InsufficientDataActions, OKActions } = this.settings;
    if (!ActionsEnabled) return [];
    const actions = { ALARM: AlarmActions, OK: OKActions, INSUFFICIENT_DATA: InsufficientDataActions };
    return actions[value] ?? [];
  }

  /** Evaluates the periods that end until `at`. Returns the new state and the newest value, if there is one. */
  evaluate(datapoints: Datapoints, at: number): { state: AlarmState; value: number | undefined } {
    const { EvaluationPeriods, Period, Threshold = 0 } = this.settings;
    const { DatapointsToAlarm = EvaluationPeriods, TreatMissingData = "missing" } = this.settings;
    const queries = this.queries;
    const returned = queries.find(({ ReturnData }) => ReturnData ?? true);
    const periodMs = periodOf(queries, returned?.Period === undefined ? { Period } : returned) * 1000;
    const length = EvaluationPeriods + EXTRA_PERIODS;
    const starts = Array.from({ length }, (_, index) => at - (length - index) * periodMs);
    const values = seriesOf(queries, returned?.Id ?? "", periodMs, starts, datapoints);
    const compare = COMPARISONS[this.settings.ComparisonOperator];
    const value = evaluatedState(values, this.state.value, {
      datapointsToAlarm: DatapointsToAlarm,
      evaluationPeriods: EvaluationPeriods,
      treatMissingData: TreatMissingData,
      breaches: (datapoint) => compare?.(datapoint, Threshold) ?? false,
    });
    const { reason, reasonData } = reasonOf(value, values, starts, this.settings, at);
    const newest = values.filter((each) => each !== undefined).at(-1);
    return { state: { value, reason, reasonData, at: new Date(at) }, value: newest };
  }
}

function queriesOf(settings: AlarmSettings): MetricQuery[] {
  const { Dimensions, ExtendedStatistic, MetricName = "", Metrics, Namespace = "" } = settings;
  if (Metrics?.length) return Metrics;
  const { Period = 60, Statistic = ExtendedStatistic ?? "Average" } = settings;
  return [
    {
      Id: "m1",
      MetricStat: { Metric: { Namespace, MetricName, Dimensions }, Period, Stat: Statistic },
      ReturnData: true,
    },
  ];
}

/** Throws ValidationError for an alarm that AWS or local AWS does not take. */
function checkAlarm(settings: AlarmSettings): void {
  const { AlarmName, ComparisonOperator, EvaluationPeriods, Metrics, MetricName, Period } = settings;
  const { DatapointsToAlarm = EvaluationPeriods, Threshold, TreatMissingData = "missing" } = settings;
  const refuse = (message: string): never => {
    throw new AwsError("ValidationError", `Alarm ${AlarmName}: ${message}`);
  };
  if (!AlarmName) refuse("AlarmName is missing.");
  if (!(ComparisonOperator in COMPARISONS) || Threshold === undefined) {
    refuse(
      `ComparisonOperator is ${ComparisonOperator} and Threshold is ${Threshold}; local AWS evaluates ${Object.keys(COMPARISONS).join(", ")} with a threshold.`,
    );
  }
  if (!(EvaluationPeriods >= 1)) refuse(`EvaluationPeriods is ${EvaluationPeriods}; it is 1 or more.`);
  if (!(DatapointsToAlarm >= 1 && DatapointsToAlarm <= EvaluationPeriods)) {
    refuse(`DatapointsToAlarm is ${DatapointsToAlarm}; it is 1 to EvaluationPeriods, ${EvaluationPeriods}.`);
  }
  if (!TREATMENTS.includes(TreatMissingData)) {
    refuse(`TreatMissingData is ${TreatMissingData}; allowed: ${TREATMENTS.join(", ")}.`);
  }
  if (!Metrics?.length && !MetricName) refuse("it has neither MetricName nor Metrics.");
  if (Period !== undefined && ![10, 20, 30].includes(Period) && !(Period >= 60 && Period % 60 === 0)) {
    refuse(`Period is ${Period}; allowed: 10, 20, 30 and multiples of 60.`);
  }
  checkQueries(queriesOf(settings));
  const returned = Metrics?.filter(({ ReturnData }) => ReturnData ?? true) ?? [];
  if (Metrics?.length && returned.length !== 1) {
    refuse(`${returned.length} of Metrics have ReturnData true; exactly one has.`);
  }
}
