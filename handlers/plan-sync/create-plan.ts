import type { SizedBottle } from "../../bottles/bottle";
import { chooseBottles } from "../../bottles/catalogue/choose-bottles";
import { loadCatalogue } from "../../bottles/catalogue/load-catalogue";
import type { Checkpoint } from "../../bottles/hash-file/checkpoint";
import { type ExternalHashFile, seedHashFile } from "../../bottles/hash-file/external-hash-file";
import type { MirroredBottle } from "../../bottles/hash-file/to-entry";
import type { Http, RetrySettings } from "../../bottles/http";
import { findMissing } from "../../bottles/plan/find-missing";
import { sizeBottles } from "../../bottles/plan/size-bottles";
import type { FetchIndex } from "../../bottles/registry";
import type { Store } from "../../bottles/store/store";
import { type Log, toErrorFields } from "../shared/log";
import { listNames } from "../shared/text";

export type CreatePlanParts = {
  store: Store;
  http: Http;
  fetchIndex: FetchIndex;
  checkpoint: Checkpoint;
  retries?: RetrySettings;
  catalogueUrl: string;
  platforms: readonly string[];
  externalHashFile: ExternalHashFile | undefined;
  log: Log;
  now: () => number;
};

export type CreatedPlan = {
  bottles: SizedBottle[];
  /** Bottles that the mirror has already. */
  mirrored: number;
  /** What people should know although the run goes on. */
  warnings: string[];
};

/** Indexes that are fetched at the same time. The registry throttles clients that ask for many more. */
const indexConcurrency = 8;

/** Finds out what the mirror lacks. @param isLate whether the time for requests has passed */
export const createCreatePlan = (parts: CreatePlanParts) => {
  const { store, http, log, now, retries } = parts;

  /** The file is for people; without it the run goes on. */
  const updateHashFile = async (mirrored: readonly MirroredBottle[]): Promise<string[]> => {
    const problems: string[] = [];
    const attempt = async (what: string, action: () => Promise<unknown>): Promise<void> => {
      try {
        await action();
      } catch (error) {
        log.error(`${what} failed`, toErrorFields(error));
        problems.push(`${what} failed: ${error instanceof Error ? error.message : String(error)}`);
      }
    };
    const { externalHashFile } = parts;
    if (externalHashFile !== undefined)
      await attempt("reading the external hash file", async () => {
        const entries = await seedHashFile(store, externalHashFile, {
          http,
          now,
          ...(retries && { retries }),
        });
        if (entries !== undefined) log.info("the hash file starts with that of another mirror", { entries });
      });
    await attempt("writing the hash file", async () => {
      if ((await parts.checkpoint({ mirrored })) === "foreign")
        problems.push("bottles_hash.json is of another kind or version, and is left as it is");
    });
    return problems;
  };

  return async (isLate: () => boolean): Promise<CreatedPlan> => {
    const catalogue = await loadCatalogue({
      store,
      http,
      url: parts.catalogueUrl,
      ...(retries && { retries }),
    });
    const { bottles: wanted, withoutBottle, warnings } = chooseBottles(catalogue.formulae, parts.platforms);
    const missing = await findMissing(store, wanted);
    log.info("mirror compared with the catalogue", {
      formulae: catalogue.formulae.length,
      wanted: wanted.length,
      missing: missing.bottles.length,
      missingIndexes: missing.ofMissingIndexes.length,
      withoutBottle,
    });
    if (catalogue.problems.length > 0)
      warnings.push(
        `Formulae of the catalogue that cannot be read: ${catalogue.problems.length} (${listNames(catalogue.problems)})`,
      );
    const sized = await sizeBottles([...missing.bottles, ...missing.ofMissingIndexes], {
      fetchIndex: parts.fetchIndex,
      concurrency: indexConcurrency,
      isLate,
    });
    if (sized.problems.length > 0)
      warnings.push(`Indexes that cannot be read: ${sized.problems.length} (${listNames(sized.problems)})`);
    warnings.push(...(await updateHashFile(missing.mirrored)));
    for (const warning of warnings) log.warn("warning of the plan", { warning });
    return { bottles: sized.bottles, mirrored: missing.mirrored.length, warnings };
  };
};
