import { hostname } from "node:os";
import { SQSClient } from "@aws-sdk/client-sqs";
import { createMetricsEmitter } from "../../../handlers/shared/metrics";
import { createScanCount } from "../../../handlers/shared/scan-metrics";
import { createReadSecret } from "../../../handlers/shared/secret";
import { connect, createReadCredentials } from "../../../scan-database";
import { connectionOf } from "../../connection";
import { defineJob } from "../../job";
import { createTaskProtection } from "../../queue/task-protection";
import { workOnQueue } from "../../queue/work-on-queue";
import { createDatabaseReady } from "./database-ready";
import { scanObjectsEnvironment } from "./environment";
import { createHandleObject } from "./handle-object";
import { deriveHashKey } from "./hash-key";
import { createScanner } from "./scan-thread";

// 500 MB at 1 MB a second, and a margin. The worker renews it while it is alive.
const protectionMinutes = 30;
const statementTimeoutMs = 60_000;

/** Scans the objects that a queue names, one after the other, until ECS stops the task. */
export const scanObjects = defineJob(
  scanObjectsEnvironment,
  async ({ environment, log, write, s3, signal }) => {
    const connection = await connectionOf(s3());
    const hashKey = await deriveHashKey(connection, environment.HASH_KEY_ID);
    const database = connect({
      settings: environment,
      readCredentials: createReadCredentials(createReadSecret(connection), environment.DB_SECRET_ARN),
      // One for the scan, one for its lease.
      maxConnections: 2,
      statementTimeoutMs,
    });
    const scanner = createScanner();
    const emit = createMetricsEmitter(environment.WORKER_NAME, Date.now, write);
    try {
      await workOnQueue({
        sqs: new SQSClient(),
        queueUrl: environment.SQS_QUEUE_URL,
        visibilitySeconds: environment.VISIBILITY_TIMEOUT,
        waitSeconds: environment.POLL_WAIT_TIME,
        idleMs: 5_000,
        protection: createTaskProtection(environment.ECS_AGENT_URI, protectionMinutes, log),
        isReady: createDatabaseReady(database, log),
        log,
        signal,
        handle: createHandleObject({
          database,
          scanner,
          hashKey,
          worker: hostname(),
          leaseSeconds: environment.VISIBILITY_TIMEOUT,
          maxAttempts: environment.MAX_ATTEMPTS,
          maxFileSize: environment.MAX_FILE_SIZE,
          log,
          count: (metric, value) => emit([createScanCount(metric, value)]),
          signal,
        }),
      });
    } finally {
      await scanner.stop();
      await database.end();
    }
    return 0;
  },
  "none",
);
