import {
  CloudWatchClient,
  DescribeAlarmsCommand,
  ListMetricsCommand,
  PutMetricAlarmCommand,
  PutMetricDataCommand,
} from "@aws-sdk/client-cloudwatch";
import { evaluatedState, type StateValue } from "../../local/cloudwatch/alarm-state";
import type { ServiceEvent } from "../../local/events/service-event";
import { serviceWorld } from "./ecs-service-world";

const jobs = {
  Namespace: "AWS/SQS",
  MetricName: "ApproximateNumberOfMessagesVisible",
  Dimensions: [{ Name: "QueueName", Value: "jobs" }],
};

/** An account with the alarm `depth`, which is in ALARM with one message. */
async function alarmed(more: object = {}) {
  const events: ServiceEvent[] = [];
  const world = await serviceWorld({ onServiceEvent: (event) => events.push(event) });
  const put = (settings: object = {}) =>
    world.ask("monitoring", "PutMetricAlarm", {
      AlarmName: "depth",
      ...jobs,
      Statistic: "Maximum",
      Period: 60,
      EvaluationPeriods: 1,
      Threshold: 1,
      ComparisonOperator: "GreaterThanOrEqualToThreshold",
      ...more,
      ...settings,
    });
  const statistics = async (MetricName: string, Statistic = "Maximum") => {
    const now = world.clock.now().getTime() / 1000;
    const { Datapoints } = await world.ask<{ Datapoints: Record<string, number>[] }>(
      "monitoring",
      "GetMetricStatistics",
      { ...jobs, MetricName, StartTime: now - 86_400, EndTime: now, Period: 60, Statistics: [Statistic] },
    );
    return Datapoints.map((datapoint) => datapoint[Statistic]);
  };
  await put();
  return { ...world, events, put, statistics };
}

describe("missing datapoints", () => {
  // "X" is breaching, "0" is not, "-" is missing; the newest is the last one. The rows are those of AWS's page.
  test.each<[string, number, number, Record<string, StateValue | "before">]>([
    ["0 - X - X", 3, 3, { missing: "OK", ignore: "OK", breaching: "OK", notBreaching: "OK" }],
    ["0 - - - -", 3, 3, { missing: "OK", ignore: "OK", breaching: "OK", notBreaching: "OK" }],
    [
      "- - - - -",
      3,
      3,
      { missing: "INSUFFICIENT_DATA", ignore: "before", breaching: "ALARM", notBreaching: "OK" },
    ],
    ["0 X X - X", 3, 3, { missing: "ALARM", ignore: "ALARM", breaching: "ALARM", notBreaching: "ALARM" }],
    ["- - X - -", 3, 3, { missing: "ALARM", ignore: "before", breaching: "ALARM", notBreaching: "OK" }],
    ["- - - - X", 3, 3, { missing: "before", ignore: "before", breaching: "ALARM", notBreaching: "OK" }],
    ["0 - X - X", 3, 2, { missing: "ALARM", ignore: "ALARM", breaching: "ALARM", notBreaching: "ALARM" }],
    ["0 0 X - X", 3, 2, { missing: "ALARM", ignore: "ALARM", breaching: "ALARM", notBreaching: "ALARM" }],
    ["- - X - -", 3, 2, { missing: "ALARM", ignore: "before", breaching: "ALARM", notBreaching: "OK" }],
  ])("%s of %d periods, %d to alarm", (row, evaluationPeriods, datapointsToAlarm, expected) => {
    const symbols: Record<string, number | undefined> = { X: 1, "0": 0 };
    const values = row.split(" ").map((symbol) => symbols[symbol]);
    for (const before of ["OK", "ALARM"] as const) {
      const of = (treatMissingData: string) =>
        evaluatedState(values, before, {
          datapointsToAlarm,
          evaluationPeriods,
          treatMissingData,
          breaches: (value) => value >= 1,
        });
      for (const [treatment, state] of Object.entries(expected))
        expect([treatment, of(treatment)]).toEqual([treatment, state === "before" ? before : state]);
    }
  });
});

