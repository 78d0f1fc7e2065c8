/** Lists a bucket of as many objects as its argument says, with S3, SQS and ECS that answer at once. */
import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import { createListObjects } from "../handlers/list-objects/list-objects";
import { completeObject, createJob, type Database, getJob } from "../scan-database";
import { databaseSettings } from "../testing/rest-request";
import { ScanDatabases } from "../testing/scan-database";
import { claim, createListedJob, finding } from "../testing/scan-job";
import { largeBucket, listingXml } from "../testing/simulated-bucket";

type SdkRequest = { headers: Record<string, string>; query?: Record<string, string>; body?: unknown };
type Entry = { Id: string; MessageBody: string };

const answerAtOnce = (objects: number) => {
  const bucket = largeBucket(objects);
  const body = ({ headers, query = {}, body: input }: SdkRequest): string => {
    const target = headers["x-amz-target"];
    if (target === undefined) return listingXml(bucket, "", query["start-after"] ?? "");
    if (!target.endsWith("SendMessageBatch")) return '{"services":[{"status":"ACTIVE","desiredCount":1}]}';
    const { Entries } = JSON.parse(String(input)) as { Entries: Entry[] };
    const Successful = Entries.map(({ Id, MessageBody }) => ({
      Id,
      MD5OfMessageBody: createHash("md5").update(MessageBody).digest("hex"),
    }));
    return JSON.stringify({ Successful });
  };
  return {
    handle: async (request: SdkRequest) => ({
      response: { statusCode: 200, headers: {}, body: Readable.from([Buffer.from(body(request))]) },
    }),
  };
};

const list = async (database: Database, objects: number): Promise<number> => {
  const { jobId } = await createJob(database, {
    name: "bench",
    bucket: "data",
    prefix: undefined,
    idempotencyKey: `bench-${objects}`,
    requestHash: "hash",
    windowSeconds: 600,
  });
  const handler = createListObjects({
    database,
    connection: {
      region: "eu-west-1",
      credentials: { accessKeyId: "bench", secretAccessKey: "bench" },
      requestHandler: answerAtOnce(objects) as never,
    },
    environment: {
      ...databaseSettings,
      SQS_QUEUE_URL: "https://sqs.eu-west-1.amazonaws.com/123456789012/scan-jobs",
      ECS_CLUSTER: "scanner",
      ECS_SERVICE: "worker",
      MAX_ATTEMPTS: 3,
      LOST_MESSAGE_MINUTES: 15,
      RESEND_AFTER_HOURS: 24,
    },
    now: Date.now,
    write: () => {},
  });
  const started = performance.now();
  await handler(
    { job_id: jobId },
    {
      awsRequestId: "1",
      functionName: "list-objects",
      invokedFunctionArn: "list-objects",
      getRemainingTimeInMillis: () => 900_000,
    },
  );
  const seconds = (performance.now() - started) / 1000;
  const job = await getJob(database, jobId);
  if (job?.totalObjects !== objects) throw new Error(`${job?.totalObjects} of ${objects} objects are listed`);
  return seconds;
};

const complete = async (database: Database, findings: number): Promise<number> => {
  const { objectIds } = await createListedJob(database, ["a"]);
  const scan = await claim(database, objectIds[0]!);
  const lines = Array.from({ length: findings }, (_, line) => finding(line));
  const started = performance.now();
  await completeObject(database, { ...scan, findings: lines, detectorVersion: "1" });
  return (performance.now() - started) / 1000;
};

const megabytes = (): number => process.memoryUsage().rss / 1e6;

const main = async (objects: number): Promise<void> => {
  const databases = await ScanDatabases.start();
  try {
    const database = await databases.open({ statementTimeoutMs: 60_000 });
    // Compiles the code.
    await list(database, 20_000);
    const before = megabytes();
    let peak = before;
    const timer = setInterval(() => {
      peak = Math.max(peak, megabytes());
    }, 100);
    const seconds = await list(database, objects);
    clearInterval(timer);
    await complete(database, 1_000);
    const completeSeconds = {
      20000: await complete(database, 20_000),
      40000: await complete(database, 40_000),
    };
    console.log(JSON.stringify({ objects, seconds, megabytes: { before, peak }, completeSeconds }));
  } finally {
    await databases.stop();
  }
};

main(Number(process.argv[2] ?? 1_000_000)).catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
