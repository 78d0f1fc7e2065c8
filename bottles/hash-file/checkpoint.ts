import { PermanentError } from "../../handlers/shared/failures";
import { type Log, toErrorFields } from "../../handlers/shared/log";
import type { Sleep } from "../../handlers/shared/poll";
import { listNames } from "../../handlers/shared/text";
import type { Store, StoredObject } from "../store/store";
import { applyChanges, type HashFileChanges } from "./apply-changes";
import { emptyHashFile, type HashFile, hashFileKey } from "./hash-file";
import { parseHashFile, serializeHashFile } from "./parse-hash-file";

export type HashFileParts = {
  store: Store;
  log: Log;
  now: () => number;
  sleep: Sleep;
};

/** `foreign`: the file is of another kind or version, and was left as it is. */
export type Checkpointed = "written" | "unchanged" | "foreign";

const maxAttempts = 10;
const firstDelayMs = 100;
const maxDelayMs = 3_000;

/**
 * Brings `bottles_hash.json` up to date. When another run has written it in the meantime, its entries are read and both
 * runs' entries are written.
 */
export const createCheckpoint = ({ store, log, now, sleep }: HashFileParts) => {
  const name = `s3://${store.name}/${hashFileKey}`;

  const parse = (object: StoredObject | undefined): HashFile | undefined => {
    if (object === undefined) return emptyHashFile();
    const text = object.bytes.toString("utf8");
    try {
      const { file, problems } = parseHashFile(text);
      if (problems.length > 0)
        log.warn("entries of the hash file cannot be read", { file: name, problems: listNames(problems) });
      return file;
    } catch (error) {
      if (!(error instanceof PermanentError)) throw error;
      const isForeign = error.name === "ForeignHashFile";
      log.error(
        isForeign
          ? "the hash file is of another kind or version, and is left as it is"
          : "the hash file is damaged and is written anew; the bucket keeps its last version",
        { file: name, ...toErrorFields(error) },
      );
      return isForeign ? undefined : emptyHashFile();
    }
  };

  /** @throws Error when S3 did not answer, or other runs write the file all the time */
  return async (changes: HashFileChanges): Promise<Checkpointed> => {
    for (let attempt = 1; attempt <= maxAttempts; attempt++) {
      const object = await store.read(hashFileKey);
      const file = parse(object);
      if (file === undefined) return "foreign";
      if (!applyChanges(file, changes) && object !== undefined) return "unchanged";
      const written = await store.write(hashFileKey, serializeHashFile(file, now()), {
        only: object ?? "absent",
        contentType: "application/json",
      });
      if (written) return "written";
      await sleep(Math.min(firstDelayMs * 2 ** (attempt - 1), maxDelayMs) * (0.5 + Math.random() / 2));
    }
    throw new Error(`${name}: expected to write it, found it changed by other runs ${maxAttempts} times`);
  };
};

export type Checkpoint = ReturnType<typeof createCheckpoint>;
