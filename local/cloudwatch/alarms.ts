import { AwsError } from "../aws-error";
import type { Caller } from "../routing";
import { Alarm, type AlarmSettings, type AlarmState } from "./alarm";
import type { StateValue } from "./alarm-state";
import type { Datapoints } from "./datapoints";

export interface HistoryItem {
  AlarmName: string;
  AlarmType: "MetricAlarm";
  Timestamp: Date;
  HistoryItemType: "ConfigurationUpdate" | "StateUpdate" | "Action";
  HistorySummary: string;
  HistoryData: string;
}

/** An alarm that has or keeps the state ALARM, for the policy that it applies. */
export interface Breach {
  alarmName: string;
  threshold: number;
  /** newest value; undefined: no datapoint */
  value: number | undefined;
}

export interface AlarmEvents {
  /** An alarm has changed its state. */
  changed(caller: Caller, alarm: Alarm, before: AlarmState): void;
  /** An action of the state that an alarm has changed to, and at each evaluation in ALARM. */
  act(caller: Caller, action: string, breach: Breach, isChange: boolean): void;
}

// AWS keeps it for 30 days.
const MAX_HISTORY = 1000;

/** The metric alarms of an account in a region. */
export class Alarms {
  private readonly byName = new Map<string, Alarm>();
  private readonly history: HistoryItem[] = [];

  constructor(
    private readonly caller: Caller,
    private readonly now: () => Date,
    private readonly events: AlarmEvents,
  ) {}

  put(settings: AlarmSettings): Alarm {
    const existing = this.byName.get(settings.AlarmName);
    if (existing) existing.configure(settings, this.now());
    const { account, region } = this.caller;
    const arn = `arn:aws:cloudwatch:${region}:${account}:alarm:${settings.AlarmName}`;
    const alarm = existing ?? new Alarm(arn, settings, this.now());
    this.byName.set(settings.AlarmName, alarm);
    const verb = existing ? "updated" : "created";
    this.record(alarm, "ConfigurationUpdate", `Alarm "${alarm.name}" ${verb}`, { type: verb });
    return alarm;
  }

  delete(name: string): void {
    this.byName.delete(name);
  }

  all(): Alarm[] {
    return [...this.byName.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** Throws ResourceNotFound. */
  get(name: string): Alarm {
    const alarm = this.byName.get(name);
    if (!alarm) throw new AwsError("ResourceNotFound", `Alarm ${name} does not exist.`, 404);
    return alarm;
  }

  /** Newest first. */
  historyOf(name: string | undefined): HistoryItem[] {
    return this.history.filter(({ AlarmName }) => name === undefined || AlarmName === name).reverse();
  }

  /** Evaluates every alarm at a full minute. */
  evaluate(datapoints: Datapoints, at: number): void {
    for (const alarm of this.all()) {
      const { state, value } = alarm.evaluate(datapoints, at);
      this.enter(alarm, state, value);
    }
  }

  set(name: string, value: StateValue, reason: string, reasonData = ""): void {
    this.enter(this.get(name), { value, reason, reasonData, at: this.now() }, undefined);
  }

  private enter(alarm: Alarm, state: AlarmState, value: number | undefined): void {
    const before = alarm.state;
    const isChange = before.value !== state.value;
    if (isChange) {
      alarm.state = state;
      this.record(alarm, "StateUpdate", `Alarm updated from ${before.value} to ${state.value}`, {
        oldState: { stateValue: before.value, stateReason: before.reason },
        newState: { stateValue: state.value, stateReason: state.reason },
      });
      this.events.changed(this.caller, alarm, before);
    }
    if (!isChange && state.value !== "ALARM") return;
    for (const action of alarm.actions(state.value)) {
      if (isChange) this.record(alarm, "Action", `Successfully executed action ${action}`, { action });
      const breach = { alarmName: alarm.name, threshold: alarm.settings.Threshold ?? 0, value };
      this.events.act(this.caller, action, breach, isChange);
    }
  }

  private record(
    { name }: Alarm,
    type: HistoryItem["HistoryItemType"],
    HistorySummary: string,
    data: object,
  ): void {
    this.history.push({
      AlarmName: name,
      AlarmType: "MetricAlarm",
      Timestamp: this.now(),
      HistoryItemType: type,
      HistorySummary,
      HistoryData: JSON.stringify({ version: "1.0", ...data }),
    });
    if (this.history.length > MAX_HISTORY) this.history.shift();
  }
}
