import { randomBytes } from "node:crypto";
import { gzipSync } from "node:zlib";
import { parseEnvironment } from "../../../handlers/shared/schema";
import { type StartTaskEnvironment, startTaskEnvironment } from "../../../handlers/start-task/environment";
import { route } from "./world";

const packed = (routes: unknown): string => gzipSync(JSON.stringify(routes)).toString("base64");
const { allowOverrides: _, ...given } = route("auth-api", { port: 8080 });
const complete = {
  ROUTES: packed({ auth: given }),
  DEAD_LETTER_QUEUE_URL: "https://sqs.eu-west-1.amazonaws.com/123456789012/dead-letters",
  PAYLOAD_BUCKET: "payloads",
};
const parse = (environment: Record<string, string | undefined>) =>
  parseEnvironment(startTaskEnvironment, environment);

test("unpacks launch routes and sets defaults", () => {
  expect(parse(complete)).toEqual({
    ROUTES: { auth: { ...given, allowOverrides: [] } },
    DEAD_LETTER_QUEUE_URL: complete.DEAD_LETTER_QUEUE_URL,
    PAYLOAD_BUCKET: "payloads",
    DEDUPLICATION_WINDOW_HOURS: 24,
    LOG_LEVEL: "INFO",
    WAIT_FOR: "running",
  });
});

test("parses the settings of a function that waits", () => {
  expect(parse({ ...complete, TASK_WAIT_TIMEOUT: "300", WAIT_FOR: "healthy" })).toMatchObject({
    TASK_WAIT_TIMEOUT: 300,
    WAIT_FOR: "healthy",
  });
});

test("allows a launch route without subnets when tasks use the network of their instance", () => {
  const onInstance = { ...given, subnets: [], networkMode: "bridge", capacity: "EC2" };
  expect(parse({ ...complete, ROUTES: packed({ auth: onInstance }) }).ROUTES.auth).toMatchObject(onInstance);
});

test("takes enableExecuteCommand as true or absent", () => {
  const withShell = { ...given, enableExecuteCommand: true };
  expect(parse({ ...complete, ROUTES: packed({ auth: withShell }) }).ROUTES.auth).toMatchObject(withShell);
  expect(() =>
    parse({ ...complete, ROUTES: packed({ auth: { ...given, enableExecuteCommand: false } }) }),
  ).toThrow("enableExecuteCommand");
});

test("fits fifty launch routes into the 4 KB of a Lambda environment", () => {
  const id = (prefix: string) => `${prefix}-0${randomBytes(8).toString("hex")}`;
  const subnets = [id("subnet"), id("subnet"), id("subnet")];
  const routes = Object.fromEntries(
    Array.from({ length: 50 }, (_each, n) => [
      `service-${n}`,
      {
        cluster: "arn:aws:ecs:eu-west-1:123456789012:cluster/engines",
        family: `engines-service-${n}`,
        container: `service-${n}`,
        subnets,
        securityGroups: [id("sg")],
        port: 8000 + n,
        allowOverrides: ["command", "environment"],
      },
    ]),
  );
  const environment = { ...complete, ROUTES: packed(routes) };
  const size = Object.entries(environment).reduce(
    (sum, [name, value]) => sum + name.length + value.length,
    0,
  );
  expect(size).toBeLessThan(4096);
  expect(Object.keys(parse(environment).ROUTES)).toHaveLength(50);
});

test("does not compile when the infrastructure omits a variable", () => {
  // @ts-expect-error PAYLOAD_BUCKET is missing
  const forgetful: StartTaskEnvironment = { ROUTES: "", DEAD_LETTER_QUEUE_URL: "https://queue" };
  expect(() => parse(forgetful)).toThrow("PAYLOAD_BUCKET");
});

test("names all missing variables at once", () => {
  expect(() => parse({})).toThrow(
    "environment: ROUTES: expected a value, found nothing; DEAD_LETTER_QUEUE_URL: expected a value, found nothing; PAYLOAD_BUCKET: expected a value, found nothing",
  );
});

test.each<[string, Record<string, string>, RegExp]>([
  [
    "routes that are not packed",
    { ROUTES: '{"auth":{}}' },
    /ROUTES: expected base64 of gzipped JSON \(.*incorrect header check\)/,
  ],
  [
    "a route without its cluster",
    { ROUTES: packed({ auth: { ...given, cluster: undefined } }) },
    /expected routes \(auth\.cluster: expected a value, found nothing\)/,
  ],
  [
    "a route without a subnet",
    { ROUTES: packed({ auth: { ...given, subnets: [] } }) },
    /auth\.subnets: expected at least one subnet, found \[\]/,
  ],
  [
    "a route with an unknown field",
    { ROUTES: packed({ auth: { ...given, subnet: "a" } }) },
    /auth\.subnet: expected no such field/,
  ],
  [
    "an override that there is not",
    { ROUTES: packed({ auth: { ...given, allowOverrides: ["cluster"] } }) },
    /auth\.allowOverrides\[0\]: expected \("taskDefinition" \| .*found "cluster"/,
  ],
  ["a wait that is no number", { TASK_WAIT_TIMEOUT: "5 min" }, /TASK_WAIT_TIMEOUT: expected whole seconds/],
  [
    "a capacity that there is not",
    { ROUTES: packed({ auth: { ...given, capacity: "my spot" } }) },
    /auth\.capacity: expected a launch type or the name of a capacity provider, found "my spot"/,
  ],
  [
    "an unknown log level",
    { LOG_LEVEL: "LOUD" },
    /LOG_LEVEL: expected \("DEBUG" \| "INFO" \| "WARN" \| "ERROR"\), found "LOUD"/,
  ],
])("refuses to start with %s", (_name, wrong, reason) => {
  expect(() => parse({ ...complete, ...wrong })).toThrow(reason);
});
