import { isDeepStrictEqual } from "node:util";
import type { HashFile } from "./hash-file";
import { entryKeyOf, type MirroredBottle, toEntry } from "./to-entry";

/** What has happened to the mirror since the file was written. */
export type HashFileChanges = {
  mirrored?: readonly MirroredBottle[];
  /** SHA-256 of bottles whose objects were deleted. */
  removed?: ReadonlySet<string>;
};

/** Applies changes to a file. They can be applied twice. @returns whether the file is another one than before */
export const applyChanges = (file: HashFile, { mirrored = [], removed }: HashFileChanges): boolean => {
  let changed = false;
  for (const bottle of mirrored) {
    const key = entryKeyOf(bottle);
    const known = file.entries.get(key);
    // The date is that of the first time.
    if (known?.sha256 === bottle.sha256 && known.key !== undefined) continue;
    const entry = { ...known, ...toEntry(bottle) };
    if (known?.sha256 === bottle.sha256) entry.download_date = known.download_date;
    if (isDeepStrictEqual(entry, known)) continue;
    file.entries.set(key, entry);
    file.unreadable.delete(key);
    changed = true;
  }
  if (removed === undefined || removed.size === 0) return changed;
  for (const [key, { sha256 }] of file.entries) {
    if (!removed.has(sha256)) continue;
    file.entries.delete(key);
    changed = true;
  }
  return changed;
};
