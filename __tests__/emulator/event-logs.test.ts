import { VirtualClock } from "../../local/clock";
import { EventLogs, refuseRoles } from "../../local/events/event-logs";
import { jsonResponse } from "../../local/http";
import type { Call } from "../../local/routing";

const groupArn = "arn:aws:logs:eu-west-1:123456789012:log-group:/aws/events/ends";
const ruleArn = "arn:aws:events:eu-west-1:123456789012:rule/ends";
const both = { Service: ["events.amazonaws.com", "delivery.logs.amazonaws.com"] };

const allow = (more: object = {}) => ({
  Effect: "Allow",
  Principal: both,
  Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
  Resource: `${groupArn}:*`,
  ...more,
});
const ofRule = { Condition: { ArnEquals: { "aws:SourceArn": ruleArn } } };
const split = (condition: object) => [
  allow({ Action: "logs:CreateLogStream" }),
  allow({ Action: "logs:PutLogEvents", ...condition }),
];

/** What is written with these log resource policies, each a list of statements. */
async function written(policies: readonly (readonly object[])[], arn = groupArn): Promise<unknown[]> {
  const calls: unknown[] = [];
  const clock = new VirtualClock(new Date(1000));
  const upstream = {
    send: async ({ action, account, region, request }: Call) => {
      if (action === "DescribeResourcePolicies")
        return jsonResponse({
          resourcePolicies: policies.map((Statement) => ({ policyDocument: JSON.stringify({ Statement }) })),
        });
      calls.push([action, account, region, JSON.parse(request.body.toString())]);
      return jsonResponse({});
    },
  };
  await new EventLogs(upstream, clock).write(arn, '{"id":"1"}', ruleArn);
  return calls;
}

test("writes an event as one log event in a stream of its own", async () => {
  const place = { logGroupName: "/aws/events/ends", logStreamName: expect.stringMatching(/^[0-9a-f-]{36}$/) };
  expect(await written([[allow()]])).toEqual([
    ["CreateLogStream", "123456789012", "eu-west-1", place],
    [
      "PutLogEvents",
      "123456789012",
      "eu-west-1",
      { ...place, logEvents: [{ timestamp: 1000, message: '{"id":"1"}' }] },
    ],
  ]);
});

test.each<[string, object[][]]>([
  ["a policy for its prefix", [[allow({ Resource: `${groupArn.slice(0, -4)}*:*` })]]],
  ["a policy for its rule", [split(ofRule)]],
  ["two policies together", [[split(ofRule)[0]!], [split(ofRule)[1]!]]],
])("is allowed by %s", async (_name, policies) => {
  expect(await written(policies)).toHaveLength(2);
});

test.each<[string, object[][]]>([
  ["no policy", []],
  [
    "a policy for another group",
    [[allow({ Resource: "arn:aws:logs:eu-west-1:123456789012:log-group:other:*" })]],
  ],
  [
    "a policy for EventBridge without the delivery",
    [[allow({ Principal: { Service: "events.amazonaws.com" } })]],
  ],
  ["a policy without PutLogEvents", [[allow({ Action: "logs:CreateLogStream" })]]],
  ["a policy for another rule", [split({ Condition: { ArnEquals: { "aws:SourceArn": `${ruleArn}-2` } } })]],
  ["a policy that requires the rule for streams too", [[allow(ofRule)]]],
  ["a policy that denies it beside one that allows it", [[allow()], [allow({ Effect: "Deny" })]]],
])("is denied by %s", async (_name, policies) => {
  await expect(written(policies)).rejects.toMatchObject({ code: "AccessDeniedException" });
});

test("delivers nothing to an ARN that ends with :*", async () => {
  await expect(written([[allow()]], `${groupArn}:*`)).rejects.toMatchObject({
    code: "ResourceNotFoundException",
  });
});

test("takes no role for a log group", () => {
  expect(() => refuseRoles([{ Arn: groupArn, RoleArn: "role" }])).toThrow(
    `RoleArn is not supported for target ${groupArn}.`,
  );
  refuseRoles([
    { Arn: groupArn },
    { Arn: "arn:aws:states:eu-west-1:123456789012:stateMachine:s", RoleArn: "role" },
  ]);
});