describe("an alarm", () => {
  test("changes its state with the metric, and records it", async () => {
    const world = await alarmed();
    expect(await world.stateOf("depth")).toBe("INSUFFICIENT_DATA");
    await world.advance(1);
    expect(await world.stateOf("depth")).toBe("OK");
    await world.send(1);
    await world.advance(1);
    const { MetricAlarms } = await world.ask<{ MetricAlarms: object[] }>("monitoring", "DescribeAlarms");
    expect(MetricAlarms).toMatchObject([
      {
        AlarmArn: "arn:aws:cloudwatch:eu-west-1:123456789012:alarm:depth",
        StateValue: "ALARM",
        StateReason: expect.stringMatching(
          /^Threshold Crossed: 1 datapoint \[1 \(.*\)\] was greater than or equal to the threshold \(1\)\.$/,
        ),
      },
    ]);
    const history = await world.ask<{ AlarmHistoryItems: { HistorySummary: string }[] }>(
      "monitoring",
      "DescribeAlarmHistory",
      { AlarmName: "depth", HistoryItemType: "StateUpdate" },
    );
    expect(history.AlarmHistoryItems.map(({ HistorySummary }) => HistorySummary)).toEqual([
      "Alarm updated from OK to ALARM",
      "Alarm updated from INSUFFICIENT_DATA to OK",
    ]);
  });

  test("sends each change to EventBridge", async () => {
    const world = await alarmed();
    await world.send(1);
    await world.advance(2);
    expect(world.events).toMatchObject([
      {
        source: "aws.cloudwatch",
        "detail-type": "CloudWatch Alarm State Change",
        resources: ["arn:aws:cloudwatch:eu-west-1:123456789012:alarm:depth"],
        detail: {
          alarmName: "depth",
          state: { value: "ALARM", timestamp: "2026-01-01T00:01:00.000+0000" },
          previousState: { value: "INSUFFICIENT_DATA" },
          configuration: {
            metrics: [
              {
                metricStat: {
                  metric: {
                    namespace: "AWS/SQS",
                    name: "ApproximateNumberOfMessagesVisible",
                    dimensions: { QueueName: "jobs" },
                  },
                  period: 60,
                  stat: "Maximum",
                },
              },
            ],
          },
        },
      },
    ]);
  });

  test("has the state that SetAlarmState gives it until the next evaluation", async () => {
    const world = await alarmed();
    await world.ask("monitoring", "SetAlarmState", {
      AlarmName: "depth",
      StateValue: "ALARM",
      StateReason: "test",
    });
    expect(await world.stateOf("depth")).toBe("ALARM");
    await world.advance(1);
    expect(await world.stateOf("depth")).toBe("OK");
  });

  test("keeps its state when its settings change, and is gone when it is deleted", async () => {
    const world = await alarmed();
    await world.advance(1);
    await world.put({ Threshold: 10 });
    expect(await world.stateOf("depth")).toBe("OK");
    await world.ask("monitoring", "DeleteAlarms", { AlarmNames: ["depth"] });
    expect(await world.stateOf("depth")).toBeUndefined();
  });

  test("reads metrics that were put", async () => {
    const world = await alarmed({
      Namespace: "app",
      MetricName: "load",
      Dimensions: [],
      Statistic: "Average",
    });
    const put = (Value: number) =>
      world.ask("monitoring", "PutMetricData", {
        Namespace: "app",
        MetricData: [{ MetricName: "load", Value }],
      });
    await put(0);
    await put(4);
    await world.advance(1);
    expect(await world.stateOf("depth")).toBe("ALARM");
    const now = world.clock.now().getTime() / 1000;
    const { MetricDataResults } = await world.ask<{ MetricDataResults: object[] }>(
      "monitoring",
      "GetMetricData",
      {
        StartTime: now - 300,
        EndTime: now,
        MetricDataQueries: [
          { Id: "double", Expression: "load * 2" },
          {
            Id: "load",
            ReturnData: false,
            MetricStat: { Metric: { Namespace: "app", MetricName: "load" }, Period: 60, Stat: "Average" },
          },
        ],
      },
    );
    expect(MetricDataResults).toMatchObject([{ Id: "double", Values: [4] }]);
  });

  test.each([
    [{ Statistic: "TM(10%:90%)" }, /The statistic is TM\(10%:90%\); local AWS knows SampleCount, /],
    [{ ComparisonOperator: "GreaterThanUpperThreshold" }, /ComparisonOperator is GreaterThanUpperThreshold/],
    [{ EvaluationPeriods: 0 }, /EvaluationPeriods is 0/],
    [{ DatapointsToAlarm: 2 }, /DatapointsToAlarm is 2; it is 1 to EvaluationPeriods, 1/],
    [{ TreatMissingData: "zero" }, /TreatMissingData is zero; allowed: breaching, /],
    [{ Period: 90 }, /Period is 90; allowed: 10, 20, 30 and multiples of 60/],
    [
      { MetricName: undefined, Metrics: [{ Id: "e", Expression: "ANOMALY_DETECTION_BAND(m, 2)" }] },
      /The expression of e, ANOMALY_DETECTION_BAND\(m, 2\): local AWS does not know the function/,
    ],
    [
      { MetricName: undefined, Metrics: [1, 2].map((n) => ({ Id: `e${n}`, Expression: "1" })) },
      /2 of Metrics have ReturnData true; exactly one has/,
    ],
  ])("is refused with %j", async (settings, message) => {
    const world = await alarmed();
    await expect(world.put(settings)).rejects.toThrow(message);
  });
});

