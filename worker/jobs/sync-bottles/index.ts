import { randomUUID } from "node:crypto";
import { hostname } from "node:os";
import { createHttp } from "../../../bottles/http";
import { createRequestHandler } from "../../../bottles/sync/create-request-handler";
import { createSync } from "../../../bottles/sync/create-sync";
import { syncEnvironment } from "../../../bottles/sync/environment";
import { realTimers } from "../../../bottles/sync/timers";
import { createReadSecret } from "../../../handlers/shared/secret";
import { connectionOf } from "../../connection";
import { defineJob } from "../../job";

/** For downloads that are nearly done when ECS stops the task. SIGKILL follows 30 s after SIGTERM. */
const graceMs = 8_000;

/** Mirrors the bottles of the plan that the event names. Exits with 1 while bottles are left, so that the launcher retries. */
export const syncBottles = defineJob(
  syncEnvironment,
  async ({ event, environment, log, write, s3, signal }) => {
    const connection = { ...(await connectionOf(s3())), requestHandler: createRequestHandler() };
    const sync = createSync({
      settings: environment,
      connection,
      // One for each download, and some for the indexes.
      http: createHttp({ connections: environment.DOWNLOAD_CONCURRENCY + 2 }),
      readSecret: createReadSecret(connection),
      timers: realTimers,
      owner: `${hostname()} ${randomUUID()}`,
      graceMs,
      write,
      log,
    });
    const { outcome, reason, left } = await sync(event, signal);
    if (outcome === "complete") return 0;
    log.error("bottles are not mirrored", { outcome, reason, left });
    return 1;
  },
);
