import { PermanentError } from "../../handlers/shared/failures";
import { listNames } from "../../handlers/shared/text";
import type { Bottle } from "../bottle";
import type { Formula } from "./formula";
import { allTag, findMatchingTag } from "./platforms";

export type ChosenBottles = {
  /** Each one once, also if clients of several platforms take it. */
  bottles: Bottle[];
  /** For each wanted platform, how many formulae have no bottle for it. */
  withoutBottle: Record<string, number>;
  /** One line for each wanted platform that few formulae have. */
  warnings: string[];
};

/** A platform that Homebrew builds for is in nearly all formulae. */
const rareShare = 0.05;

const countTags = (formulae: readonly Formula[]): Map<string, number> => {
  const counts = new Map<string, number>();
  for (const { files } of formulae)
    for (const tag of Object.keys(files)) counts.set(tag, (counts.get(tag) ?? 0) + 1);
  return counts;
};

/** The bottle of a tag that a formula has. */
const toBottle = ({ name: formula, version, rebuild, files }: Formula, tag: string): Bottle => ({
  formula,
  version,
  rebuild,
  tag,
  ...files[tag]!,
});

/** All bottles of a formula. */
export const bottlesOf = (formula: Formula): Bottle[] =>
  Object.keys(formula.files).map((tag) => toBottle(formula, tag));

/**
 * The bottles that clients of the wanted platforms take.
 * @throws PermanentError("UnknownPlatforms") when no formula has a bottle for any of them
 */
export const chooseBottles = (formulae: readonly Formula[], platforms: readonly string[]): ChosenBottles => {
  const counts = countTags(formulae);
  const common = [...counts].filter(([, count]) => count >= formulae.length * rareShare).map(([tag]) => tag);
  if (!platforms.some((tag) => counts.has(tag)))
    throw new PermanentError(
      "UnknownPlatforms",
      `TARGET_PLATFORMS: expected platforms of the catalogue (${listNames(common)}), found ${listNames(platforms)}`,
    );
  const chosen: ChosenBottles = { bottles: [], withoutBottle: {}, warnings: [] };
  for (const tag of platforms) {
    chosen.withoutBottle[tag] = 0;
    const count = counts.get(tag) ?? 0;
    if (tag !== allTag && count < formulae.length * rareShare)
      chosen.warnings.push(
        `TARGET_PLATFORMS: ${count} of ${formulae.length} formulae have a bottle for ${tag}; the catalogue has ${listNames(common)}`,
      );
  }
  for (const formula of formulae) {
    const tags = new Set<string>();
    for (const platform of platforms) {
      const tag = findMatchingTag(platform, formula.files);
      if (tag === undefined) chosen.withoutBottle[platform]!++;
      else tags.add(tag);
    }
    for (const tag of tags) chosen.bottles.push(toBottle(formula, tag));
  }
  return chosen;
};
