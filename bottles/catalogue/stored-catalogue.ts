import { gunzipSync, gzipSync } from "node:zlib";
import * as v from "valibot";
import { ownFolder } from "../names";
import type { Store } from "../store/store";
import type { Formula } from "./formula";

/** Key of the last plausible catalogue, without what a mirror does not need: JSON lines in gzip. */
export const catalogueKey = `${ownFolder}catalogue.jsonl.gz`;

export type StoredCatalogue = {
  /** Where it came from. */
  url: string;
  etag: string | undefined;
  formulae: readonly Formula[];
};

const schemaVersion = 1;

const head = v.object({
  schema_version: v.literal(schemaVersion),
  url: v.string(),
  etag: v.optional(v.string()),
  formulae: v.number(),
});

export const writeStoredCatalogue = async (store: Store, catalogue: StoredCatalogue): Promise<void> => {
  const { url, etag, formulae } = catalogue;
  const lines = [{ schema_version: schemaVersion, url, etag, formulae: formulae.length }, ...formulae];
  const bytes = gzipSync(lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
  await store.write(catalogueKey, bytes, { contentType: "application/gzip" });
};

/** @returns undefined when there is none, or it is damaged or of another version: it is fetched again then */
export const readStoredCatalogue = async (store: Store): Promise<StoredCatalogue | undefined> => {
  const object = await store.read(catalogueKey);
  if (object === undefined) return undefined;
  try {
    const [first = "", ...lines] = gunzipSync(object.bytes).toString("utf8").trimEnd().split("\n");
    const { url, etag, formulae: count } = v.parse(head, JSON.parse(first));
    const formulae = lines.map((line) => JSON.parse(line) as Formula);
    return formulae.length === count ? { url, etag, formulae } : undefined;
  } catch {
    return undefined;
  }
};
