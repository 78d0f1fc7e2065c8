import type { Event } from "../../local/events/event";
import { nextTime } from "../../local/events/next-time";
import { checkEntries, type Entry, eventOf } from "../../local/events/put-events";
import type { Rule } from "../../local/events/rules";
import { serviceEvent } from "../../local/events/service-event";
import { targetInput } from "../../local/events/target-input";

const caller = { account: "123456789012", region: "eu-west-1" };
const now = new Date("2026-01-02T03:04:05.678Z");
const entry: Entry = { Source: "custom.app", DetailType: "Start ECS Task", Detail: '{"service":"auth"}' };

describe("PutEvents", () => {
  test("creates the envelope of the event", () => {
    expect(eventOf({ ...entry, Resources: ["r"] }, caller, now)).toEqual({
      version: "0",
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      "detail-type": "Start ECS Task",
      source: "custom.app",
      account: "123456789012",
      time: "2026-01-02T03:04:05Z",
      region: "eu-west-1",
      resources: ["r"],
      detail: { service: "auth" },
    });
  });

  test("uses the time of the entry", () => {
    expect(eventOf({ ...entry, Time: 0 }, caller, now)).toMatchObject({ time: "1970-01-01T00:00:00Z" });
  });

  test.each<[Entry, string, string]>([
    [{ ...entry, Source: undefined }, "InvalidArgument", "Source is a required argument"],
    [{ ...entry, DetailType: "" }, "InvalidArgument", "DetailType is a required argument"],
    [{ ...entry, Detail: undefined }, "InvalidArgument", "Detail is a required argument"],
    [{ ...entry, Detail: "{" }, "MalformedDetail", "Detail is malformed"],
    [{ ...entry, Detail: "[]" }, "MalformedDetail", "Detail is malformed"],
    [{ ...entry, Source: "aws.ecs" }, "NotAuthorizedForSourceException", "Not authorized for the source"],
  ])("%j is refused by itself", (bad, ErrorCode, message) => {
    expect(eventOf(bad, caller, now)).toEqual({ ErrorCode, ErrorMessage: expect.stringContaining(message) });
  });

  test("accepts ten entries and just under 1 MB", () => {
    checkEntries(Array.from({ length: 10 }, () => entry));
    expect(() => checkEntries(Array.from({ length: 11 }, () => entry))).toThrow(/it has 11/);
    const sized = (bytes: number) => [{ Source: "s", DetailType: "t", Detail: "x".repeat(bytes - 2) }];
    checkEntries(sized(1024 * 1024 - 1));
    expect(() => checkEntries(sized(1024 * 1024))).toThrow(/over the limit/);
  });
});

describe("an event of an AWS service", () => {
  const given = { source: "aws.s3", "detail-type": "AWS API Call via CloudTrail", detail: {} };
  const place = { ...caller, now };

  test("gets what it leaves out", () => {
    expect(serviceEvent(given, place)).toEqual({
      ...given,
      version: "0",
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      account: "123456789012",
      time: "2026-01-02T03:04:05Z",
      region: "eu-west-1",
      resources: [],
    });
  });

  test("keeps what it has", () => {
    const rest = { id: "e-1", account: "111122223333", time: "2024-01-15T10:30:00Z", region: "us-east-1" };
    expect(serviceEvent({ ...given, ...rest, resources: ["r"] }, place)).toMatchObject({
      ...rest,
      resources: ["r"],
    });
  });

  test.each<[unknown, RegExp]>([
    [undefined, /^source is undefined/],
    [
      { ...given, source: "custom.app" },
      /^source is "custom.app"; that of an AWS service starts with "aws."/,
    ],
    [{ ...given, "detail-type": "" }, /^detail-type is ""/],
    [{ ...given, detail: [] }, /^detail is not an object/],
  ])("%j is refused", (bad, reason) => {
    expect(() => serviceEvent(bad, place)).toThrow(reason);
  });
});

describe("input of a target", () => {
  const event = {
    id: "e-1",
    time: "2026-01-02T03:04:05Z",
    detail: { service: 'a"b', n: 7, list: [{ x: 1 }] },
  };
  const input = (target: object) =>
    targetInput(
      { Id: "t", Arn: "a", ...target },
      event as unknown as Event,
      { Name: "r", Arn: "rule-arn" } as Rule,
    );

  test.each<[object, string]>([
    [{}, JSON.stringify(event)],
    [{ Input: '{"fixed":true}' }, '{"fixed":true}'],
    [{ InputPath: "$.detail.list[0]" }, '{"x":1}'],
    [{ InputPath: "$.detail['n']" }, "7"],
    [
      {
        InputTransformer: {
          InputPathsMap: { s: "$.detail.service", n: "$.detail.n", l: "$.detail.list" },
          InputTemplate:
            '{"text":"<s> of <n>","json":<s>,"n":<n>,"list":<l>,"rule":"<aws.events.rule-name>"}',
        },
      },
      '{"text":"a\\"b of 7","json":"a\\"b","n":7,"list":[{"x":1}],"rule":"r"}',
    ],
    [{ InputTransformer: { InputTemplate: '"<unknown> stays"' } }, '"<unknown> stays"'],
  ])("%j", (target, expected) => {
    expect(input(target)).toBe(expected);
  });
});

describe("next time of a schedule", () => {
  test.each([
    ["rate(1 minute)", "2026-01-02T03:05:05.678Z"],
    ["rate(12 hours)", "2026-01-02T15:04:05.678Z"],
    ["cron(0/15 * * * ? *)", "2026-01-02T03:15:00.000Z"],
    ["cron(0 2 * * ? *)", "2026-01-03T02:00:00.000Z"],
    ["cron(30 8 ? * MON-FRI *)", "2026-01-02T08:30:00.000Z"],
    ["cron(0 0 ? * SUN *)", "2026-01-04T00:00:00.000Z"],
    ["cron(0 0 L * ? *)", "2026-01-31T00:00:00.000Z"],
    ["cron(0 9 ? * MON#2 *)", "2026-01-12T09:00:00.000Z"],
    ["cron(0 9 ? * 6L *)", "2026-01-30T09:00:00.000Z"],
    ["cron(0 9 3W * ? *)", "2026-01-02T09:00:00.000Z"],
    ["cron(0 0 29 FEB ? *)", "2028-02-29T00:00:00.000Z"],
    ["cron(0 0 1 1 ? 2026)", undefined],
    ["every(5 minutes)", undefined],
  ])("%s", (expression, expected) => {
    expect(nextTime(expression, now)?.toISOString()).toBe(expected);
  });
});
