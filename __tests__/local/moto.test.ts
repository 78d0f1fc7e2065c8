import type { LocalAws } from "../../local";
import { startTestAws } from "../../testing/local-aws";

let aws: LocalAws;
beforeAll(async () => {
  aws = await startTestAws();
}, 180_000);
afterAll(() => aws?.stop());

/** Calls CloudWatch in the query protocol, the one that the AWS provider speaks with it. */
async function cloudWatch(Action: string, parameters: Record<string, string>): Promise<number> {
  const response = await fetch(aws.endpoint, {
    method: "POST",
    headers: {
      authorization: "AWS4-HMAC-SHA256 Credential=local/20260101/us-east-1/monitoring/aws4_request, x",
      "content-type": "application/x-www-form-urlencoded",
    },
    body: new URLSearchParams({ Action, Version: "2010-08-01", ...parameters }),
  });
  await response.text();
  return response.status;
}

const putAlarm = (AlarmName: string) =>
  cloudWatch("PutMetricAlarm", {
    AlarmName,
    ComparisonOperator: "GreaterThanThreshold",
    EvaluationPeriods: "1",
    MetricName: "Count",
    Namespace: "Test",
    Period: "60",
    Statistic: "Sum",
    Threshold: "1",
    ...Object.fromEntries(
      [1, 2, 3, 4, 5].map((n) => [`AlarmActions.member.${n}`, `arn:aws:sns:us-east-1::t${n}`]),
    ),
  });

// Terraform makes forty resources at once, and moto iterates over collections that its other threads change.
test("answers calls that read and write one collection at the same time", async () => {
  const names = Array.from({ length: 400 }, (_, index) => `alarm-${index}`);
  const statuses = await Promise.all(
    names.flatMap((name) => [putAlarm(name), cloudWatch("DescribeAlarms", { ActionPrefix: name })]),
  );
  expect(statuses.filter((status) => status !== 200)).toEqual([]);
}, 120_000);
