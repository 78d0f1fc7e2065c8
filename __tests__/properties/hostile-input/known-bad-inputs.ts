import { toJson } from "../../../handlers/shared/json";
import type { Known } from "./input";
import { build, type Value } from "./value";

const auth = (detail: Record<string, unknown>) => ({ detail: { service: "auth", ...detail } });

const request = (body: string, more: Record<string, unknown> = {}) => ({
  httpMethod: "POST",
  requestContext: { requestId: "request-of-the-api" },
  headers: {},
  body,
  ...more,
});
const nested = (nested: "arrays" | "objects" | "records", levels: number) => build({ nested, levels });
const filled = (length: number, of: Value) => build({ array: length, of });
const ones = (bytes: number) => filled(bytes / 2, { is: 1 });
const failureRecord = (event: unknown, responsePayload: unknown) => ({
  requestContext: { requestId: "r" },
  requestPayload: event,
  responsePayload,
});
const batch = (...bodies: string[]) => ({
  Records: bodies.map((body, index) => ({ eventSource: "aws:sqs", messageId: `message-${index}`, body })),
});
const stopped = (known: Known, detail: Record<string, unknown>) => ({
  source: "aws.ecs",
  "detail-type": "ECS Task State Change",
  detail: { ...known.stopped(), ...detail },
});
const changed = (known: Known, detail: Record<string, unknown>) => {
  const event = stopped(known, detail);
  return { ...event, detail: { ...event.detail, lastStatus: "RUNNING" } };
};
const stop = (detail: Record<string, unknown>) => ({ "detail-type": "Stop ECS Tasks", detail });
const unknownTask = `arn:aws:ecs:eu-west-1:123456789012:task/engines/${"0".repeat(32)}`;
const reference = (key: string) => ({ eventReference: { key, sha256: "0".repeat(64), bytes: 1 } });

type BadInput = [what: string, input: (known: Known) => unknown];

const events: BadInput[] = [
  ["a service of 250 KB", () => ({ detail: { service: "x".repeat(250_000) } })],
  ["a service of 125,000 quotes", () => ({ detail: { service: '"'.repeat(125_000) } })],
  ["a family of 250 KB", () => ({ detail: { taskDefinition: "x".repeat(250_000) } })],
  ["a command of 125,000 numbers", () => auth({ command: ones(250_000) })],
  ["a command of 500,000 numbers", () => auth({ command: ones(1_000_000) })],
  [
    "25,000 variables that are numbers",
    () => auth({ environment: build({ object: 25_000, of: { is: 7 } }) }),
  ],
  ["a variable with a name of 250 KB", () => auth({ environment: { ["\u0001".repeat(250_000)]: 7 } })],
  ["100,000 things instead of an event", () => filled(100_000, { is: {} })],
  ["a text of 5.8 MB instead of an event", () => "x".repeat(5_800_000)],
  ["a detail of 5.8 MB that is a list", () => ({ detail: ones(5_800_000) })],
  ["5.8 MB that the container is to get", () => auth({ text: "ü".repeat(2_900_000) })],
  ["an id of 250 KB", () => ({ id: "\n".repeat(250_000), ...auth({}) })],
  ["an id of halves of characters", () => ({ id: "\ud800".repeat(1_000), ...auth({}) })],
  ["10,000 arrays within each other", () => auth({ text: nested("arrays", 10_000) })],
  [
    "10,000 objects within each other, as what should be a text",
    () => auth({ cpu: nested("objects", 10_000) }),
  ],
  [
    "prototypes",
    () => JSON.parse('{"__proto__":{"detail":{"service":"auth"}},"detail":{"__proto__":{"service":"auth"}}}'),
  ],
  ["a service that every object has", () => ({ detail: { service: "constructor" } })],
  ["the last instant", () => ({ time: "+275760-09-13T00:00:00.000Z", ...auth({}) })],
  ["the first instant", () => ({ time: "-271821-04-20T00:00:00.000Z", ...auth({}) })],
  [
    "a cluster of somebody else's",
    () => auth({ cluster: "arn:aws:ecs:us-east-1:999999999999:cluster/engines" }),
  ],
  ["attempt 1e308", () => failureRecord(auth({}), { attempt: 1e308 })],
  ["attempt -1", () => failureRecord(auth({}), { attempt: -1 })],
  [
    "1e308 earlier failures",
    () =>
      failureRecord(auth({}), { attempt: 1, earlierEnds: { unstarted: 0, failed: 1e308, interrupted: 0 } }),
  ],
  ["12,000 nested failure records", () => nested("records", 12_000)],
  [
    "a failure record with a request id of 250 KB",
    () => ({ ...failureRecord({}, {}), requestContext: { requestId: "x".repeat(250_000) } }),
  ],
  ["a reference to a record", () => reference("launches/x.json")],
  ["a reference out of the folder", () => reference("payloads/../launches/x.json")],
  ["a reference to nothing", () => reference(`payloads/${"0".repeat(64)}.json`)],
  ["a reference of 250 KB", () => reference("x".repeat(250_000))],
  [
    "a task with 25,000 containers",
    (known) =>
      stopped(known, {
        containers: filled(25_000, { is: { name: "main", exitCode: 3, reason: "x".repeat(100) } }),
      }),
  ],
  ["a task whose ARN has 250 KB", (known) => stopped(known, { taskArn: "x".repeat(250_000) })],
  [
    "a task that is of no launch",
    (known) => stopped(known, { startedBy: `e/${"A".repeat(43)}`, stopCode: "x".repeat(250_000) }),
  ],
];

