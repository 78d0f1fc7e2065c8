import * as v from "valibot";
import { parseWith } from "../../handlers/shared/schema";
import { syncService } from "../sync-metrics";
import type { PlanReference } from "./plan";

/** What the function and the task that sync bottles are started with. The launcher reads `id` and `detail.service`. */
export type SyncEvent = {
  id: string;
  detail: { service: typeof syncService; run: string; plan: PlanReference };
};

const text = v.pipe(v.string(), v.nonEmpty("expected a value"));

const syncEvent = v.object({
  id: text,
  detail: v.object({
    service: v.literal(syncService),
    run: v.pipe(text, v.regex(/^[\w.-]{1,128}$/, "expected 1 to 128 letters, digits and . _ -")),
    plan: v.object({
      key: text,
      sha256: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/, "expected 64 hexadecimal digits")),
    }),
  }),
});

/** The event of a run. Its id is the run's, so that the launcher starts one task however often it is sent. */
export const createSyncEvent = (runId: string, plan: PlanReference): SyncEvent => ({
  id: runId,
  detail: { service: syncService, run: runId, plan },
});

/** @throws PermanentError that names each invalid field */
export const parseSyncEvent = (event: unknown): SyncEvent => parseWith(syncEvent, event, "event");
