import { AwsError } from "../aws-error";
import type { Clock } from "../clock";
import type { ServiceEvent } from "../events/service-event";
import type { HttpResponse } from "../http";
import { Regional } from "../regional";
import type { Call, Caller } from "../routing";
import type { Sqs } from "../sqs";
import type { AlarmSettings } from "./alarm";
import type { StateValue } from "./alarm-state";
import { alarmDescription, alarmStateChange } from "./alarm-views";
import { Alarms, type Breach } from "./alarms";
import { Datapoints } from "./datapoints";
import {
  getMetricData,
  getMetricStatistics,
  listMetrics,
  type MetricDataInput,
  putMetricData,
} from "./metric-data";
import { Minutes } from "./minutes";
import { type Output, readInput, response } from "./protocol";
import { reportQueues } from "./queue-metrics";

export interface CloudWatchOptions {
  clock: Clock;
  sqs: Sqs;
  forward(call: Call): Promise<HttpResponse>;
  publish(caller: Caller, event: ServiceEvent): void;
  /** Applies a scaling policy. */
  scale(caller: Caller, policyArn: string, breach: Breach): void;
  log(line: string): void;
}

interface Tag {
  Key: string;
  Value: string;
}

interface Input
  extends MetricDataInput,
    Omit<AlarmSettings, "Dimensions" | "MetricName" | "Namespace" | "Period"> {
  ActionPrefix?: string;
  AlarmNamePrefix?: string;
  AlarmNames?: string[];
  AlarmTypes?: string[];
  MaxRecords?: number;
  NextToken?: string;
  HistoryItemType?: string;
  StateValue?: StateValue;
  StateReason?: string;
  StateReasonData?: string;
  ResourceARN?: string;
  Tags?: Tag[];
  TagKeys?: string[];
}

interface Region {
  datapoints: Datapoints;
  alarms: Alarms;
  tags: Map<string, Tag[]>;
}

type Action = (input: Input, region: Region) => Output;

/** Dashboards have no region: an account has one of a name. */
const withoutRegion = (call: Call): Call => {
  const { headers } = call.request;
  const authorization = (headers.authorization ?? "").replace(
    `/${call.region}/monitoring/`,
    "/us-east-1/monitoring/",
  );
  return {
    ...call,
    request: { ...call.request, headers: { ...headers, authorization } },
    region: "us-east-1",
  };
};

/**
 * Amazon CloudWatch: metrics, and alarms that are evaluated every minute. Composite alarms and dashboards belong to the control
 * plane. Metrics of queues are recorded from the first call of CloudWatch on, so that tests without it take no time for them.
 */
export class CloudWatch {
  private readonly regions: Regional<Region>;
  private readonly minutes: Minutes;

  constructor(private readonly options: CloudWatchOptions) {
    const { clock, publish } = options;
    this.regions = new Regional((caller) => ({
      datapoints: new Datapoints(),
      tags: new Map(),
      alarms: new Alarms(caller, () => clock.now(), {
        changed: (of, alarm, before) => publish(of, alarmStateChange(alarm, before)),
        act: (of, action, breach, isChange) => this.act(of, action, breach, isChange),
      }),
    }));
    this.minutes = new Minutes(clock, (at) => this.onMinute(at));
  }

  async handle(call: Call): Promise<HttpResponse> {
    this.minutes.start();
    const { request } = call;
    if (call.action.includes("Dashboard")) return this.options.forward(withoutRegion(call));
    if (request.headers["smithy-protocol"] === "rpc-v2-cbor") {
      const { path } = request;
      this.options.log(`cloudwatch ${path}: local AWS evaluates no alarms and metrics that are put in CBOR`);
      return this.options.forward(call);
    }
    const input = readInput<Input>(request);
    const action = this.actions[call.action];
    const isOwn = action && (!input.ResourceARN || input.ResourceARN.includes(":alarm:"));
    if (!isOwn) return this.options.forward(call);
    return response(call.action, request, action(input, this.regions.of(call)));
  }

  /** Puts an alarm of Application Auto Scaling. Returns its ARN. */
  putAlarm(caller: Caller, settings: AlarmSettings): string {
    this.minutes.start();
    return this.regions.of(caller).alarms.put(settings).arn;
  }

  deleteAlarm(caller: Caller, name: string): void {
    this.regions.of(caller).alarms.delete(name);
  }

  /** The alarms that have an action beginning with this ARN. */
  alarmsWith(caller: Caller, action: string): { AlarmName: string; AlarmARN: string; isAlarm: boolean }[] {
    return this.regions
      .of(caller)
      .alarms.all()
      .filter(({ settings }) => settings.AlarmActions?.some((each) => each.startsWith(action)))
      .map(({ arn, name, state }) => ({ AlarmName: name, AlarmARN: arn, isAlarm: state.value === "ALARM" }));
  }

  private onMinute(at: number): void {
    reportQueues(this.options.sqs, at, (account, region) => this.regions.of({ account, region }).datapoints);
    for (const [, { alarms, datapoints }] of this.regions.all()) alarms.evaluate(datapoints, at);
  }

