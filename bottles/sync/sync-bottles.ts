import { listFirst } from "../../handlers/shared/text";
import type { Bottle, SizedBottle } from "../bottle";
import type { Checkpoint } from "../hash-file/checkpoint";
import { fileNameOf } from "../names";
import type { Notices } from "../notices/create-notices";
import { takeLease } from "./lease";
import type { FailedBottle, MirroredBottles } from "./mirror-bottles";
import { createMirrorPlan, type MirrorPlan, type MirrorPlanParts } from "./mirror-plan";
import { createRecorder } from "./recorder";
import { createStopping, type Stopping } from "./stopping";

/** A step after all bottles and indexes of the plan are in the mirror. */
export type ClosingStep = {
  /** What it does, for the log. */
  name: string;
  /**
   * @param mirror mirrors further bottles. It throws when the host ends
   * @throws Error when it has failed: the run fails, too
   */
  run(mirror: (bottles: readonly Bottle[]) => Promise<void>): Promise<{
    /** What the reader of the notice should know. */
    warnings?: readonly string[];
    /** Objects that were deleted. */
    removed?: number;
  }>;
};

export type SyncBottlesParts = Omit<MirrorPlanParts, "recorder" | "stopping" | "notices"> & {
  checkpoint: Checkpoint;
  /** In their order. */
  closingSteps: readonly ClosingStep[];
  /** Tells this process from others of the same run. */
  owner: string;
  /** For what is under way when the host ends, in ms. */
  graceMs: number;
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

export type SyncResult = Pick<MirroredBottles, "mirrored" | "bytes" | "failed"> & {
  outcome: SyncOutcome;
  /** Bottles, indexes and closing steps that another run has to do. */
  left: number;
  /** Why it is not complete, for people. */
  reason?: string;
};

const maxDetails = 20;

const nothing = { mirrored: 0, bytes: 0, failed: [], left: 0 };

const describeFailed = (failed: readonly FailedBottle[]): string[] =>
  listFirst(failed, maxDetails, ({ bottle, kind, reason }) => `${fileNameOf(bottle)}: ${kind}: ${reason}`);

type Closed = { left: number; removed: number; warnings: string[] };

/**
 * Mirrors what a plan names and the bucket lacks: bottles, then the indexes of their formulae, then what clients read first.
 * Whatever ends it, no client sees an object that is not whole, and the next run goes on where it has ended.
 */
export const createSyncBottles = (parts: SyncBottlesParts) => {
  const { store, timers, log } = parts;

  const close = async (mirrorPlan: MirrorPlan, stopping: Stopping): Promise<Closed> => {
    const closed: Closed = { left: parts.closingSteps.length, removed: 0, warnings: [] };
    for (const { name, run } of parts.closingSteps) {
      if (stopping.isStopping()) return closed;
      log.debug("closing step", { name });
      try {
        const { warnings = [], removed = 0 } = await run(mirrorPlan.more);
        closed.warnings.push(...warnings);
        closed.removed += removed;
      } catch (error) {
        // It was to mirror more.
        if (stopping.isStopping() && !stopping.failure()) return closed;
        throw error;
      }
      closed.left -= 1;
    }
    return closed;
  };

  const notify = (
    notices: Notices,
    planned: readonly SizedBottle[],
    result: SyncResult,
    closed: Closed,
    startedAt: number,
  ): Promise<void> => {
    const { outcome, mirrored, failed, left, reason } = result;
    const { removed, warnings } = closed;
    const seconds = (timers.now() - startedAt) / 1000;
    if (outcome === "complete")
      return planned.length + removed + warnings.length === 0
        ? // The notice of the plan has said so.
          Promise.resolve()
        : notices.send({
            kind: "succeeded",
            // Some of them by earlier attempts of this run.
            mirrored: planned.length,
            bytes: planned.reduce((sum, { size = 0 }) => sum + size, 0),
            seconds,
            removed,
            warnings,
          });
    return notices.send({
      kind: "failed",
      reason: reason ?? `${failed.length} bottles are corrupt or gone in the registry`,
      mirrored,
      bottles: mirrored + failed.length + left,
      details: [...describeFailed(failed), ...warnings],
    });
  };

  const mirror = async (
    planned: readonly SizedBottle[],
    mirrorPlan: MirrorPlan,
    stopping: Stopping,
  ): Promise<{ result: SyncResult; closed: Closed }> => {
    const { mirrored, bytes, failed, left, lastError } = await mirrorPlan.plan(planned);
    const failure = stopping.failure();
    if (failure) throw failure;
    const result = { mirrored, bytes, failed, left };
    const noneClosed: Closed = { left: parts.closingSteps.length, removed: 0, warnings: [] };
    if (left > 0) {
      const outcome: Pick<SyncResult, "outcome" | "reason"> =
        lastError === undefined
          ? { outcome: "stopped" }
          : { outcome: "unavailable", reason: `${left} bottles or indexes are left: ${lastError}` };
      return { result: { ...result, ...outcome }, closed: noneClosed };
    }
    const closed = await close(mirrorPlan, stopping);
    if (closed.left > 0) return { result: { ...result, outcome: "stopped", left: closed.left }, closed };
    return { result: { ...result, outcome: failed.length === 0 ? "complete" : "incomplete" }, closed };
  };

  /**
   * @param run name of the run
   * @param stop aborts when the host ends
   * @throws PermanentError when the bucket refuses, or what clients read first cannot be trusted; Error when S3 did not
   * answer at the beginning or the end
   */
  return async (
    run: string,
    planned: readonly SizedBottle[],
    notices: Notices,
    stop: AbortSignal,
  ): Promise<SyncResult> => {
    const startedAt = timers.now();
    const left = planned.length;
    let lease: Awaited<ReturnType<typeof takeLease>>;
    try {
      lease = await takeLease({ store, timers, log, run, owner: parts.owner, stop });
    } catch (error) {
      if (stop.aborted) return { ...nothing, outcome: "stopped", left };
      throw error;
    }
    if ("holder" in lease)
      return { ...nothing, outcome: "busy", left, reason: `the run ${lease.holder} is going on` };
    const { lost, release } = lease;
    const stopping = createStopping(stop, timers, parts.graceMs);
    lost.addEventListener("abort", () => stopping.fail(lost.reason as Error), { once: true });
    const recorder = createRecorder(parts);
    try {
      const mirrorPlan = createMirrorPlan({ ...parts, recorder, stopping, notices });
      const { result, closed } = await mirror(planned, mirrorPlan, stopping);
      await recorder.flush();
      // A run that goes on elsewhere is no news.
      if (result.outcome !== "stopped") await notify(notices, planned, result, closed, startedAt);
      return result;
    } catch (error) {
      await recorder.flush().catch(() => {});
      const reason = error instanceof Error ? error.message : String(error);
      if (lost.aborted && error === lost.reason) return { ...nothing, outcome: "busy", left, reason };
      await notices.send({ kind: "failed", reason, details: [] });
      throw error;
    } finally {
      await recorder.stop();
      stopping.dispose();
      await release();
    }
  };
};

export type SyncBottles = ReturnType<typeof createSyncBottles>;
