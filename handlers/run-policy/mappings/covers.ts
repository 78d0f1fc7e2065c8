import { severities } from "../../shared/findings/finding";
import { canonicalType, spellingsOf } from "../../shared/findings/resource-types";
import { matchesGlob } from "./glob";
import { type Mapping, type Mappings, type MatchKey, matchKeys } from "./mappings";
import { splitItems } from "./match-entry";

/** Whether every text that `narrow` matches is matched by `wide` too. May say no where it is so. */
const coversGlob = (wide: string, narrow: string): boolean => {
  if (wide === narrow) return true;
  // `?` takes one character, a `*` of the other glob stands for any number.
  if (wide.includes("?") && narrow.includes("*")) return false;
  // The `*` and `?` of the other glob count as characters here, which only a `*` takes.
  return matchesGlob(wide, narrow);
};

const withoutStars = (item: string): string => item.replaceAll("*", "");

/** The same for items of version 1.0. */
const coversV1 = (key: MatchKey, wide: string, narrow: string): boolean => {
  if (key === "source") return wide.replace(/^aws\./, "") === narrow.replace(/^aws\./, "");
  if (key === "finding_type" && wide.includes("*")) return withoutStars(narrow).includes(withoutStars(wide));
  return wide === narrow;
};

const coversItem = (version: Mappings["version"], key: MatchKey, wide: string, narrow: string): boolean => {
  const [one, other] = [wide.toLowerCase(), narrow.toLowerCase()];
  if (version === "1.0") return coversV1(key, one, other);
  const spellings = key === "resource_type" ? spellingsOf(canonicalType(narrow)) : [];
  return coversGlob(one, other) || spellings.some((spelling) => coversGlob(one, spelling.toLowerCase()));
};

type Items = ReturnType<typeof splitItems>;
type Covers = (wide: string, narrow: string) => boolean;

const coversItems = (wide: Items, narrow: Items, covers: Covers): boolean => {
  const all = wide.included.length === 0;
  const included =
    all ||
    (narrow.included.length > 0 &&
      narrow.included.every((item) => wide.included.some((other) => covers(other, item))));
  // What the wide entry excludes must be excluded by the narrow one too.
  return included && wide.excluded.every((item) => narrow.excluded.some((other) => covers(other, item)));
};

const rank = (severity: (typeof severities)[number]): number => severities.indexOf(severity);

const coversSeverity = (wide: Mapping["match"], narrow: Mapping["match"]): boolean => {
  const { severity_at_least: least, severity_at_most: most } = wide;
  const isNoHigher =
    least === undefined ||
    (narrow.severity_at_least !== undefined && rank(least) <= rank(narrow.severity_at_least));
  const isNoLower =
    most === undefined ||
    (narrow.severity_at_most !== undefined && rank(most) >= rank(narrow.severity_at_most));
  return isNoHigher && isNoLower;
};

/** Whether an entry matches every finding that another one matches. May say no where it is so. */
export const coversEntry = (version: Mappings["version"], wide: Mapping, narrow: Mapping): boolean =>
  coversSeverity(wide.match, narrow.match) &&
  matchKeys.every((key) => {
    const [mine, theirs] = [wide.match[key], narrow.match[key]];
    if (mine === undefined) return true;
    if (theirs === undefined) return false;
    const covers: Covers = (one, other) => coversItem(version, key, one, other);
    return coversItems(splitItems(version, mine), splitItems(version, theirs), covers);
  });

/** The inclusions of a list that its exclusions take back whole. */
export const findExcludedItems = (
  version: Mappings["version"],
  key: MatchKey,
  items: readonly string[],
): readonly string[] => {
  const { included, excluded } = splitItems(version, items);
  return included.filter((item) => excluded.some((other) => coversItem(version, key, other, item)));
};
