import type { Finding, Resource } from "../../shared/findings/finding";
import type { Mappings, Selection } from "./mappings";
import { findMismatches } from "./match-entry";

/**
 * The policies that a mapping file has for a finding's resource: of the first entry that matches, and of later ones as
 * long as each says `continue`.
 * @param resource absent: the finding names none
 */
export const selectPolicies = (
  { version, entries }: Mappings,
  finding: Finding,
  resource: Resource | undefined,
): readonly Selection[] => {
  const selections: Selection[] = [];
  for (const entry of entries) {
    if (findMismatches(version, entry, finding, resource).length > 0) continue;
    const { id: mapping, policy, scope, dryRun, cooldownSeconds } = entry;
    selections.push({ mapping, policy, scope, dryRun, cooldownSeconds });
    if (!entry.continue) break;
  }
  return selections;
};
