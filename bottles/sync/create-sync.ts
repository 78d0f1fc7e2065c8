import { createLog, type Log, type WriteLine } from "../../handlers/shared/log";
import { createMetricsEmitter } from "../../handlers/shared/metrics";
import type { ReadSecret } from "../../handlers/shared/secret";
import type { Connection } from "../../handlers/shared/signed-requests";
import { createCheckpoint } from "../hash-file/checkpoint";
import type { Http } from "../http";
import { createMirrorBucket } from "../mirror-bucket";
import { createNotices, type Notices } from "../notices/create-notices";
import type { Post } from "../notices/post";
import { readPlan } from "../plan/read-plan";
import { parseSyncEvent } from "../plan/sync-event";
import { createStore } from "../store/store";
import { type SyncMetric, toSyncMetric } from "../sync-metrics";
import { createClosingSteps } from "./closing-steps";
import type { SyncSettings } from "./environment";
import { createSyncBottles, type SyncResult } from "./sync-bottles";
import type { Timers } from "./timers";

export type SyncParts = {
  settings: SyncSettings;
  connection: Connection;
  http: Http;
  readSecret: ReadSecret;
  timers: Timers;
  /** Tells this process from others of the same run. */
  owner: string;
  /** For what is under way when the host ends, in ms. */
  graceMs: number;
  write: WriteLine;
  /** Default: of the settings' level. */
  log?: Log;
  /** How notices are sent. Default: HTTPS. */
  post?: Post;
  /** Default 5 MiB. */
  pieceBytes?: number;
};

/** A sync of bottles with its settings, the same in a function and in a task. @throws Error when a setting is malformed */
export const createSync = (parts: SyncParts) => {
  const { settings, connection, http, timers, write } = parts;
  const { log = createLog(settings.LOG_LEVEL, write) } = parts;
  const store = createStore(settings.S3_BUCKET_NAME, connection);
  const emit = createMetricsEmitter(undefined, timers.now, write);
  const count = (metric: SyncMetric, value?: number) => emit([toSyncMetric(metric, value)]);
  const checkpoint = createCheckpoint({ store, log, now: timers.now, sleep: timers.sleep });
  const syncBottles = createSyncBottles({
    http,
    store,
    bucket: createMirrorBucket(settings.S3_BUCKET_NAME, connection),
    checkpoint,
    closingSteps: createClosingSteps({ http, store, checkpoint, timers, log, settings }),
    count,
    timers,
    log,
    owner: parts.owner,
    graceMs: parts.graceMs,
    concurrency: settings.DOWNLOAD_CONCURRENCY,
    progressSeconds: settings.PROGRESS_REPORT_INTERVAL,
    folder: settings.TEMP_STORAGE_PATH ?? settings.EFS_MOUNT_PATH,
    ...(parts.pieceBytes !== undefined && { pieceBytes: parts.pieceBytes }),
  });

  const noticesOf = (runId: string): Notices =>
    createNotices({
      store,
      readSecret: parts.readSecret,
      secretName: settings.SLACK_WEBHOOK_SECRET_NAME,
      runId,
      log,
      count,
      sleep: timers.sleep,
      ...(parts.post && { post: parts.post }),
    });

  /**
   * Mirrors the plan that an event names.
   * @param stop aborts when the host ends
   * @throws PermanentError when event, plan, bucket or API files are not as they must be; Error when S3 did not answer
   */
  return async (event: unknown, stop: AbortSignal): Promise<SyncResult> => {
    const { run, plan } = parseSyncEvent(event).detail;
    const notices = noticesOf(run);
    const { bottles } = await readPlan(store, plan).catch(async (error: Error) => {
      await notices.send({ kind: "failed", reason: error.message, details: [] });
      throw error;
    });
    const result = await syncBottles(run, bottles, notices, stop);
    const { failed, ...figures } = result;
    log.info("sync ended", { run, ...figures, failed: failed.length });
    return result;
  };
};