describe("the metrics of a queue", () => {
  test("are reported each minute", async () => {
    const world = await alarmed();
    await world.send(3);
    const receive = { QueueUrl: world.queueUrl, MaxNumberOfMessages: 2 };
    const { Messages } = await world.ask<{ Messages: { ReceiptHandle: string }[] }>(
      "sqs",
      "ReceiveMessage",
      receive,
    );
    await world.ask("sqs", "DeleteMessage", {
      QueueUrl: world.queueUrl,
      ReceiptHandle: Messages[0]?.ReceiptHandle,
    });
    await world.advance(2);
    const sum = (name: string) => world.statistics(name, "Sum");
    expect(await world.statistics("ApproximateNumberOfMessagesVisible")).toEqual([1, 1]);
    expect(await world.statistics("ApproximateNumberOfMessagesNotVisible")).toEqual([1, 1]);
    expect(await world.statistics("ApproximateAgeOfOldestMessage")).toEqual([60, 120]);
    expect(await sum("NumberOfMessagesSent")).toEqual([3, 0]);
    expect(await sum("NumberOfMessagesReceived")).toEqual([2, 0]);
    expect(await sum("NumberOfMessagesDeleted")).toEqual([1, 0]);
    expect(await sum("SentMessageSize")).toEqual([12]);
  });

  test("leave out what AWS reports only while there is something to report", async () => {
    const world = await alarmed();
    await world.advance(2);
    expect(await world.statistics("ApproximateNumberOfMessagesVisible")).toEqual([0, 0]);
    for (const name of [
      "ApproximateAgeOfOldestMessage",
      "ApproximateNumberOfMessagesDelayed",
      "ApproximateNumberOfMessagesNotVisible",
      "NumberOfEmptyReceives",
      "SentMessageSize",
    ])
      expect([name, await world.statistics(name)]).toEqual([name, []]);
  });

  test("end after six hours without a call, and begin again 15 minutes after the next call", async () => {
    const world = await alarmed();
    await world.advance(8 * 60);
    const depth = "ApproximateNumberOfMessagesVisible";
    expect(await world.statistics(depth)).toHaveLength(6 * 60);
    await world.send(1);
    await world.advance(14);
    expect(await world.statistics(depth)).toHaveLength(6 * 60);
    await world.advance(1);
    expect(await world.statistics(depth)).toHaveLength(6 * 60 + 1);
    await world.advance(7 * 60);
    // It has a message.
    expect(await world.statistics(depth)).toHaveLength(6 * 60 + 1 + 7 * 60);
  });
});

