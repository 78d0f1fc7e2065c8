import { PermanentError } from "../../handlers/shared/failures";
import { listNames } from "../../handlers/shared/text";
import type { ParsedCatalogue } from "./parse-catalogue";
import { catalogueKey } from "./stored-catalogue";

/** Homebrew removes a few formulae in a week. Fewer than this share of the last catalogue is no usual week. */
const minShare = 0.8;
/** A few formulae can have a form that this code does not know. */
const maxBrokenShare = 0.01;
/** So many of a short catalogue. */
const maxBroken = 3;

/**
 * Refuses a catalogue from which the mirror must not be changed.
 * @param lastCount formulae with bottles in the last plausible catalogue; undefined: there is none
 * @throws PermanentError: EmptyCatalogue, ShrunkCatalogue or BrokenCatalogue
 */
export const checkPlausible = (
  { formulae, broken }: ParsedCatalogue,
  lastCount: number | undefined,
  bucket: string,
): void => {
  const problems = broken.map(({ problem }) => problem);
  if (formulae.length === 0)
    throw new PermanentError(
      "EmptyCatalogue",
      `expected formulae with bottles, found none, and ${broken.length} that cannot be read: ${listNames(problems)}`,
    );
  if (broken.length > Math.max(maxBroken, maxBrokenShare * (formulae.length + broken.length)))
    throw new PermanentError(
      "BrokenCatalogue",
      `expected formulae, found ${broken.length} of ${formulae.length + broken.length} that cannot be read: ${listNames(problems)}`,
    );
  if (lastCount !== undefined && formulae.length < minShare * lastCount)
    throw new PermanentError(
      "ShrunkCatalogue",
      `expected about ${lastCount} formulae with bottles, as last time, found ${formulae.length}. If this is right, delete s3://${bucket}/${catalogueKey}`,
    );
};
