import { listObjectsEnvironment } from "../../../handlers/list-objects/environment";
import { scanEnvironment } from "../../../handlers/scan/environment";
import { parseEnvironment } from "../../../handlers/shared/schema";

const database = { DB_HOST: "db", DB_NAME: "scans", DB_SECRET_ARN: "arn:secret" };
const scan = { ...database, ALLOWED_BUCKETS: "data, other-data", LIST_OBJECTS_FUNCTION: "list-objects" };

test("scan: reads the buckets and sets defaults", () => {
  expect(parseEnvironment(scanEnvironment, scan)).toMatchObject({
    ALLOWED_BUCKETS: ["data", "other-data"],
    DEDUPLICATION_WINDOW_MINUTES: 10,
    LOG_LEVEL: "INFO",
  });
});

test.each([
  ["no bucket", { ALLOWED_BUCKETS: "" }, "ALLOWED_BUCKETS: expected a value"],
  ["an empty bucket", { ALLOWED_BUCKETS: "data,,b" }, "ALLOWED_BUCKETS[1]: expected a value"],
  ["half a minute", { DEDUPLICATION_WINDOW_MINUTES: "0.5" }, "expected whole minutes"],
])("scan: refuses %s", (_what, more, message) => {
  expect(() => parseEnvironment(scanEnvironment, { ...scan, ...more })).toThrow(message);
});

test("list-objects: sets defaults, and needs the queue and the ECS service", () => {
  const service = { SQS_QUEUE_URL: "https://queue", ECS_CLUSTER: "scanner", ECS_SERVICE: "worker" };
  expect(parseEnvironment(listObjectsEnvironment, { ...database, ...service })).toMatchObject({
    MAX_ATTEMPTS: 3,
    LOST_MESSAGE_MINUTES: 15,
    RESEND_AFTER_HOURS: 24,
  });
  expect(() => parseEnvironment(listObjectsEnvironment, database)).toThrow(
    "SQS_QUEUE_URL: expected a value, found nothing",
  );
});