  private act(caller: Caller, action: string, breach: Breach, isChange: boolean): void {
    if (/^arn:[^:]*:autoscaling:[^:]*:[^:]*:scalingPolicy:/.test(action)) {
      this.options.scale(caller, action, breach);
    } else if (isChange) {
      this.options.log(`cloudwatch: alarm ${breach.alarmName} would notify ${action}`);
    }
  }

  private readonly actions: Record<string, Action> = {
    PutMetricData: (input, { datapoints }) => {
      putMetricData(datapoints, input, this.options.clock.now());
      return {};
    },

    GetMetricData: (input, { datapoints }) => getMetricData(datapoints, input, this.options.clock.now()),

    GetMetricStatistics: (input, { datapoints }) =>
      getMetricStatistics(datapoints, input, this.options.clock.now()),

    ListMetrics: (input, { datapoints }) => listMetrics(datapoints, input),

    PutMetricAlarm: ({ Tags, ...input }, { alarms, tags }) => {
      const { arn } = alarms.put(withoutEmpty(input) as unknown as AlarmSettings);
      if (Tags && !tags.has(arn)) tags.set(arn, Tags);
      return {};
    },

    DescribeAlarms: (input, { alarms }) => {
      const {
        ActionPrefix,
        AlarmNamePrefix = "",
        AlarmNames,
        AlarmTypes,
        MaxRecords = 50,
        StateValue,
      } = input;
      const found = alarms
        .all()
        .filter(
          ({ name, settings, state }) =>
            name.startsWith(AlarmNamePrefix) &&
            (!AlarmNames?.length || AlarmNames.includes(name)) &&
            (StateValue === undefined || state.value === StateValue) &&
            (!AlarmTypes?.length || AlarmTypes.includes("MetricAlarm")) &&
            (ActionPrefix === undefined ||
              settings.AlarmActions?.some((each) => each.startsWith(ActionPrefix))),
        );
      const start = Number(input.NextToken ?? 0);
      const end = start + MaxRecords;
      return {
        MetricAlarms: found.slice(start, end).map(alarmDescription),
        CompositeAlarms: [],
        NextToken: end < found.length ? String(end) : undefined,
      };
    },

    DescribeAlarmsForMetric: ({ MetricName, Namespace }, { alarms }) => ({
      MetricAlarms: alarms
        .all()
        .filter(({ settings }) => settings.MetricName === MetricName && settings.Namespace === Namespace)
        .map(alarmDescription),
    }),

    DescribeAlarmHistory: ({ AlarmName, HistoryItemType }, { alarms }) => ({
      AlarmHistoryItems: alarms
        .historyOf(AlarmName)
        .filter((item) => HistoryItemType === undefined || item.HistoryItemType === HistoryItemType)
        .map((item): Output => ({ ...item })),
    }),

    DeleteAlarms: ({ AlarmNames = [] }, { alarms, tags }) => {
      for (const name of AlarmNames) tags.delete(alarms.get(name).arn);
      for (const name of AlarmNames) alarms.delete(name);
      return {};
    },

    SetAlarmState: ({ AlarmName, StateReason = "", StateReasonData, StateValue }, { alarms }) => {
      if (!StateValue || !["OK", "ALARM", "INSUFFICIENT_DATA"].includes(StateValue)) {
        throw new AwsError(
          "ValidationError",
          `StateValue is ${StateValue}; allowed: OK, ALARM, INSUFFICIENT_DATA.`,
        );
      }
      alarms.set(AlarmName, StateValue, StateReason, StateReasonData);
      return {};
    },

    EnableAlarmActions: ({ AlarmNames = [] }, { alarms }) => {
      for (const name of AlarmNames) alarms.get(name).settings.ActionsEnabled = true;
      return {};
    },

    DisableAlarmActions: ({ AlarmNames = [] }, { alarms }) => {
      for (const name of AlarmNames) alarms.get(name).settings.ActionsEnabled = false;
      return {};
    },

    TagResource: ({ ResourceARN = "", Tags = [] }, { tags }) => {
      const keys = Tags.map(({ Key }) => Key);
      tags.set(ResourceARN, [
        ...(tags.get(ResourceARN) ?? []).filter(({ Key }) => !keys.includes(Key)),
        ...Tags,
      ]);
      return {};
    },

    UntagResource: ({ ResourceARN = "", TagKeys = [] }, { tags }) => {
      tags.set(
        ResourceARN,
        (tags.get(ResourceARN) ?? []).filter(({ Key }) => !TagKeys.includes(Key)),
      );
      return {};
    },

    ListTagsForResource: ({ ResourceARN = "" }, { tags }) => ({
      Tags: (tags.get(ResourceARN) ?? []).map(({ Key, Value }) => ({ Key, Value })),
    }),
  };
}

/** Without what a form has beside the parameters of the action. */
function withoutEmpty({
  Action: _,
  Version: __,
  ...input
}: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined && value !== ""));
}
