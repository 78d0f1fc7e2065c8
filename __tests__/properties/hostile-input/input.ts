import fc from "fast-check";
import { toJson } from "../../../handlers/shared/json";
import { build, type Value, value } from "./value";

/** Fields, each with its value. */
type Fields = [string, Value][];

/** An event, or what should be one. */
export type Event =
  | { kind: "good" }
  | { kind: "value"; value: Value }
  /** A valid event with changed fields. */
  | { kind: "event"; fields: Fields; detail: Fields }
  /** A state change of a task, real or invented. */
  | { kind: "change"; lastStatus: string; isReal: boolean; detail: Fields }
  /** A stop event, a reminder or a sweep. */
  | { kind: "order"; type: string; fields: Fields; detail: Fields }
  /** A failure record, nested so many times. */
  | { kind: "record"; layers: number; context: Fields; reason: Fields; event: Event }
  | { kind: "reference"; fields: Fields };

export type Input =
  | { kind: "direct"; event: Event }
  | { kind: "batch"; events: Event[]; receiveCount: string }
  | { kind: "request"; body: Event; key: Value | undefined; isBase64Encoded: boolean; cut: number };

const fieldsOf = (...names: string[]): fc.Arbitrary<Fields> =>
  fc.array(fc.tuple(fc.constantFrom(...names), value), { maxLength: 3 });

const shallow: fc.Arbitrary<Event> = fc.oneof(
  { weight: 1, arbitrary: fc.constant({ kind: "good" as const }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("value" as const), value }) },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant("event" as const),
      fields: fieldsOf(
        "id",
        "time",
        "source",
        "detail-type",
        "account",
        "region",
        "detail",
        "event",
        "service",
      ),
      detail: fieldsOf(
        ...["service", "cluster", "taskDefinition", "targetGroupArn", "subnets", "securityGroups", "port"],
        ...["command", "environment", "cpu", "memory", "text", "__proto__"],
      ),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("change" as const),
      lastStatus: fc.constantFrom("STOPPED", "STOPPED", "RUNNING", "DEACTIVATING", ""),
      isReal: fc.boolean(),
      detail: fieldsOf(
        ...["taskArn", "clusterArn", "taskDefinitionArn", "group", "startedBy", "createdAt", "startedAt"],
        ...["stopCode", "stoppedReason", "containers", "version", "attachments"],
      ),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("order" as const),
      type: fc.constantFrom("Stop ECS Tasks", "Stop ECS Tasks", "Sweep", "constructor"),
      fields: fieldsOf("id", "time", "hop", "recheck", "tasks", "detail"),
      detail: fieldsOf("services", "service"),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("reference" as const),
      fields: fieldsOf("key", "sha256", "bytes"),
    }),
  },
);

const event: fc.Arbitrary<Event> = fc.oneof(
  { weight: 4, arbitrary: shallow },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("record" as const),
      layers: fc.oneof(
        { weight: 12, arbitrary: fc.constantFrom(1, 2, 9, 10, 11) },
        { weight: 1, arbitrary: fc.constantFrom(100, 12_000) },
      ),
      context: fieldsOf("requestId", "functionArn", "condition"),
      reason: fieldsOf("attempt", "earlierEnds", "errorType", "errorMessage"),
      event: shallow,
    }),
  },
);

export const input: fc.Arbitrary<Input> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("direct" as const), event }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("batch" as const),
      events: fc.array(event, { minLength: 1, maxLength: 6 }),
      receiveCount: fc.constantFrom("1", "1", "5", "", "NaN", "1e308"),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("request" as const),
      body: event,
      key: fc.option(value, { nil: undefined }),
      isBase64Encoded: fc.boolean(),
      /** Characters that the body ends too early. */
      cut: fc.oneof({ weight: 5, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat(3) }),
    }),
  },
);

const built = (fields: Fields) => Object.fromEntries(fields.map(([name, of]) => [name, build(of)]));

/** Values of the account that an input may contain. */
export type Known = {
  /** A valid event. */
  good: () => unknown;
  /** Detail of an ECS event about a real task. */
  stopped: () => object;
};

export const buildEvent = (given: Event, known: Known): unknown => {
  switch (given.kind) {
    case "good":
      return known.good();
    case "value":
      return build(given.value);
    case "event":
      return { detail: { service: "auth", ...built(given.detail) }, ...built(given.fields) };
    case "order":
      return { "detail-type": given.type, ...built(given.fields), detail: built(given.detail) };
    case "change":
      return {
        source: "aws.ecs",
        "detail-type": "ECS Task State Change",
        detail: {
          clusterArn: "arn:aws:ecs:eu-west-1:123456789012:cluster/engines",
          taskArn: "arn:aws:ecs:eu-west-1:123456789012:task/engines/0123456789abcdef0123456789abcdef",
          taskDefinitionArn: "arn:aws:ecs:eu-west-1:123456789012:task-definition/auth-api:1",
          group: "route-auth",
          ...(given.isReal && known.stopped()),
          lastStatus: given.lastStatus,
          ...built(given.detail),
        },
      };
    case "record": {
      let inner = buildEvent(given.event, known);
      for (let layer = 1; layer < given.layers; layer += 1) {
        inner = { requestContext: { requestId: "r" }, requestPayload: inner };
      }
      return {
        requestContext: { requestId: "r", ...built(given.context) },
        requestPayload: inner,
        responsePayload: built(given.reason),
      };
    }
    case "reference": {
      const sha256 = "0".repeat(64);
      return {
        eventReference: { key: `payloads/${sha256}.json`, sha256, bytes: 1, ...built(given.fields) },
      };
    }
  }
};

/** The input of the function. */
export const buildInput = (given: Input, known: Known): unknown => {
  switch (given.kind) {
    case "direct":
      return buildEvent(given.event, known);
    case "batch":
      return {
        Records: given.events.map((each, index) => ({
          eventSource: "aws:sqs",
          messageId: `message-${index}`,
          body: toJson(buildEvent(each, known)),
          attributes: { ApproximateReceiveCount: given.receiveCount },
        })),
      };
    case "request": {
      const { body, key, isBase64Encoded, cut } = given;
      const text = toJson((buildEvent(body, known) as { detail?: unknown } | null)?.detail ?? null);
      const sent = text.slice(0, text.length - cut);
      return {
        httpMethod: "POST",
        requestContext: { requestId: "request-of-the-api" },
        headers: key === undefined ? {} : { "Idempotency-Key": build(key) },
        body: isBase64Encoded ? Buffer.from(sent).toString("base64") : sent,
        isBase64Encoded,
      };
    }
  }
};
