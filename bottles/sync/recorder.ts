import { type Log, toErrorFields } from "../../handlers/shared/log";
import type { Bottle } from "../bottle";
import type { Checkpoint } from "../hash-file/checkpoint";
import type { MirroredBottle } from "../hash-file/to-entry";
import type { SyncCount } from "../sync-metrics";
import { every, type Timers } from "./timers";

/** Writes what is mirrored into `bottles_hash.json` from time to time. */
export type Recorder = {
  /** @param isNew false: an earlier run has mirrored it, and perhaps not recorded it */
  add(bottle: Bottle, size: number, isNew: boolean): void;
  /** Writes what was not written yet. @throws Error when S3 did not take it */
  flush(): Promise<void>;
  /** Ends the writes from time to time. */
  stop(): Promise<void>;
};

const intervalMs = 60_000;
const maxPending = 1_000;

export const createRecorder = ({
  checkpoint,
  count,
  timers,
  log,
}: {
  checkpoint: Checkpoint;
  count: SyncCount;
  timers: Timers;
  log: Log;
}): Recorder => {
  let pending: MirroredBottle[] = [];
  let newBottles = 0;
  let newBytes = 0;
  let writing: Promise<void> = Promise.resolve();

  const write = async (): Promise<void> => {
    const mirrored = pending;
    if (mirrored.length === 0) return;
    const bottles = newBottles;
    const bytes = newBytes;
    pending = [];
    newBottles = 0;
    newBytes = 0;
    if (bottles > 0) {
      count("bottlesMirrored", bottles);
      count("bytesMirrored", bytes);
    }
    try {
      await checkpoint({ mirrored });
    } catch (error) {
      pending = [...mirrored, ...pending];
      throw error;
    }
  };
  const flush = (): Promise<void> => {
    const next = writing.then(write);
    writing = next.catch(() => {});
    return next;
  };
  const flushLater = (): Promise<void> =>
    flush().catch((error: unknown) =>
      log.warn("hash file not written, a later write has it", toErrorFields(error)),
    );
  const stop = every(timers, intervalMs, flushLater);

  return {
    add({ url: _, ...bottle }, size, isNew) {
      pending.push({ ...bottle, size, mirroredAt: timers.now() });
      if (isNew) {
        newBottles += 1;
        newBytes += size;
      }
      if (pending.length % maxPending === 0) void flushLater();
    },
    flush,
    stop,
  };
};
