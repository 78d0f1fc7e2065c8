import * as v from "valibot";
import { fromJson } from "../../handlers/shared/json";
import { apiFolder, formulaPath, platformOfPath } from "../api-files/api-paths";
import { bottlesOfPackages } from "../api-files/named-bottles";
import type { Bottle } from "../bottle";
import { bottlesOf } from "../catalogue/choose-bottles";
import type { Formula } from "../catalogue/formula";
import { parseCatalogue } from "../catalogue/parse-catalogue";
import { blobKeyOf, indexKeyOf } from "../names";
import type { Store } from "../store/store";

const keysOf = (bottles: readonly Bottle[]): string[] =>
  bottles.flatMap((bottle) => [blobKeyOf(bottle), indexKeyOf(bottle)]);

/** Keys of all bottles and indexes of a catalogue, of every platform. */
export const keysOfCatalogue = (formulae: readonly Formula[]): Set<string> =>
  new Set(formulae.flatMap((formula) => keysOf(bottlesOf(formula))));

const signedFile = v.object({ payload: v.string() });

const readPayload = async (store: Store, key: string): Promise<string> => {
  const object = await store.read(key);
  const file = v.safeParse(signedFile, fromJson(object?.bytes.toString("utf8") ?? ""));
  if (file.success) return file.output.payload;
  throw new Error(`s3://${store.name}/${key}: expected a signed file, found other content`);
};

/**
 * Keys of the bottles and indexes that the mirror's own API files name. They can be older than the catalogue, and clients
 * install by them.
 * @throws when one cannot be read: what it names is not known then
 */
export const keysOfPublishedFiles = async (store: Store): Promise<Set<string>> => {
  const keys = new Set<string>();
  const addAll = (some: Iterable<string>): void => {
    for (const key of some) keys.add(key);
  };
  for await (const { key } of store.list(apiFolder)) {
    const path = key.slice(apiFolder.length);
    const platform = platformOfPath(path);
    if (platform !== undefined) addAll(keysOf(bottlesOfPackages(await readPayload(store, key), platform)));
    else if (path === formulaPath)
      addAll(keysOfCatalogue(parseCatalogue(await readPayload(store, key)).formulae));
  }
  return keys;
};
