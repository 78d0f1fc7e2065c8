import type { Log } from "../../handlers/shared/log";
import { listFirst } from "../../handlers/shared/text";
import type { SizedBottle } from "../bottle";
import type { Checkpoint } from "../hash-file/checkpoint";
import type { Http } from "../http";
import type { MirrorBucket } from "../mirror-bucket";
import { blobKeyOf, fileNameOf, indexKeyOf } from "../names";
import type { Notices } from "../notices/create-notices";
import { createFetchIndex } from "../registry";
import type { Store } from "../store/store";
import type { SyncCount } from "../sync-metrics";
import { createDownload } from "./download";
import { createFilePieces } from "./file-pieces";
import { takeLease } from "./lease";
import { createMirrorBottles, type FailedBottle } from "./mirror-bottles";
import { createMirrorIndexes } from "./mirror-indexes";
import { createPace } from "./pace";
import { createRecorder, type Recorder } from "./recorder";
import { createSlabs } from "./slabs";
import { createStaging } from "./staged-bottle";
import { createStopping, type Stopping } from "./stopping";
import { every, type Timers } from "./timers";
import { createTransfer } from "./transfer";
import { createUploadPieces, findLeftovers } from "./upload-pieces";

/** A step after all bottles and indexes are in the mirror. */
export type ClosingStep = {
  /** What it does, for the log. */
  name: string;
  /** @throws Error when it has failed: the run fails, too */
  run(): Promise<{
    /** What the reader of the notice should know. */
    warnings?: readonly string[];
    /** Objects that were deleted. */
    removed?: number;
  }>;
};

export type SyncBottlesParts = {
  http: Http;
  store: Store;
  bucket: MirrorBucket;
  checkpoint: Checkpoint;
  notices: Notices;
  /** In their order. */
  closingSteps: readonly ClosingStep[];
  count: SyncCount;
  timers: Timers;
  log: Log;
  /** Tells this process from others of the same run. */
  owner: string;
  settings: {
    host: "function" | "task";
    /** Bottles that are downloaded at the same time. */
    concurrency: number;
    /** Seconds between two notices of progress. */
    progressSeconds: number;
    /** For what is under way when the host ends, in ms. */
    graceMs: number;
    /** Folder for large bottles until their digest is known. Absent: the bucket. */
    folder?: string | undefined;
    /** Default 8 MiB. S3 takes 5 MiB or more. */
    pieceBytes?: number;
  };
  /** Called with the number of bytes that have arrived. */
  onBytes?: (bytes: number) => void;
};

export type SyncOutcome =
  /** The mirror has all that was planned. */
  | "complete"
  /** It has all but bottles that are corrupt or gone in the registry. */
  | "incomplete"
  /** The host ended first. */
  | "stopped"
  /** The registry or the bucket did not answer. */
  | "unavailable"
  /** Another run holds the lease. */
  | "busy";

export type SyncResult = {
  outcome: SyncOutcome;
  /** Bottles that this run has mirrored. */
  mirrored: number;
  /** Of the mirrored bottles. */
  bytes: number;
  failed: FailedBottle[];
  /** Bottles and indexes that another run has to mirror. */
  left: number;
  /** Why it is not complete, for people. */
  reason?: string;
};

const defaultPieceBytes = 8 * 1024 * 1024;
const maxDetails = 20;

const nothing = { mirrored: 0, bytes: 0, failed: [], left: 0 };

/** One bottle of each index. */
const oneOfEachIndex = (bottles: readonly SizedBottle[]): Map<string, SizedBottle> =>
  new Map(bottles.map((bottle) => [indexKeyOf(bottle), bottle]));

/** Sizes of the objects with these keys that the bucket has. */
const findPresent = async (
  store: Store,
  keys: ReadonlySet<string>,
  prefix: string,
): Promise<Map<string, number>> => {
  const present = new Map<string, number>();
  for await (const { key, size } of store.list(prefix)) if (keys.has(key)) present.set(key, size);
  return present;
};

const describeFailed = (failed: readonly FailedBottle[]): string[] =>
  listFirst(failed, maxDetails, ({ bottle, kind, reason }) => `${fileNameOf(bottle)}: ${kind}: ${reason}`);

/**
 * Mirrors what a plan names and the bucket lacks: bottles, then the indexes of their formulae, then what clients read first.
 * Whatever ends it, no client sees an object that is not whole, and the next run goes on where it has ended.
 * @param stop aborts when the host ends
 * @throws PermanentError when the bucket refuses; Error when S3 did not answer at the beginning, or a closing step fails
 */
