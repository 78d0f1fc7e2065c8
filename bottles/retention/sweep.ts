import type { Log } from "../../handlers/shared/log";
import { readStoredCatalogue } from "../catalogue/stored-catalogue";
import { registryFolder } from "../names";
import type { ListedKey, Store } from "../store/store";
import { decideRemoval } from "./decide-removal";
import { keysOfCatalogue, keysOfPublishedFiles } from "./references";
import { readUnreferenced, writeUnreferenced } from "./unreferenced";

export type SweepParts = {
  store: Store;
  now: () => number;
  /** For so long objects are kept that no catalogue refers to any more. */
  retentionDays: number;
  log: Log;
};

export type Swept = {
  /** Keys of the objects that were deleted. */
  removed: string[];
  /** SHA-256 of the bottles among them, for the hash file. */
  removedBottles: Set<string>;
  /** Objects that are without a reference, and are kept for now. */
  waiting: number;
};

const nothing: Swept = { removed: [], removedBottles: new Set(), waiting: 0 };

const digestOf = (key: string): string | undefined => /\/blobs\/sha256:([0-9a-f]{64})$/.exec(key)?.[1];

const listAll = async (store: Store): Promise<ListedKey[]> => {
  const listed: ListedKey[] = [];
  for await (const each of store.list(`${registryFolder}/`)) listed.push(each);
  return listed;
};

/**
 * Deletes bottles and indexes that no catalogue has referred to for some time. What counts is the last plausible catalogue,
 * with all its platforms, and what the mirror's own API files name. Without such a catalogue nothing is deleted.
 * @throws Error when S3 did not answer. What was not deleted is deleted by the next run
 */
export const sweep = async ({ store, now, retentionDays, log }: SweepParts): Promise<Swept> => {
  const listed = await listAll(store);
  const { since: last, object } = await readUnreferenced(store);
  // Read last: a bottle that a new catalogue refers to again must not be deleted.
  const catalogue = await readStoredCatalogue(store);
  if (catalogue === undefined || catalogue.formulae.length === 0) {
    log.warn("nothing is removed: there is no catalogue to compare the mirror with");
    return nothing;
  }
  const referenced = keysOfCatalogue(catalogue.formulae);
  const { expired, since } = decideRemoval(listed, referenced, last, now(), retentionDays);
  // The files are large, and usually nothing is to be deleted.
  const published = expired.length > 0 ? await keysOfPublishedFiles(store) : new Set<string>();
  const removed = expired.filter((key) => !published.has(key));
  await store.delete(removed);
  for (const key of removed) since.delete(key);
  if (!(await writeUnreferenced(store, since, object)))
    log.info("another run has written what is without a reference");
  const removedBottles = new Set(removed.flatMap((key) => digestOf(key) ?? []));
  if (removed.length > 0) log.info("objects without a reference are removed", { objects: removed.length });
  return { removed, removedBottles, waiting: since.size };
};
