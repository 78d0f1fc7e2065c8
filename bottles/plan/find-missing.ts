import type { Bottle } from "../bottle";
import type { MirroredBottle } from "../hash-file/to-entry";
import { blobKeyOf, indexKeyOf, registryFolder } from "../names";
import type { ListedKey, Store } from "../store/store";

export type Missing = {
  /** Bottles that the mirror lacks. */
  bottles: Bottle[];
  /** One bottle of each formula of which the mirror has the bottles, but not the index. */
  ofMissingIndexes: Bottle[];
  /** Bottles that the mirror has. */
  mirrored: MirroredBottle[];
};

/** Compares what clients want with the objects in the bucket. The bucket is the truth, whatever a file says. */
export const findMissing = async (store: Store, wanted: readonly Bottle[]): Promise<Missing> => {
  const present = new Map<string, ListedKey>();
  for await (const object of store.list(`${registryFolder}/`)) present.set(object.key, object);
  const missing: Missing = { bottles: [], ofMissingIndexes: [], mirrored: [] };
  const indexes = new Set<string>();
  for (const bottle of wanted) {
    const object = present.get(blobKeyOf(bottle));
    if (object === undefined) {
      missing.bottles.push(bottle);
      indexes.add(indexKeyOf(bottle));
    } else {
      const { url: _, ...rest } = bottle;
      missing.mirrored.push({ ...rest, size: object.size, mirroredAt: object.writtenAt });
    }
  }
  for (const bottle of wanted) {
    const key = indexKeyOf(bottle);
    if (present.has(key) || indexes.has(key)) continue;
    indexes.add(key);
    missing.ofMissingIndexes.push(bottle);
  }
  return missing;
};