test("SDK clients put metrics and alarms, and read times as dates", async () => {
  const world = await serviceWorld();
  const client = new CloudWatchClient({ ...world.clientConfig, requestHandler: world.handler });
  // Clients compress a large body.
  const MetricData = Array.from({ length: 300 }, (_, index) => ({
    MetricName: "load",
    Value: index,
    Dimensions: [{ Name: "worker", Value: "a" }],
  }));
  await client.send(new PutMetricDataCommand({ Namespace: "app", MetricData }));
  await client.send(
    new PutMetricAlarmCommand({
      AlarmName: "load",
      Namespace: "app",
      MetricName: "load",
      Dimensions: [{ Name: "worker", Value: "a" }],
      ExtendedStatistic: "p50",
      Period: 60,
      EvaluationPeriods: 1,
      Threshold: 149,
      ComparisonOperator: "GreaterThanOrEqualToThreshold",
    }),
  );
  await world.advance(1);
  const { MetricAlarms } = await client.send(new DescribeAlarmsCommand({}));
  expect(MetricAlarms).toMatchObject([
    { StateValue: "ALARM", StateUpdatedTimestamp: new Date("2026-01-01T00:01:00Z") },
  ]);
  const { Metrics } = await client.send(new ListMetricsCommand({ Namespace: "app" }));
  expect(Metrics).toEqual([
    { Namespace: "app", MetricName: "load", Dimensions: [{ Name: "worker", Value: "a" }] },
  ]);
});

test("an alarm's state is in the query protocol as well, which the AWS provider speaks", async () => {
  const world = await serviceWorld();
  const form = async (input: Record<string, string>) => {
    const { response } = await world.handler.handle({
      method: "POST",
      path: "/",
      headers: {
        authorization: "AWS4-HMAC-SHA256 Credential=k/20260101/eu-west-1/monitoring/aws4_request, x",
        "content-type": "application/x-www-form-urlencoded",
      },
      body: new URLSearchParams(input).toString(),
    });
    return `${response.statusCode} ${response.body}`;
  };
  const settings = {
    AlarmName: "depth",
    Namespace: "AWS/SQS",
    MetricName: "NumberOfMessagesSent",
    "Dimensions.member.1.Name": "QueueName",
    "Dimensions.member.1.Value": "2026",
    Statistic: "Sum",
    Period: "60",
    EvaluationPeriods: "1",
    Threshold: "1.5",
    ComparisonOperator: "GreaterThanThreshold",
    "Tags.member.1.Key": "team",
    "Tags.member.1.Value": "platform",
  };
  expect(await form({ Action: "PutMetricAlarm", Version: "2010-08-01", ...settings })).toMatch(/^200 /);
  const described = await form({ Action: "DescribeAlarms", "AlarmNames.member.1": "depth" });
  for (const part of [
    "<MetricAlarms><member>",
    "<StateValue>INSUFFICIENT_DATA</StateValue>",
    "<Threshold>1.5</Threshold>",
    "<Dimensions><member><Name>QueueName</Name><Value>2026</Value></member></Dimensions>",
    "<ActionsEnabled>true</ActionsEnabled>",
  ])
    expect(described).toContain(part);
  expect(described).not.toContain("Version");
  const ResourceARN = "arn:aws:cloudwatch:eu-west-1:123456789012:alarm:depth";
  expect(await form({ Action: "ListTagsForResource", ResourceARN })).toContain(
    "<Key>team</Key><Value>platform</Value>",
  );
  expect(await form({ Action: "DeleteAlarms", "AlarmNames.member.1": "none" })).toMatch(
    /^404 .*<Code>ResourceNotFound</,
  );
});
