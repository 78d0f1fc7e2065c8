import type { Context } from "aws-lambda";
import { createSync, type SyncParts } from "../../bottles/sync/create-sync";
import type { SyncResult } from "../../bottles/sync/sync-bottles";
import { PermanentError, TransientError } from "../shared/failures";
import type { InvokeAsync } from "../shared/invoke-async";
import { createLog, toErrorFields } from "../shared/log";
import type { SyncBottlesSettings } from "./environment";

export type SyncBottlesParts = Omit<SyncParts, "settings" | "owner" | "graceMs"> & {
  environment: SyncBottlesSettings;
  invokeAsync: InvokeAsync;
};

export type SyncBottlesInvocation = Pick<Context, "awsRequestId" | "getRemainingTimeInMillis">;

export type SyncBottlesAnswer = {
  /** `handed on`: a task does what is left. */
  outcome: "complete" | "handed on";
  /** Bottles that this invocation has mirrored. */
  mirrored: number;
  /** Of the mirrored bottles. */
  bytes: number;
  /** Bottles, indexes and closing steps that are left. */
  left: number;
};

/** From so little time on nothing new is begun. What is under way ends, the state is written, and the rest handed on. */
const reserveMs = 60_000;
const graceMs = 20_000;

const answerOf = (
  outcome: SyncBottlesAnswer["outcome"],
  { mirrored, bytes, left }: SyncResult,
): SyncBottlesAnswer => ({ outcome, mirrored, bytes, left });

/**
 * The function `sync-bottles`: mirrors the plan that an event names. What it has no time for is handed on to a task, by the
 * same event.
 */
export const createSyncBottlesFunction = (parts: SyncBottlesParts) => {
  const { environment, invokeAsync, timers, write } = parts;
  const log = createLog(environment.LOG_LEVEL, write);

  /** @throws PermanentError or TransientError unless the work is done or handed on: Lambda retries, then reports it */
  const conclude = async (event: unknown, result: SyncResult): Promise<SyncBottlesAnswer> => {
    const { outcome, reason = "" } = result;
    switch (outcome) {
      case "complete":
        return answerOf("complete", result);
      case "stopped":
        await invokeAsync(environment.LAUNCH_FUNCTION_ARN, JSON.stringify(event));
        log.info("handed on to a task", { left: result.left });
        return answerOf("handed on", result);
      case "incomplete":
        throw new PermanentError(
          "BottlesFailed",
          `${result.failed.length} bottles are corrupt or gone in the registry`,
        );
      case "unavailable":
        throw new TransientError("Unavailable", reason);
      case "busy":
        throw new TransientError("Busy", reason);
    }
  };

  return async (event: unknown, invocation: SyncBottlesInvocation): Promise<SyncBottlesAnswer> => {
    const stop = new AbortController();
    const remainingMs = invocation.getRemainingTimeInMillis() - reserveMs;
    const cancel = timers.after(Math.max(remainingMs, 0), () => stop.abort(new Error("time is short")));
    try {
      const sync = createSync({
        ...parts,
        settings: environment,
        owner: invocation.awsRequestId,
        graceMs,
        log,
      });
      return await conclude(event, await sync(event, stop.signal));
    } catch (error) {
      log.error("sync failed", { requestId: invocation.awsRequestId, ...toErrorFields(error) });
      throw error;
    } finally {
      cancel();
    }
  };
};
