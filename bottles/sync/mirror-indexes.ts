import { createHash } from "node:crypto";
import { PermanentError } from "../../handlers/shared/failures";
import { type Log, toErrorFields } from "../../handlers/shared/log";
import type { SizedBottle } from "../bottle";
import { HttpError } from "../http";
import type { MirrorBucket } from "../mirror-bucket";
import { indexKeyOf } from "../names";
import { type FetchIndex, indexType } from "../registry";
import { runPool } from "./run-pool";
import type { Stopping } from "./stopping";

export type MirrorIndexesParts = {
  fetchIndex: FetchIndex;
  bucket: MirrorBucket;
  stopping: Stopping;
  log: Log;
  concurrency: number;
};

export type MirroredIndexes = {
  mirrored: number;
  /** Keys of indexes that another run has to mirror. */
  left: string[];
  /** Why the last of them was left. */
  lastError: string | undefined;
};

/** Mirrors the indexes of formulae as the registry has them. Clients ask for them before they ask for a bottle. */
export const createMirrorIndexes =
  ({ fetchIndex, bucket, stopping, log, concurrency }: MirrorIndexesParts) =>
  /** @param bottles one of each formula */
  async (bottles: readonly SizedBottle[]): Promise<MirroredIndexes> => {
    const result: MirroredIndexes = { mirrored: 0, left: [], lastError: undefined };
    await runPool(bottles, concurrency, async (bottle) => {
      const key = indexKeyOf(bottle);
      if (stopping.isStopping()) {
        result.left.push(key);
        return;
      }
      try {
        const { bytes } = await fetchIndex(bottle, stopping.abort);
        await bucket.putIfAbsent(key, bytes, createHash("sha256").update(bytes).digest("hex"), {
          "content-type": indexType,
        });
        result.mirrored += 1;
      } catch (error) {
        // The registry does not have it: clients can do without, and no other run finds it.
        if (error instanceof HttpError && error.status === 404) {
          log.warn("index is gone", { index: key });
          return;
        }
        result.left.push(key);
        if (stopping.abort.aborted) return;
        if (error instanceof PermanentError) return stopping.fail(error);
        result.lastError = error instanceof Error ? error.message : String(error);
        log.warn("index not mirrored yet", { index: key, ...toErrorFields(error) });
      }
    });
    return result;
  };
