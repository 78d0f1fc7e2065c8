import type { ListedKey } from "../store/store";
import type { Unreferenced } from "./unreferenced";

const dayMs = 86_400_000;

export type Removal = {
  /** Keys that were without a reference for long enough. */
  expired: string[];
  /** All that are without a reference, `expired` among them. */
  since: Unreferenced;
};

/**
 * Decides which objects are removed.
 * @param last what the last run has seen
 * @param now in ms since 1970
 * @param retentionDays 1 or more: an object that is seen without a reference for the first time is kept
 */
export const decideRemoval = (
  listed: Iterable<ListedKey>,
  referenced: ReadonlySet<string>,
  last: Unreferenced,
  now: number,
  retentionDays: number,
): Removal => {
  const removal: Removal = { expired: [], since: new Map() };
  for (const { key, writtenAt } of listed) {
    if (referenced.has(key)) continue;
    // An object that was written later was perhaps referred to in between.
    const since = Math.max(last.get(key) ?? now, Number.isNaN(writtenAt) ? now : writtenAt);
    removal.since.set(key, since);
    if (now - since >= retentionDays * dayMs) removal.expired.push(key);
  }
  return removal;
};
