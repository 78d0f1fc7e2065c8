import { gzipSync } from "node:zlib";
import { registerTargetsEnvironment } from "../../../handlers/register-targets/environment";
import { parseEnvironment } from "../../../handlers/shared/schema";

const pack = (routes: unknown): string => gzipSync(JSON.stringify(routes)).toString("base64");
const auth = { cluster: "engines", family: "auth-api", container: "main" };
const group = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/auth/1";
const queue = "https://sqs.eu-west-1.amazonaws.com/123456789012/queue";

const parse = (routes: unknown, more: Record<string, string> = {}) =>
  parseEnvironment(registerTargetsEnvironment, {
    ROUTES: pack(routes),
    DEAD_LETTER_QUEUE_URL: queue,
    RECHECK_QUEUE_URL: queue,
    ...more,
  });

test("unpacks launch routes and sets defaults", () => {
  expect(parse({ auth: { ...auth, port: 8080, targetGroup: group }, job: auth })).toEqual({
    ROUTES: {
      auth: { ...auth, port: 8080, targetGroup: group, targetType: "ip", drainSeconds: 300 },
      job: { ...auth, targetType: "ip", drainSeconds: 300 },
    },
    DEAD_LETTER_QUEUE_URL: queue,
    RECHECK_QUEUE_URL: queue,
    LOG_LEVEL: "INFO",
  });
});

test.each([
  [
    "a target group without a port",
    { auth: { ...auth, targetGroup: group } },
    "expected a port beside the target group",
  ],
  [
    "two services with one target group",
    { auth: { ...auth, port: 1, targetGroup: group }, pdf: { ...auth, port: 2, targetGroup: group } },
    "expected a target group of its own for every service",
  ],
  [
    "a misspelt field",
    { auth: { ...auth, targetGroupArn: group } },
    "auth.targetGroupArn: expected no such field",
  ],
  [
    "an unknown type",
    { auth: { ...auth, targetType: "lambda" } },
    'auth.targetType: expected ("ip" | "instance")',
  ],
])("refuses to start with %s", (_, routes, complaint) => {
  expect(() => parse(routes)).toThrow(complaint);
});

test("names a missing variable", () => {
  expect(() => parse({}, { RECHECK_QUEUE_URL: "" })).toThrow(
    "environment: RECHECK_QUEUE_URL: expected a value",
  );
});