const orders: BadInput[] = [
  ["a stop of 125,000 numbers", () => stop({ services: ones(250_000) })],
  ["a stop of 500,000 numbers", () => stop({ services: ones(1_000_000) })],
  [
    "a stop of 20,000 unknown names",
    () => stop({ services: Object.keys(build({ object: 20_000, of: { is: 0 } }) as object) }),
  ],
  ["a stop of a name of 250 KB", () => stop({ services: ["x".repeat(250_000)] })],
  ["a stop of one service 100,000 times", () => stop({ services: filled(100_000, { is: "auth" }) })],
  ["a stop with an id of 250 KB", () => ({ ...stop({ services: ["auth"] }), id: "\n".repeat(250_000) })],
  [
    "a stop at the last instant",
    () => ({ ...stop({ services: ["auth"] }), time: "+275760-09-13T00:00:00.000Z" }),
  ],
  [
    "a stop at the first instant",
    () => ({ ...stop({ services: ["auth"] }), time: "-271821-04-20T00:00:00.000Z" }),
  ],
  [
    "a reminder of 100,000 tasks that do not exist",
    () => ({ recheck: "auth", tasks: filled(100_000, { is: "task" }) }),
  ],
  [
    "a reminder of 100 tasks that ECS does not know",
    () => ({ recheck: "auth", tasks: filled(100, { is: unknownTask }) }),
  ],
  ["a reminder of a service name of 250 KB", () => ({ recheck: "x".repeat(250_000) })],
  ["a hop of 1e308", () => ({ recheck: "auth", hop: 1e308 })],
  ["a type of 250 KB", () => ({ "detail-type": "x".repeat(250_000) })],
  [
    "a change with 25,000 attachments that are none",
    (known) => changed(known, { attachments: ones(50_000) }),
  ],
  ["a change of version 1e308", (known) => changed(known, { version: 1e308 })],
];

const bucketCreated = (detail: Record<string, unknown>) => ({
  source: "aws.s3",
  "detail-type": "AWS API Call via CloudTrail",
  account: "123456789012",
  region: "eu-west-1",
  detail: { eventName: "CreateBucket", requestParameters: { bucketName: "bucket" }, ...detail },
});
const hub = (findings: unknown) => ({
  source: "aws.securityhub",
  "detail-type": "Security Hub Findings - Imported",
  account: "123456789012",
  region: "eu-west-1",
  detail: { findings },
});

const findings: BadInput[] = [
  [
    "a bucket with a name of 5.8 MB",
    () => bucketCreated({ requestParameters: { bucketName: "x".repeat(5_800_000) } }),
  ],
  ["a call with 5.8 MB that the container is to get", () => bucketCreated({ text: "ü".repeat(2_900_000) })],
  ["100,000 resources of a call", () => bucketCreated({ resources: filled(100_000, { is: {} }) })],
  ["100,000 findings", () => hub(filled(100_000, { is: {} }))],
  [
    "a finding of 100,000 types",
    () => hub([{ Id: "f", Types: filled(100_000, { is: "x" }), Resources: [] }]),
  ],
  [
    "a finding of 1,001 resources",
    () => hub([{ Id: "f", Resources: filled(1_001, { is: { Type: "AwsS3Bucket", Id: "arn:aws:s3:::b" } }) }]),
  ],
  [
    "a run of a finding of 250 KB",
    () => ({ event: bucketCreated({}), run: { finding: "x".repeat(250_000) } }),
  ],
  [
    "a run of an event in an event",
    () => ({ event: { event: bucketCreated({}), run: {} }, run: { finding: "f" } }),
  ],
];

const requests: BadInput[] = [
  ["nothing", () => request("")],
  ["no JSON", () => request("{".repeat(250_000))],
  ["no base64", () => request("ü%%", { isBase64Encoded: true })],
  ["256 KB of numbers", () => request(toJson({ service: "auth", command: ones(256_000) }))],
  ["1 MB of numbers", () => request(toJson({ service: "auth", command: ones(1_000_000) }))],
  ["5.8 MB of numbers", () => request(toJson({ service: "auth", command: ones(5_800_000) }))],
  ["5.8 MB for the container", () => request(toJson({ service: "auth", text: "x".repeat(5_800_000) }))],
  ["10,000 levels", () => request(toJson(nested("arrays", 10_000)))],
  ["a failure record", () => request(toJson(failureRecord(auth({}), { attempt: 7 })))],
  ["a service of quotes", () => request(toJson({ service: '"'.repeat(250_000) }))],
  ["an empty key", () => request('{"service":"auth"}', { headers: { "Idempotency-Key": "" } })],
  [
    "a key of 250 KB",
    () => request('{"service":"auth"}', { headers: { "Idempotency-Key": "\r\n".repeat(125_000) } }),
  ],
  [
    "a request id of 250 KB",
    () => request('{"service":"auth"}', { requestContext: { requestId: "x".repeat(250_000) } }),
  ],
].map(([what, input]) => [`a request with ${what}`, input] as BadInput);

/** Inputs that have broken functions, here or elsewhere. */
export const knownBadInputs: BadInput[] = [
  ...events,
  ...orders,
  ...findings,
  ...requests,
  ...[...events, ...orders, ...findings].map(
    ([what, input]): BadInput => [
      `among good messages: ${what}`,
      (known) => {
        const good = () => toJson(known.good());
        return batch(good(), toJson(input(known)), good());
      },
    ],
  ),
  ["a batch that holds no JSON", (known) => batch("{", toJson(known.good()), "\ud800", "")],
  ["a batch that is none", () => ({ Records: filled(100_000, { is: { eventSource: "aws:sqs" } }) })],
];