export const createSyncBottles = (parts: SyncBottlesParts) => {
  const { http, store, bucket, notices, count, timers, log, settings } = parts;
  const { concurrency, progressSeconds } = settings;

  const mirror = async (
    planned: readonly SizedBottle[],
    stopping: Stopping,
    recorder: Recorder,
  ): Promise<SyncResult> => {
    const startedAt = timers.now();
    const indexes = oneOfEachIndex(planned);
    const keys = new Set([...planned.map(blobKeyOf), ...indexes.keys()]);
    const present = await findPresent(store, keys, "v2/homebrew/core/");
    const missing = new Map<string, SizedBottle>();
    for (const bottle of planned) {
      const key = blobKeyOf(bottle);
      const size = present.get(key);
      if (size === undefined) missing.set(key, bottle);
      // A run that was killed may not have recorded it.
      else recorder.add(bottle, size, false);
    }
    const bottles = [...missing.values()];
    const bytes = bottles.reduce((sum, { size = 0 }) => sum + size, 0);
    const seconds = (): number => (timers.now() - startedAt) / 1000;
    log.info("sync starts", { planned: planned.length, missing: bottles.length, bytes });
    if (bottles.length > 0)
      await notices.send({ kind: "started", bottles: bottles.length, bytes, host: settings.host });

    const wanted = new Set(bottles.map(({ sha256 }) => sha256));
    const openPieces =
      settings.folder === undefined
        ? createUploadPieces(
            bucket,
            store,
            await findLeftovers(bucket, store, (sha256) => wanted.has(sha256)),
          )
        : createFilePieces(bucket, settings.folder);
    const pace = createPace(concurrency, timers);
    const slabs = createSlabs(settings.pieceBytes ?? defaultPieceBytes);
    let doneBytes = 0;
    let done = 0;
    const mirrorBottles = createMirrorBottles({
      transfer: createTransfer({
        openStaged: createStaging({ bucket, slabs, openPieces }),
        download: createDownload({
          http,
          pace,
          timers,
          onBytes: (arrived) => {
            doneBytes += arrived;
            parts.onBytes?.(arrived);
          },
        }),
        onCorrupt: (bottle, found) =>
          log.warn("corrupt download refused", {
            bottle: fileNameOf(bottle),
            expected: bottle.sha256,
            found,
          }),
      }),
      pace,
      recorder: {
        ...recorder,
        add: (...added) => {
          done += 1;
          recorder.add(...added);
        },
      },
      timers,
      stopping,
      count,
      log,
      concurrency,
    });
    const endProgress = every(timers, progressSeconds * 1000, () =>
      notices.send({
        kind: "progress",
        done,
        bottles: bottles.length,
        doneBytes: Math.min(doneBytes, bytes),
        bytes,
        seconds: seconds(),
      }),
    );
    try {
      const ofBottles = await mirrorBottles(bottles);
      const ofIndexes = await createMirrorIndexes({
        fetchIndex: createFetchIndex(http, { sleep: timers.sleep }),
        bucket,
        stopping,
        log,
        concurrency,
      })([...indexes.values()].filter((bottle) => !present.has(indexKeyOf(bottle))));
      const left = ofBottles.left.length + ofIndexes.left.length;
      const { mirrored, failed } = ofBottles;
      const reason = ofBottles.lastError ?? ofIndexes.lastError;
      const result = { mirrored, bytes: ofBottles.bytes, failed, left };
      if (left === 0) return { ...result, outcome: failed.length === 0 ? "complete" : "incomplete" };
      return reason === undefined
        ? { ...result, outcome: "stopped" }
        : { ...result, outcome: "unavailable", reason };
    } finally {
      await endProgress();
    }
  };

  const close = async (result: SyncResult, startedAt: number): Promise<void> => {
    const warnings: string[] = [];
    let removed = 0;
    for (const { name, run } of parts.closingSteps) {
      log.debug("closing step", { name });
      const done = await run();
      warnings.push(...(done.warnings ?? []));
      removed += done.removed ?? 0;
    }
    const { mirrored, bytes, failed } = result;
    if (result.outcome === "complete")
      await notices.send({
        kind: "succeeded",
        mirrored,
        bytes,
        seconds: (timers.now() - startedAt) / 1000,
        removed,
        warnings,
      });
    else
      await notices.send({
        kind: "failed",
        reason: `${failed.length} bottles are corrupt or gone in the registry`,
        mirrored,
        bottles: mirrored + failed.length,
        details: [...describeFailed(failed), ...warnings],
      });
  };

  return async (run: string, planned: readonly SizedBottle[], stop: AbortSignal): Promise<SyncResult> => {
    const startedAt = timers.now();
    const lease = await takeLease({ store, timers, log, run, owner: parts.owner, stop });
    if ("holder" in lease)
      return { ...nothing, outcome: "busy", reason: `the run ${lease.holder} holds the lease` };
    const stopping = createStopping(stop, timers, settings.graceMs);
    const loseLease = () => stopping.fail(lease.lost.reason as Error);
    lease.lost.addEventListener("abort", loseLease, { once: true });
    const recorder = createRecorder({ checkpoint: parts.checkpoint, count, timers, log });
    try {
      const result = await mirror(planned, stopping, recorder);
      await recorder.flush();
      const failure = stopping.failure();
      if (failure) throw failure;
      if (result.left === 0) await close(result, startedAt);
      else if (result.outcome === "unavailable")
        await notices.send({
          kind: "failed",
          reason: result.reason ?? "",
          mirrored: result.mirrored,
          bottles: result.mirrored + result.left,
          details: describeFailed(result.failed),
        });
      return result;
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      if (lease.lost.aborted && error === lease.lost.reason) return { ...nothing, outcome: "busy", reason };
      await notices.send({ kind: "failed", reason, details: [] });
      throw error;
    } finally {
      await recorder.stop();
      stopping.dispose();
      await lease.release();
    }
  };
};

export type SyncBottles = ReturnType<typeof createSyncBottles>;
