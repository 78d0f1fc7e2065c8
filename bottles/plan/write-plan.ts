import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import type { SizedBottle } from "../bottle";
import type { Store } from "../store/store";
import type { PlanReference } from "./plan";
import { planKeyOf } from "./plan-key";

/** SHA-256 as hexadecimal digits in lower case. */
export const hashBytes = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

/**
 * Writes the plan of a run: JSON lines in gzip, one bottle each.
 * The first plan of a run stays, so that a retry starts the same work.
 * @returns the plan that the bucket has, and whether this call has written it
 */
export const writePlan = async (
  store: Store,
  runId: string,
  bottles: readonly SizedBottle[],
): Promise<{ reference: PlanReference; isNew: boolean }> => {
  const key = planKeyOf(runId);
  const bytes = gzipSync(bottles.map((bottle) => `${JSON.stringify(bottle)}\n`).join(""));
  if (await store.write(key, bytes, { only: "absent", contentType: "application/gzip" }))
    return { reference: { key, sha256: hashBytes(bytes) }, isNew: true };
  const existing = await store.read(key);
  if (existing === undefined)
    throw new Error(`s3://${store.name}/${key}: expected the plan of this run, found that it was deleted`);
  return { reference: { key, sha256: hashBytes(existing.bytes) }, isNew: false };
};
