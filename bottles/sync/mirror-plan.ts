import type { Log } from "../../handlers/shared/log";
import type { Bottle, SizedBottle } from "../bottle";
import type { Http } from "../http";
import type { MirrorBucket } from "../mirror-bucket";
import { blobKeyOf, fileNameOf, indexKeyOf, registryFolder } from "../names";
import type { Notices } from "../notices/create-notices";
import { createFetchIndex } from "../registry";
import type { Store } from "../store/store";
import type { SyncCount } from "../sync-metrics";
import { createDownload } from "./download";
import { createFilePieces } from "./file-pieces";
import { createMirrorBottles, type MirroredBottles } from "./mirror-bottles";
import { createMirrorIndexes } from "./mirror-indexes";
import { createPace } from "./pace";
import type { OpenPieceStore } from "./piece-store";
import type { Recorder } from "./recorder";
import { createSlabs } from "./slabs";
import { createStaging } from "./staged-bottle";
import type { Stopping } from "./stopping";
import { every, type Timers } from "./timers";
import { createTransfer } from "./transfer";
import { createUploadPieces, findLeftovers, type Leftovers } from "./upload-pieces";

export type MirrorPlanParts = {
  http: Http;
  store: Store;
  bucket: MirrorBucket;
  notices: Notices;
  recorder: Recorder;
  stopping: Stopping;
  count: SyncCount;
  timers: Timers;
  log: Log;
  /** Bottles that are downloaded at the same time. */
  concurrency: number;
  /** Seconds between two notices of progress. */
  progressSeconds: number;
  /** Folder for large bottles until their digest is known. Absent: the bucket. */
  folder?: string | undefined;
  /** Default 5 MiB, the least that S3 takes. */
  pieceBytes?: number;
  /** Called with the number of bytes that have arrived. */
  onBytes?: (bytes: number) => void;
};

export type MirroredPlan = Omit<MirroredBottles, "left"> & {
  /** Bottles and indexes that another run has to mirror. */
  left: number;
};

export type MirrorPlan = {
  /** Mirrors what a plan names and the bucket lacks. */
  plan(planned: readonly SizedBottle[]): Promise<MirroredPlan>;
  /** Mirrors bottles that the plan did not name. @throws Error when the run ends */
  more(bottles: readonly Bottle[]): Promise<void>;
};

const defaultPieceBytes = 5 * 1024 * 1024;

/** Sizes of the objects with these keys that the bucket has. */
const findPresent = async (store: Store, keys: ReadonlySet<string>): Promise<Map<string, number>> => {
  const present = new Map<string, number>();
  for await (const { key, size } of store.list(`${registryFolder}/`))
    if (keys.has(key)) present.set(key, size);
  return present;
};

/** The first bottle of each key. */
const byKey = (bottles: readonly SizedBottle[], keyOf: (bottle: SizedBottle) => string) =>
  new Map([...bottles].reverse().map((bottle) => [keyOf(bottle), bottle]));

export const createMirrorPlan = (parts: MirrorPlanParts): MirrorPlan => {
  const { http, store, bucket, notices, recorder, stopping, timers, log, concurrency, folder } = parts;
  const leftovers: Leftovers = { uploads: new Map(), objects: new Map() };
  const openPieces: OpenPieceStore =
    folder === undefined ? createUploadPieces(bucket, store, leftovers) : createFilePieces(bucket, folder);
  const pace = createPace(concurrency, timers);
  let arrivedBytes = 0;
  let done = 0;

  const mirrorBottles = createMirrorBottles({
    ...parts,
    pace,
    transfer: createTransfer({
      openStaged: createStaging({
        bucket,
        slabs: createSlabs(parts.pieceBytes ?? defaultPieceBytes),
        openPieces,
      }),
      download: createDownload({
        http,
        pace,
        timers,
        onBytes: (bytes) => {
          arrivedBytes += bytes;
          parts.onBytes?.(bytes);
        },
      }),
      onCorrupt: (bottle, found) =>
        log.warn("corrupt download refused", { bottle: fileNameOf(bottle), expected: bottle.sha256, found }),
    }),
    recorder: {
      ...recorder,
      add: (...added) => {
        done += 1;
        recorder.add(...added);
      },
    },
  });
  const mirrorIndexes = createMirrorIndexes({
    ...parts,
    fetchIndex: createFetchIndex(http, { sleep: timers.sleep }),
  });

  return {
    async plan(planned) {
      const startedAt = timers.now();
      const indexes = byKey(planned, indexKeyOf);
      const missing = byKey(planned, blobKeyOf);
      const present = await findPresent(store, new Set([...missing.keys(), ...indexes.keys()]));
      for (const [key, size] of present) {
        const bottle = missing.get(key);
        indexes.delete(key);
        missing.delete(key);
        // A run that was killed may not have recorded it.
        if (bottle) recorder.add(bottle, size, false);
      }
      const bottles = [...missing.values()];
      const bytes = bottles.reduce((sum, { size = 0 }) => sum + size, 0);
      log.info("bottles are mirrored", { planned: planned.length, missing: bottles.length, bytes });
      const wanted = new Set(bottles.map(({ sha256 }) => sha256));
      if (folder === undefined)
        Object.assign(leftovers, await findLeftovers(bucket, store, (sha256) => wanted.has(sha256)));

      const endProgress = every(timers, parts.progressSeconds * 1000, () =>
        notices.send({
          kind: "progress",
          done,
          bottles: bottles.length,
          doneBytes: Math.min(arrivedBytes, bytes),
          bytes,
          seconds: (timers.now() - startedAt) / 1000,
        }),
      );
      try {
        const ofBottles = await mirrorBottles(bottles);
        const ofIndexes = await mirrorIndexes([...indexes.values()]);
        log.info("bottles were mirrored", {
          mirrored: ofBottles.mirrored,
          bytes: ofBottles.bytes,
          arrivedBytes,
          failed: ofBottles.failed.length,
          left: ofBottles.left.length,
          indexes: ofIndexes.mirrored,
          seconds: (timers.now() - startedAt) / 1000,
        });
        return {
          ...ofBottles,
          left: ofBottles.left.length + ofIndexes.left.length,
          lastError: ofBottles.lastError ?? ofIndexes.lastError,
        };
      } finally {
        await endProgress();
      }
    },
    async more(bottles) {
      const sized = bottles.map((bottle) => ({ ...bottle, size: undefined }));
      await mirrorBottles(sized);
      await mirrorIndexes([...byKey(sized, indexKeyOf).values()]);
      const failure = stopping.failure();
      if (failure) throw failure;
      if (stopping.isStopping()) throw new Error("the run was stopped");
    },
  };
};
