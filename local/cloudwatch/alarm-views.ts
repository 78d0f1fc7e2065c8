import type { ServiceEvent } from "../events/service-event";
import type { Alarm, AlarmState } from "./alarm";
import type { Output } from "./protocol";

/** An alarm as DescribeAlarms returns it. */
export function alarmDescription({ arn, configuredAt, settings, state }: Alarm): Record<string, Output> {
  return {
    ActionsEnabled: true,
    OKActions: [],
    AlarmActions: [],
    InsufficientDataActions: [],
    ...(settings as unknown as Record<string, Output>),
    ...(settings.Metrics?.length ? {} : { Dimensions: (settings.Dimensions ?? []) as unknown as Output }),
    Tags: undefined,
    AlarmArn: arn,
    AlarmConfigurationUpdatedTimestamp: configuredAt,
    StateValue: state.value,
    StateReason: state.reason,
    StateReasonData: state.reasonData || undefined,
    StateUpdatedTimestamp: state.at,
    StateTransitionedTimestamp: state.at,
  };
}

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-and-eventbridge.html */
export function alarmStateChange(alarm: Alarm, before: AlarmState): ServiceEvent {
  const { AlarmDescription: description } = alarm.settings;
  return {
    source: "aws.cloudwatch",
    "detail-type": "CloudWatch Alarm State Change",
    resources: [alarm.arn],
    detail: {
      alarmName: alarm.name,
      state: stateOf(alarm.state),
      previousState: stateOf(before),
      configuration: {
        ...(description ? { description } : {}),
        metrics: alarm.queries.map(({ Id, Expression, Label, MetricStat, ReturnData = true }) => ({
          id: Id,
          ...(Expression === undefined ? {} : { expression: Expression }),
          ...(Label === undefined ? {} : { label: Label }),
          ...(MetricStat === undefined
            ? {}
            : {
                metricStat: {
                  metric: {
                    namespace: MetricStat.Metric.Namespace,
                    name: MetricStat.Metric.MetricName,
                    dimensions: Object.fromEntries(
                      (MetricStat.Metric.Dimensions ?? []).map(({ Name, Value }) => [Name, Value]),
                    ),
                  },
                  period: MetricStat.Period,
                  stat: MetricStat.Stat,
                },
              }),
          returnData: ReturnData,
        })),
      },
    },
  };
}

function stateOf({ at, reason, reasonData, value }: AlarmState): object {
  const timestamp = at.toISOString().replace("Z", "+0000");
  return { value, reason, ...(reasonData ? { reasonData } : {}), timestamp };
}
