import { VirtualClock } from "../../local/clock";
import { EventBridge } from "../../local/events";
import { type Fault, Faults } from "../../local/faults";
import { jsonResponse } from "../../local/http";
import { Metrics } from "../../local/metrics";
import { Sqs } from "../../local/sqs";
import type { Upstream } from "../../local/upstream";

const caller = { account: "123456789012", region: "eu-west-1" };

/** An event bus with one rule that delivers all ECS events to a function; `got` is what the function receives, and when. */
async function bus(script: unknown) {
  const clock = new VirtualClock(new Date(0));
  const faults = new Faults(clock);
  faults.set(script);
  const rule = { Name: "all", Arn: "rule-arn", State: "ENABLED", EventPattern: '{"source":["aws.ecs"]}' };
  const upstream: Upstream = {
    send: async ({ action }) =>
      jsonResponse(
        action === "ListRules" ? { Rules: [rule] } : { Targets: [{ Id: "t", Arn: "a:b:lambda" }] },
      ),
  };
  const got: string[] = [];
  const events = new EventBridge({
    calls: { make: () => Promise.reject(new Error("not asked")) },
    clock,
    faults,
    metrics: new Metrics(() => {}),
    upstream,
    sqs: new Sqs(clock, () => ""),
    invoke: async (_arn, event) => {
      const { detail } = JSON.parse(event) as { detail: { status: string } };
      got.push(`${detail.status} at ${clock.now().getTime()}`);
    },
    log: () => {},
  });
  const publish = async (detailType: string, ...statuses: string[]) => {
    for (const status of statuses) {
      events.publish(caller, {
        source: "aws.ecs",
        "detail-type": detailType,
        resources: [],
        detail: { status },
      });
      await clock.advance(1);
    }
  };
  return { clock, got, publish };
}

const deliver = (fault: object) => ({ service: "events", action: "Deliver", times: 1, ...fault });

test("duplicates an event, once if the script says so", async () => {
  const { got, publish } = await bus([deliver({ fault: "duplicate" })]);
  await publish("x", "a", "b");
  expect(got).toEqual(["a at 0", "a at 0", "b at 1"]);
});

test("delays an event so that others overtake it", async () => {
  const { clock, got, publish } = await bus([deliver({ fault: "delay", ms: 5000 })]);
  await publish("x", "RUNNING", "STOPPED");
  await clock.advance(10_000);
  expect(got).toEqual(["STOPPED at 1", "RUNNING at 5000"]);
});

test("loses an event", async () => {
  const { clock, got, publish } = await bus([deliver({ fault: "none" }), deliver({ fault: "lose" })]);
  await publish("x", "a", "b", "c");
  await clock.advance(86_400_000);
  expect(got).toEqual(["a at 0", "c at 2"]);
});

test("applies to one detail-type only when the script says so", async () => {
  const { got, publish } = await bus([
    { ...deliver({ fault: "lose" }), times: undefined, detailType: "ECS Task State Change" },
  ]);
  await publish("ECS Task State Change", "a");
  await publish("Other", "b");
  expect(got).toEqual(["b at 1"]);
});

test("does not apply faults of all calls of events to deliveries", async () => {
  const { got, publish } = await bus([{ service: "events", action: "*", fault: "throttle" }]);
  await publish("x", "a");
  expect(got).toEqual(["a at 0"]);
});

test.each<[Partial<Fault>, RegExp]>([
  [deliver({ fault: "throttle" }), /"throttle"; allowed for events:Deliver: duplicate, delay, lose, none/],
  [{ service: "ecs", action: "RunTask", fault: "lose" }, /"lose"; allowed for ecs:RunTask: throttle, /],
  [deliver({ fault: "delay" }), /ms is undefined; allowed: a number ≥ 0/],
])("%j is no fault", async (line, message) => {
  await expect(bus([line])).rejects.toThrow(message);
});
