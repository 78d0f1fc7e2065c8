import { PermanentError } from "../../handlers/shared/failures";
import { type Log, toErrorFields } from "../../handlers/shared/log";
import type { SizedBottle } from "../bottle";
import { fileNameOf } from "../names";
import type { SyncCount } from "../sync-metrics";
import type { Pace } from "./pace";
import type { Recorder } from "./recorder";
import { runPool } from "./run-pool";
import type { Stopping } from "./stopping";
import type { Timers } from "./timers";
import { BottleError, type Transfer } from "./transfer";

export type FailedBottle = { bottle: SizedBottle; kind: BottleError["kind"]; reason: string };

export type MirroredBottles = {
  mirrored: number;
  /** Of the mirrored bottles. */
  bytes: number;
  /** Bottles that are corrupt or gone. */
  failed: FailedBottle[];
  /** Bottles that another run has to mirror. */
  left: SizedBottle[];
  /** Why the last of them was left, unless the run was stopped. */
  lastError: string | undefined;
};

export type MirrorBottlesParts = {
  transfer: Transfer;
  pace: Pace;
  recorder: Recorder;
  timers: Timers;
  stopping: Stopping;
  count: SyncCount;
  log: Log;
  concurrency: number;
};

/** How often a bottle is tried whose registry or bucket did not answer, all its own retries aside. */
const maxRounds = 3;
const pauseMs = 5_000;
/** So many bottles in a row without an answer are no matter of the bottles. */
const maxUnavailable = 20;

/** Mirrors bottles, large ones first, so that the last connections do not wait for one of them. */
export const createMirrorBottles = (parts: MirrorBottlesParts) => {
  const { transfer, pace, recorder, timers, stopping, count, log, concurrency } = parts;

  return async (bottles: readonly SizedBottle[]): Promise<MirroredBottles> => {
    const result: MirroredBottles = { mirrored: 0, bytes: 0, failed: [], left: [], lastError: undefined };
    let unavailable = 0;

    const fail = (bottle: SizedBottle, error: unknown): void => {
      const name = fileNameOf(bottle);
      if (error instanceof BottleError) {
        result.failed.push({ bottle, kind: error.kind, reason: error.message });
        count("bottlesFailed");
        log.error("bottle failed", { bottle: name, kind: error.kind, reason: error.message });
        return;
      }
      result.left.push(bottle);
      if (stopping.abort.aborted) return;
      // The bucket refuses: it would refuse all others.
      if (error instanceof PermanentError) {
        stopping.fail(error);
        return;
      }
      result.lastError = error instanceof Error ? error.message : String(error);
      log.warn("bottle not mirrored yet", { bottle: name, ...toErrorFields(error) });
      unavailable += 1;
      if (unavailable >= maxUnavailable) stopping.stop();
    };

    const work = async (bottle: SizedBottle): Promise<void> => {
      try {
        await pace.enter(stopping.abort);
      } catch {
        result.left.push(bottle);
        return;
      }
      try {
        if (stopping.isStopping()) {
          result.left.push(bottle);
          return;
        }
        const { size, isWritten } = await transfer(bottle, stopping.abort);
        unavailable = 0;
        pace.succeeded();
        result.mirrored += 1;
        result.bytes += size;
        recorder.add(bottle, size, isWritten);
      } catch (error) {
        fail(bottle, error);
      } finally {
        pace.leave();
      }
    };

    let todo = [...bottles].sort((one, other) => (other.size ?? 0) - (one.size ?? 0));
    for (let round = 1; todo.length > 0; round++) {
      result.left = [];
      await runPool(todo, concurrency, work);
      if (stopping.isStopping() || round === maxRounds) break;
      todo = result.left;
      if (todo.length > 0) await timers.sleep(pauseMs, stopping.abort).catch(() => {});
    }
    return result;
  };
};
