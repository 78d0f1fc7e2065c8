import type { Context } from "aws-lambda";
import type { SizedBottle } from "../../bottles/bottle";
import { createCheckpoint } from "../../bottles/hash-file/checkpoint";
import type { Http, RetrySettings } from "../../bottles/http";
import { createNotices, type Notices } from "../../bottles/notices/create-notices";
import type { Post } from "../../bottles/notices/post";
import { decideHost, type Host } from "../../bottles/plan/decide-host";
import type { PlanReference } from "../../bottles/plan/plan";
import { planKeyOf } from "../../bottles/plan/plan-key";
import { readPlan } from "../../bottles/plan/read-plan";
import { createSyncEvent } from "../../bottles/plan/sync-event";
import { hashBytes, writePlan } from "../../bottles/plan/write-plan";
import { createFetchIndex } from "../../bottles/registry";
import { createStore } from "../../bottles/store/store";
import { type SyncMetric, toSyncMetric } from "../../bottles/sync-metrics";
import { nameOfError } from "../shared/failures";
import type { InvokeAsync } from "../shared/invoke-async";
import { createLog, toErrorFields, type WriteLine, writeToStdout } from "../shared/log";
import { createMetricsEmitter } from "../shared/metrics";
import type { Sleep } from "../shared/poll";
import type { ReadSecret } from "../shared/secret";
import type { Connection } from "../shared/signed-requests";
import { type CreatedPlan, createCreatePlan } from "./create-plan";
import type { PlanSyncSettings } from "./environment";
import { readRunId } from "./run-id";

export type PlanSyncParts = {
  connection: Connection;
  http: Http;
  readSecret: ReadSecret;
  invokeAsync: InvokeAsync;
  environment: PlanSyncSettings;
  now: () => number;
  sleep: Sleep;
  retries?: RetrySettings;
  /** How notices are sent. Default: HTTPS. */
  post?: Post;
  /** Where log and metrics go. Default stdout. */
  write?: WriteLine;
};

export type PlanSyncResult = {
  run: string;
  /** `nothing-new`: there is nothing to download, and only API files are looked at. */
  outcome: "nothing-new" | Host;
  /** Bottles of the plan. */
  bottles: number;
  /** Their size, by estimate where the registry does not have it. */
  bytes: number;
};

export type PlanSyncInvocation = Pick<Context, "awsRequestId" | "getRemainingTimeInMillis">;

/** What is left for the plan and the invocation when no further index is fetched. */
const reserveMs = 90_000;

/**
 * The function `plan-sync`: finds out which bottles the mirror lacks, writes the plan of the run, and starts the function or
 * the task that downloads them. It can be repeated: a run has one plan, one task and one notice of each kind.
 */
export const createPlanSync = (parts: PlanSyncParts) => {
  const { connection, http, environment, now, sleep, retries, write = writeToStdout } = parts;
  const log = createLog(environment.LOG_LEVEL, write);
  const store = createStore(environment.S3_BUCKET_NAME, connection);
  const emit = createMetricsEmitter(undefined, now, write);
  const count = (metric: SyncMetric, value?: number) => emit([toSyncMetric(metric, value)]);
  const { EXTERNAL_HASH_FILE_URL: url, EXTERNAL_HASH_FILE_S3_KEY: key } = environment;
  const externalBucket = environment.EXTERNAL_HASH_FILE_S3_BUCKET ?? environment.S3_BUCKET_NAME;
  const externalObject =
    key === undefined ? undefined : { store: createStore(externalBucket, connection), key };

  const createPlan = createCreatePlan({
    store,
    http,
    fetchIndex: createFetchIndex(http, retries),
    checkpoint: createCheckpoint({ store, log, now, sleep }),
    ...(retries && { retries }),
    catalogueUrl: environment.CATALOGUE_URL,
    platforms: environment.TARGET_PLATFORMS,
    externalHashFile: url === undefined ? externalObject : { url },
    log,
    now,
  });

  /** The plan that an earlier attempt of this run has written. */
  const readExisting = async (
    runId: string,
  ): Promise<{ reference: PlanReference; bottles: readonly SizedBottle[] } | undefined> => {
    const object = await store.read(planKeyOf(runId));
    if (object === undefined) return undefined;
    const reference = { key: planKeyOf(runId), sha256: hashBytes(object.bytes) };
    return { reference, bottles: (await readPlan(store, reference)).bottles };
  };

  const start = async (
    runId: string,
    reference: PlanReference,
    bottles: readonly SizedBottle[],
    created: Pick<CreatedPlan, "mirrored" | "warnings"> | undefined,
    notices: Notices,
  ): Promise<PlanSyncResult> => {
    const { host, reason, bytes, seconds, unknownSizes } = decideHost(bottles, {
      thresholdGb: environment.SIZE_THRESHOLD_GB,
      limitSeconds: environment.LIMIT_SECONDS,
      concurrency: environment.DOWNLOAD_CONCURRENCY,
    });
    const outcome = bottles.length === 0 ? "nothing-new" : host;
    log.info("run is started", {
      run: runId,
      outcome,
      reason,
      bottles: bottles.length,
      bytes,
      seconds,
      unknownSizes,
    });
    await parts.invokeAsync(
      host === "task" ? environment.LAUNCH_FUNCTION_ARN : environment.SYNC_FUNCTION_ARN,
      JSON.stringify(createSyncEvent(runId, reference)),
    );
    const warnings = created?.warnings ?? [];
    if (outcome === "nothing-new")
      await notices.send({ kind: "nothing-new", mirrored: created?.mirrored, warnings });
    else await notices.send({ kind: "started", bottles: bottles.length, bytes, host, warnings });
    return { run: runId, outcome, bottles: bottles.length, bytes };
  };

  const plan = async (runId: string, isLate: () => boolean, notices: Notices): Promise<PlanSyncResult> => {
    const existing = await readExisting(runId);
    if (existing !== undefined) {
      log.info("this run has a plan already", { run: runId, bottles: existing.bottles.length });
      return start(runId, existing.reference, existing.bottles, undefined, notices);
    }
    const created = await createPlan(isLate);
    const { reference, isNew } = await writePlan(store, runId, created.bottles);
    if (!isNew) {
      const { bottles } = await readPlan(store, reference);
      return start(runId, reference, bottles, created, notices);
    }
    count("bottlesPlanned", created.bottles.length);
    return start(runId, reference, created.bottles, created, notices);
  };

  return async (event: unknown, invocation: PlanSyncInvocation): Promise<PlanSyncResult> => {
    const runId = readRunId(event, invocation.awsRequestId);
    const notices = createNotices({
      store,
      readSecret: parts.readSecret,
      secretName: environment.SLACK_WEBHOOK_SECRET_NAME,
      runId,
      log,
      count,
      sleep,
      ...(parts.post && { post: parts.post }),
    });
    try {
      return await plan(runId, () => invocation.getRemainingTimeInMillis() < reserveMs, notices);
    } catch (error) {
      log.error("run cannot be planned", { run: runId, ...toErrorFields(error) });
      const reason = error instanceof Error ? error.message : String(error);
      await notices.send({ kind: "failed", reason: `${nameOfError(error)}: ${reason}`, details: [] });
      throw error;
    }
  };
};
