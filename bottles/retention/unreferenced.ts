import * as v from "valibot";
import { fromJson } from "../../handlers/shared/json";
import { ownFolder } from "../names";
import type { Store, StoredObject } from "../store/store";

/** Key of the list of objects that no catalogue refers to, with when this was first seen. */
export const unreferencedKey = `${ownFolder}unreferenced.json`;

/** When an object was first seen without a reference, in ms since 1970, by its key. */
export type Unreferenced = Map<string, number>;

const file = v.object({
  schema_version: v.literal(1),
  since: v.record(
    v.string(),
    v.pipe(
      v.string(),
      v.transform((text) => Date.parse(text)),
      v.number(),
    ),
  ),
});

/** A list that cannot be read is empty: its objects are kept for the whole time again. */
export const readUnreferenced = async (
  store: Store,
): Promise<{ since: Unreferenced; object: StoredObject | undefined }> => {
  const object = await store.read(unreferencedKey);
  const parsed = v.safeParse(file, fromJson(object?.bytes.toString("utf8") ?? ""));
  return { since: new Map(parsed.success ? Object.entries(parsed.output.since) : []), object };
};

/** @returns false when another run has written it since it was read */
export const writeUnreferenced = (
  store: Store,
  since: Unreferenced,
  read: StoredObject | undefined,
): Promise<boolean> => {
  const texts = [...since].map(([key, at]) => [key, new Date(at).toISOString()]);
  const body = JSON.stringify({ schema_version: 1, since: Object.fromEntries(texts) });
  return store.write(unreferencedKey, body, { only: read ?? "absent", contentType: "application/json" });
};
