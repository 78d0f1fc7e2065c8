import type { Log } from "../../handlers/shared/log";
import { mirrorApiFiles } from "../api-files/mirror-api-files";
import { parsePublicKey } from "../api-files/verify-signature";
import { registryOf } from "../catalogue/registry-of";
import { readStoredCatalogue } from "../catalogue/stored-catalogue";
import type { Checkpoint } from "../hash-file/checkpoint";
import type { Http } from "../http";
import { sweep } from "../retention/sweep";
import type { Store } from "../store/store";
import type { SyncSettings } from "./environment";
import type { ClosingStep } from "./sync-bottles";
import type { Timers } from "./timers";

export type ClosingStepsParts = {
  http: Http;
  store: Store;
  checkpoint: Checkpoint;
  timers: Timers;
  log: Log;
  settings: Pick<SyncSettings, "API_URL" | "API_FILES" | "API_PUBLIC_KEY" | "RETENTION_DAYS">;
};

/**
 * What a run does after its bottles and indexes: API files, which name them, then what nobody refers to any more.
 * @throws Error when the public key is none
 */
export const createClosingSteps = (parts: ClosingStepsParts): ClosingStep[] => {
  const { http, store, checkpoint, timers, log, settings } = parts;
  const { API_PUBLIC_KEY: pem, API_FILES: paths } = settings;

  const publishApiFiles = (key: ReturnType<typeof parsePublicKey>): ClosingStep => ({
    name: "API files",
    async run(mirror) {
      const catalogue = await readStoredCatalogue(store);
      const registry = catalogue && registryOf(catalogue.formulae);
      const { published, unchanged, problems } = await mirrorApiFiles({
        store,
        http,
        apiUrl: settings.API_URL,
        paths,
        publicKey: key,
        ...(registry !== undefined && { registry }),
        mirror,
        log,
        retries: { sleep: timers.sleep },
      });
      log.info("API files are mirrored", { published, unchanged: unchanged.length, problems });
      return { warnings: problems };
    },
  });

  const removeUnreferenced: ClosingStep = {
    name: "retention",
    async run() {
      const { removed, removedBottles } = await sweep({
        store,
        now: timers.now,
        retentionDays: settings.RETENTION_DAYS,
        log,
      });
      if (removedBottles.size > 0) await checkpoint({ removed: removedBottles });
      return { removed: removed.length };
    },
  };

  // In an environment variable a line can end with \n in two characters.
  const key = pem === undefined ? undefined : parsePublicKey(pem.replaceAll("\\n", "\n"));
  return [...(key !== undefined && paths.length > 0 ? [publishApiFiles(key)] : []), removeUnreferenced];
};
