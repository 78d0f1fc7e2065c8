/** Syncs the bottles of a file from Homebrew's stand-in to an object store, as the task does. */
import { readFileSync } from "node:fs";
import { createHttp } from "../bottles/http";
import { createSyncEvent } from "../bottles/plan/sync-event";
import { writePlan } from "../bottles/plan/write-plan";
import { createStore } from "../bottles/store/store";
import { createRequestHandler } from "../bottles/sync/create-request-handler";
import { createSync } from "../bottles/sync/create-sync";
import { syncEnvironment } from "../bottles/sync/environment";
import { realTimers } from "../bottles/sync/timers";
import { parseEnvironment } from "../handlers/shared/schema";

const bucket = "mirror";

const main = async (file: string, concurrency: string): Promise<void> => {
  const { endpoint, bottles } = JSON.parse(readFileSync(file, "utf8"));
  const connection = {
    region: "eu-west-1",
    endpoint,
    credentials: { accessKeyId: "bench", secretAccessKey: "bench" },
    requestHandler: createRequestHandler(),
  };
  const { reference } = await writePlan(createStore(bucket, connection), "bench", bottles);
  const sync = createSync({
    settings: parseEnvironment(syncEnvironment, {
      S3_BUCKET_NAME: bucket,
      DOWNLOAD_CONCURRENCY: concurrency,
      LOG_LEVEL: "ERROR",
    }),
    connection,
    http: createHttp({ connections: Number(concurrency) + 2 }),
    readSecret: async () => "",
    timers: realTimers,
    owner: "bench",
    graceMs: 1_000,
    write: () => {},
  });
  const started = performance.now();
  const before = process.cpuUsage();
  const { outcome, mirrored, bytes } = await sync(
    createSyncEvent("bench", reference),
    new AbortController().signal,
  );
  const seconds = (performance.now() - started) / 1000;
  const { user, system } = process.cpuUsage(before);
  if (outcome !== "complete" || mirrored !== bottles.length)
    throw new Error(`${mirrored} of ${bottles.length} bottles are mirrored: ${outcome}`);
  const peakMb = process.resourceUsage().maxRSS / 1024;
  console.log(JSON.stringify({ bytes, seconds, cpuSeconds: (user + system) / 1e6, peakMb }));
  process.exit(0);
};

main(process.argv[2]!, process.argv[3]!).catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
